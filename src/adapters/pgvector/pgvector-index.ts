import type pg from 'pg';
import type { FeatureView } from '#domain/feature-view.ts';
import { type FeatureIndex, requireDimension } from '#ports/feature-index.ts';
import { searchByDocument } from '#ports/index-grouping.ts';
import { isUuid } from './binary.ts';
import { checkExtension } from './check.ts';
import { createCollectionCache } from './collection-cache.ts';
import { translatedFor, untilAborted } from './errors.ts';
import { fetchDocuments, fetchMembers, fetchVectors, scanSpans } from './members.ts';
import { removePoints } from './remove.ts';
import { ensureApproximate, sealPostings } from './seal.ts';
import { searchIndex } from './search.ts';
import { COLLECTIONS, createStatement, dropStatement, type Tables, tablesOf } from './tables.ts';
import { inTransaction } from './transaction.ts';
import { lockCollection, POINTS_MAX, requireStorable, upsertPoints } from './upsert.ts';

export type PgvectorOptions = {
  readonly pool: pg.Pool;
  /**
   * Up to this many points, or points that a filter lets through, a search is an exact scan; beyond,
   * sealing builds an HNSW index. By default as many as have `exactValuesMax` together.
   */
  readonly exactPointsMax?: number;
  /** Numbers in all vectors; 4,000,000 where it was measured to pay. */
  readonly exactValuesMax?: number;
};

/**
 * On the embedded database an exact scan takes about 1 ms for 260,000 values, an HNSW search 4 to 7
 * ms whatever the size; building the index takes .7 ms a point, and so does every point that is
 * loaded after that. Below some 15 ms it does not pay.
 */
const EXACT_VALUES_MAX = 4_000_000;
/** So many points of a filter are compared one by one sooner than HNSW comes upon them. */
const FEW_MAX = 4_000;
/** pgvector indexes vectors up to this length. */
const HNSW_DIMENSIONS_MAX = 2_000;

/**
 * Collections as tables of the schema `lockstep_index`, next to the registry or anywhere else.
 * Dense rankings are pgvector's; of sparse ones the database keeps and gives the postings, and the
 * scores are added up here.
 */
export function createPgvectorIndex(options: PgvectorOptions): FeatureIndex {
  const { pool } = options;
  const deps = {
    pool,
    cache: createCollectionCache(),
    approximate: new Map<string, boolean>(),
    few: new Map<string, boolean>(),
    fewMax: Math.min(FEW_MAX, options.exactPointsMax ?? FEW_MAX),
  };
  /** Reads end with the signal; the connection goes back when its statement is done. */
  const read = <T>(view: FeatureView, signal: AbortSignal, work: () => Promise<T>) =>
    untilAborted(signal, () => translatedFor(view, work));
  const write = async <T>(view: FeatureView, signal: AbortSignal, work: () => Promise<T>) => {
    signal.throwIfAborted();
    return translatedFor(view, work);
  };
  return {
    check: (signal) => untilAborted(signal, () => translatedFor(null, () => checkExtension(pool))),
    ensure: (view, signal) => write(view, signal, () => ensure(pool, view)),
    upsert: async (view, points, signal) => {
      requireStorable(view, points);
      for (let at = 0; at < points.length; at += POINTS_MAX) {
        const some = points.slice(at, at + POINTS_MAX);
        await write(view, signal, () =>
          inTransaction(pool, 'begin', (client) => upsertPoints(client, tablesOf(view), some)),
        );
      }
    },
    setEnd: (view, ids, to, signal) =>
      write(view, signal, () => setEnd(pool, tablesOf(view), { ids, to })),
    remove: (view, ids, signal) =>
      write(view, signal, () => removePoints(pool, tablesOf(view), ids)),
    seal: (view, _epoch, signal) =>
      write(view, signal, async () => {
        if (await seal(pool, view, exactPointsOf(options, view))) {
          deps.approximate.set(view.collection, true);
        }
      }),
    search: (view, query, signal) =>
      read(view, signal, () =>
        searchByDocument(query, {
          search: (wider) => searchIndex(deps, view, wider),
          documentsOf: (ids) => fetchDocuments(pool, tablesOf(view), ids),
        }),
      ),
    fetch: (view, ids, signal) => read(view, signal, () => fetchMembers(pool, tablesOf(view), ids)),
    vectors: (view, ids, signal) =>
      read(view, signal, () => fetchVectors(pool, tablesOf(view), ids)),
    count: (view, epoch, signal) => read(view, signal, () => count(pool, tablesOf(view), epoch)),
    scan: async function* (view, signal) {
      const pages = scanSpans(pool, tablesOf(view));
      for (;;) {
        const page = await read(view, signal, () => pages.next());
        if (page.done) return;
        yield* page.value;
      }
    },
    drop: (view, signal) =>
      write(view, signal, () => {
        deps.approximate.delete(view.collection);
        return drop(pool, tablesOf(view));
      }),
  };
}

