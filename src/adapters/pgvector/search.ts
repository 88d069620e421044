import type pg from 'pg';
import { AppError } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import { compareScored, type ScoredPoint } from '#domain/fusion.ts';
import {
  type IndexQuery,
  type IndexRankings,
  missingCollection,
  requireDimension,
} from '#ports/feature-index.ts';
import { unitVector, uuidAt } from './binary.ts';
import { rankSparse } from './bm25.ts';
import type { CollectionCache, CollectionState, LookUp, VisibleState } from './collection-cache.ts';
import {
  type AskedRow,
  askStatement,
  countStatement,
  isFiltered,
  type VisibleRow,
  visibleStatement,
} from './statement.ts';
import { COLLECTIONS, type Tables, tablesOf } from './tables.ts';
import { inTransaction } from './transaction.ts';

type SearchDeps = {
  readonly pool: pg.Pool;
  readonly cache: CollectionCache;
  /** Whether a collection is known to have an approximate index, or to have none. */
  readonly approximate: Map<string, boolean>;
  /** Whether a filter lets few points through, by collection, epoch and filter. Only a hint. */
  readonly few: Map<string, boolean>;
  readonly fewMax: number;
};

type Client = pg.Pool | pg.ClientBase;
type Search = { readonly deps: SearchDeps; readonly tables: Tables; readonly query: IndexQuery };

const DENSE_ROW_BYTES = 24;
/** Points asked of the approximate index beyond the limit, so that a tie at the cut shows. */
const BEYOND = 16;
const HINTS_MAX = 256;
/** One read-only state of the database for several statements. */
const SNAPSHOT = 'begin isolation level repeatable read read only';

export async function searchIndex(
  deps: SearchDeps,
  view: FeatureView,
  query: IndexQuery,
): Promise<IndexRankings> {
  if (query.dense !== null) requireDimension(view, query.dense.length);
  const search: Search = { deps, tables: tablesOf(view), query };
  const approximate = await isApproximate(search);
  if (query.sparse === null) {
    return { dense: await rankDense(deps.pool, search, approximate), sparse: [] };
  }
  const state = deps.cache.get(view.collection);
  const visible = state?.visible.get(query.epoch);
  if (state !== undefined && visible !== undefined) {
    const known = knownOf(state, visible, query);
    const row = await ask(deps.pool, search, { known, approximate });
    if (row.version === state.version) {
      const dense = await wholeRanking(deps.pool, search, { row, approximate });
      return { dense, sparse: rank(row, query, known) };
    }
  }
  return searchSnapshot(search, approximate);
}

/** Whether the dense ranking goes through the approximate index: only if there is one, and it pays. */
async function isApproximate(search: Search): Promise<boolean> {
  const { dense, exact, filter } = search.query;
  if (dense === null || exact === true || !(await hasApproximate(search))) return false;
  return !isFiltered(filter) || !(await isOfFew(search));
}

async function hasApproximate({ deps, tables }: Search): Promise<boolean> {
  const known = deps.approximate.get(tables.collection);
  if (known !== undefined) return known;
  const { rows } = await deps.pool.query<Pick<AskedRow, 'approximate'>>(
    `select approximate from ${COLLECTIONS} where name = $1`,
    [tables.collection],
  );
  return rows[0]?.approximate === true;
}

/** Either way of searching finds what it should, so an old answer costs time at most. */
async function isOfFew({ deps, tables, query }: Search): Promise<boolean> {
  const key = `${tables.collection}#${query.epoch} ${keyOf(query)}`;
  const known = deps.few.get(key);
  if (known !== undefined) return known;
  const { text, values } = countStatement(tables, query, Math.max(0, deps.fewMax + 1));
  const { rows } = await deps.pool.query<{ points: number }>(text, [...values]);
  const few = (rows[0]?.points ?? 0) <= deps.fewMax;
  if (deps.few.size >= HINTS_MAX) deps.few.clear();
  deps.few.set(key, few);
  return few;
}

/** For what takes more than one statement: they must all see the same state. */
async function searchSnapshot(search: Search, approximate: boolean): Promise<IndexRankings> {
  const { deps, query } = search;
  return inTransaction(deps.pool, SNAPSHOT, async (client) => {
    const dense = await rankDense(client, search, approximate);
    const { state, visible } = await readVisible(client, search);
    const known = knownOf(state, visible, query);
    const row = await ask(client, { ...search, query: { ...query, dense: null } }, { known });
    return { dense, sparse: rank(row, query, known) };
  });
}

