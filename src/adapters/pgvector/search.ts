import type pg from 'pg';
import { AppError } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import { compareScored, type ScoredPoint } from '#domain/fusion.ts';
import type { IndexQuery, IndexRankings } from '#ports/feature-index.ts';
import { unitVector, uuidAt } from './binary.ts';
import { rankSparse, type VisiblePoints } from './bm25.ts';
import type { CollectionCache, CollectionState, LookUp } from './collection-cache.ts';
import {
  type AskedRow,
  askStatement,
  isFiltered,
  type VisibleRow,
  visibleStatement,
} from './statement.ts';
import { COLLECTIONS, type Tables, tablesOf } from './tables.ts';
import { inTransaction } from './transaction.ts';
import { missingCollection, requireDimension } from './upsert.ts';

export type SearchDeps = {
  readonly pool: pg.Pool;
  readonly cache: CollectionCache;
  /** Collections that are known to have an approximate index. */
  readonly approximate: Set<string>;
};

type Client = pg.Pool | pg.ClientBase;
type Search = { readonly deps: SearchDeps; readonly tables: Tables; readonly query: IndexQuery };

const DENSE_ROW_BYTES = 24;
/** pgvector's largest `hnsw.ef_search`. */
const EF_SEARCH_MAX = 1_000;

/** One read-only state of the database for several statements. */
const SNAPSHOT = 'begin isolation level repeatable read read only';
/**
 * An index scan that goes on until enough points match; both bounds on it are pgvector's largest,
 * since a search that gives up early loses points to the filter. It looks at four times the limit
 * at first: at twice, points in tight clusters far from the question were missed whole.
 */
const iterativeScan = (limit: number): string => `
  set local hnsw.iterative_scan = strict_order;
  set local hnsw.max_scan_tuples = 2147483647;
  set local hnsw.scan_mem_multiplier = 1000;
  set local hnsw.ef_search = ${Math.max(40, Math.min(EF_SEARCH_MAX, 4 * Math.trunc(limit)))}`;

export async function searchIndex(
  deps: SearchDeps,
  view: FeatureView,
  query: IndexQuery,
): Promise<IndexRankings> {
  if (query.dense !== null) requireDimension(view, query.dense.length);
  const search: Search = { deps, tables: tablesOf(view), query };
  const approximate = query.dense !== null && deps.approximate.has(view.collection);
  if (approximate) return searchSnapshot(search, approximate);
  if (query.sparse === null) {
    return { dense: pointsOf((await ask(deps.pool, search, {})).dense), sparse: [] };
  }
  const state = deps.cache.get(view.collection);
  const visible = state?.visible.get(query.epoch);
  if (state !== undefined && visible !== undefined) {
    const lookUp = state.lookUp(query.sparse.indices);
    const row = await ask(deps.pool, search, lookUp);
    if (row.version === state.version) {
      return { dense: pointsOf(row.dense), sparse: rank(row, query, { visible, lookUp }) };
    }
  }
  return searchSnapshot(search, approximate);
}

/** For what takes more than one statement: they must all see the same state. */
async function searchSnapshot(search: Search, approximate: boolean): Promise<IndexRankings> {
  const { deps, query } = search;
  const { dense, sparse, limit } = query;
  const begin = approximate ? `${SNAPSHOT}; ${iterativeScan(limit)}` : SNAPSHOT;
  return inTransaction(deps.pool, begin, async (client) => {
    const byDense = dense === null ? [] : await rankDense(client, search, approximate);
    if (sparse === null) return { dense: byDense, sparse: [] };
    const { state, visible } = await readVisible(client, search);
    const lookUp = state.lookUp(sparse.indices);
    const row = await ask(client, { ...search, query: { ...query, dense: null } }, lookUp);
    return { dense: byDense, sparse: rank(row, query, { visible, lookUp }) };
  });
}

async function rankDense(
  client: Client,
  search: Search,
  approximate: boolean,
): Promise<readonly ScoredPoint[]> {
  const alone: Search = { ...search, query: { ...search.query, sparse: null } };
  const found = pointsOf((await ask(client, alone, { approximate })).dense);
  if (!approximate || found.length === search.query.limit) return found;
  // Fewer than asked for: either no more match, or the index did not reach them.
  return pointsOf((await ask(client, alone, {})).dense);
}

type Reading = { readonly buckets?: readonly number[]; readonly approximate?: boolean };

async function ask(client: Client, search: Search, reading: Reading): Promise<AskedRow> {
  const { deps, tables, query } = search;
  const { buckets = [], approximate = false } = reading;
  const vector = query.dense === null ? null : unitOf(query.dense);
  const { text, values } = askStatement({ tables, query, vector, buckets, approximate });
  const { rows } = await client.query<AskedRow>(text, [...values]);
  const [row] = rows;
  if (row === undefined) throw missingCollection(tables.collection);
  if (row.approximate) deps.approximate.add(tables.collection);
  else deps.approximate.delete(tables.collection);
  return row;
}

type Seen = { readonly state: CollectionState; readonly visible: VisiblePoints };

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
  if (row === undefined) throw missingCollection(tables.collection);
  const { version, points } = row;
  return deps.cache.see(tables.collection, version, { epoch: query.epoch, points });
}

function rank(
  row: AskedRow,
  { sparse: asked, limit, filter }: IndexQuery,
  { visible, lookUp }: { readonly visible: VisiblePoints; readonly lookUp: LookUp },
): readonly ScoredPoint[] {
  if (asked === null) return [];
  const matching = isFiltered(filter) ? numbersOf(row.matching ?? Buffer.alloc(0)) : null;
  const lists = lookUp.lists(row.postings ?? Buffer.alloc(0));
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

function numbersOf(rows: Buffer): ReadonlySet<number> {
  const numbers = new Set<number>();
  for (let at = 0; at < rows.length; at += 4) numbers.add(rows.readInt32BE(at));
  return numbers;
}

function unitOf(values: Float32Array): Buffer {
  const vector = unitVector(values);
  if (vector !== null) return vector;
  throw new AppError('invalid_input', 'the question has a vector that is not finite.');
}