async function ensure(pool: pg.Pool, view: FeatureView): Promise<void> {
  const tables = tablesOf(view);
  if ((await dimensionOf(pool, tables)) === null) {
    await pool.query(createStatement(tables, view.spec.dense.dimension));
  }
  // Somebody else may have been first.
  const dimension = await dimensionOf(pool, tables);
  if (dimension !== null) requireDimension(view, dimension);
}

/** The length of a collection's vectors; `null` when there is no such collection. */
async function dimensionOf(pool: pg.Pool, { collection }: Tables): Promise<number | null> {
  if (!(await hasCollections(pool))) return null;
  const result = await pool.query<{ dimension: number }>(
    `select dimension from ${COLLECTIONS} where name = $1`,
    [collection],
  );
  return result.rows[0]?.dimension ?? null;
}

async function hasCollections(pool: pg.Pool): Promise<boolean> {
  const result = await pool.query<{ present: boolean }>(
    'select to_regclass($1) is not null as present',
    [COLLECTIONS],
  );
  return result.rows[0]?.present === true;
}

async function setEnd(
  pool: pg.Pool,
  tables: Tables,
  { ids, to }: { readonly ids: readonly string[]; readonly to: number },
): Promise<void> {
  await inTransaction(pool, 'begin', async (client) => {
    await lockCollection(client, tables, 0);
    await client.query(
      `update ${tables.points} set to_epoch = $2
        where id = any($1::uuid[]) and to_epoch <> $2`,
      [ids.filter(isUuid), to],
    );
  });
}

async function count(pool: pg.Pool, tables: Tables, epoch: number): Promise<number> {
  const result = await pool.query<{ points: string }>(
    `select count(*) as points from ${tables.points} where from_epoch <= $1 and to_epoch > $1`,
    [epoch],
  );
  return Number(result.rows[0]?.points ?? 0);
}

const exactPointsOf = (
  { exactPointsMax, exactValuesMax = EXACT_VALUES_MAX }: PgvectorOptions,
  { spec }: FeatureView,
): number => exactPointsMax ?? Math.trunc(exactValuesMax / spec.dense.dimension);

/**
 * Regroups what was written, and gives the planner fresh statistics. Gives whether there is an
 * approximate index now.
 */
async function seal(pool: pg.Pool, view: FeatureView, exactPointsMax: number): Promise<boolean> {
  const tables = tablesOf(view);
  await inTransaction(pool, 'begin', (client) => sealPostings(client, tables));
  for (const table of [tables.points, tables.unsealed, tables.postings]) {
    await pool.query(`vacuum analyze ${table}`);
  }
  const counted = await pool.query<{ points: string }>(
    `select count(*) as points from ${tables.points}`,
  );
  const points = Number(counted.rows[0]?.points ?? 0);
  const { dimension } = view.spec.dense;
  if (points <= exactPointsMax || dimension > HNSW_DIMENSIONS_MAX) return false;
  await ensureApproximate(pool, tables, { points, dimension });
  return true;
}

async function drop(pool: pg.Pool, tables: Tables): Promise<void> {
  if (await hasCollections(pool)) await pool.query(dropStatement(tables));
}