async function rankDense(
  client: Client,
  search: Search,
  approximate: boolean,
): Promise<readonly ScoredPoint[]> {
  if (search.query.dense === null) return [];
  const row = await ask(client, denseAlone(search), { approximate });
  return wholeRanking(client, search, { row, approximate });
}

const denseAlone = (search: Search): Search => ({
  ...search,
  query: { ...search.query, sparse: null },
});

/**
 * Where the approximate index gave fewer than were asked for, either no more match or it did not
 * reach them; where the cut goes through a tie, ids decide, which it does not know. Both are rare,
 * and settled by an exact scan.
 */
async function wholeRanking(
  client: Client,
  search: Search,
  { row, approximate }: { readonly row: AskedRow; readonly approximate: boolean },
): Promise<readonly ScoredPoint[]> {
  const found = pointsOf(row.dense);
  const { dense, limit } = search.query;
  if (!approximate || dense === null) return found;
  const tied = found[limit - 1]?.score === found.at(-1)?.score;
  if (found.length === limit + BEYOND && !tied) return found.slice(0, limit);
  return pointsOf((await ask(client, denseAlone(search), {})).dense);
}

/** What need not be read again. Held here: it counts even if it is forgotten meanwhile. */
type Known = {
  readonly visible: VisibleState;
  readonly lookUp: LookUp;
  /** What the filter lets through; `null` for one that lets all, `undefined` when not known. */
  readonly matching: Uint8Array | null | undefined;
};

const keyOf = ({ filter }: IndexQuery): string => JSON.stringify(filter);

const knownOf = (state: CollectionState, visible: VisibleState, query: IndexQuery): Known => ({
  visible,
  lookUp: state.lookUp(query.sparse?.indices ?? []),
  matching: isFiltered(query.filter) ? visible.matching(keyOf(query)) : null,
});

type Reading = { readonly known?: Known; readonly approximate?: boolean };

async function ask(client: Client, search: Search, reading: Reading): Promise<AskedRow> {
  const { deps, tables, query } = search;
  const { approximate = false, known } = reading;
  const { text, values } = askStatement({
    ...{ tables, approximate },
    vector: query.dense === null ? null : unitOf(query.dense),
    buckets: known?.lookUp.buckets ?? [],
    matching: known !== undefined && known.matching === undefined,
    query: { ...query, limit: approximate ? query.limit + BEYOND : query.limit },
  });
  const { rows } = await client.query<AskedRow>(text, [...values]);
  const [row] = rows;
  if (row === undefined) throw missingCollection(tables);
  deps.approximate.set(tables.collection, row.approximate);
  return row;
}

type Seen = { readonly state: CollectionState; readonly visible: VisibleState };

/** What is remembered of the collection, with the query's epoch in it, brought up to date. */
async function readVisible(client: Client, search: Search): Promise<Seen> {
  const { deps, tables, query } = search;
  const known = deps.cache.get(tables.collection);
  const visible = known?.visible.get(query.epoch);
  if (known !== undefined && visible !== undefined) {
    const { rows } = await client.query<Pick<VisibleRow, 'version'>>(
      `select version from ${COLLECTIONS} where name = $1`,
      [tables.collection],
    );
    if (rows[0]?.version === known.version) return { state: known, visible };
  }
  const { text, values } = visibleStatement(tables, query.epoch);
  const { rows } = await client.query<VisibleRow>(text, [...values]);
  const [row] = rows;
  if (row === undefined) throw missingCollection(tables);
  const { version, points } = row;
  return deps.cache.see(tables.collection, version, { epoch: query.epoch, points });
}

function rank(row: AskedRow, query: IndexQuery, known: Known): readonly ScoredPoint[] {
  const { sparse: asked, limit } = query;
  if (asked === null) return [];
  const { visible, lookUp } = known;
  const nothing = Buffer.alloc(0);
  const matching =
    known.matching === undefined
      ? visible.see(keyOf(query), row.matching ?? nothing)
      : known.matching;
  const lists = lookUp.lists(row.postings ?? nothing);
  return rankSparse({ asked, lists, visible, matching, limit });
}

/** Best first: the rows may come in any order. */
function pointsOf(rows: Buffer | null): readonly ScoredPoint[] {
  const points: ScoredPoint[] = [];
  for (let at = 0; rows !== null && at < rows.length; at += DENSE_ROW_BYTES) {
    points.push({ id: uuidAt(rows, at), score: rows.readDoubleBE(at + 16) });
  }
  return points.sort(compareScored);
}

function unitOf(values: Float32Array): Buffer {
  const vector = unitVector(values);
  if (vector !== null) return vector;
  throw new AppError('invalid_input', 'the question has a vector that is not finite.');
}
