import type pg from 'pg';
import type { FeatureView } from '#domain/feature-view.ts';
import type { FeatureIndex } from '#ports/feature-index.ts';
import { isUuid } from './binary.ts';
import { createCollectionCache } from './collection-cache.ts';
import { translatedFor, untilAborted } from './errors.ts';
import { fetchMembers, scanSpans } from './members.ts';
import { ensureApproximate, sealPostings } from './seal.ts';
import { searchIndex } from './search.ts';
import { COLLECTIONS, createStatement, dropStatement, type Tables, tablesOf } from './tables.ts';
import { inTransaction } from './transaction.ts';
import {
  lockCollection,
  POINTS_MAX,
  requireDimension,
  requireStorable,
  upsertPoints,
} from './upsert.ts';

export type PgvectorOptions = {
  readonly pool: pg.Pool;
  /** Up to this many points an exact scan is faster than HNSW, and exact. */
  readonly exactPointsMax?: number;
};

const EXACT_POINTS_MAX = 20_000;
/** pgvector indexes vectors up to this length. */
const HNSW_DIMENSIONS_MAX = 2_000;

/**
 * Collections as tables of the schema `lockstep_index`, next to the registry or anywhere else.
 * Dense rankings are pgvector's; of sparse ones the database keeps and gives the postings, and the
 * scores are added up here.
 */
export function createPgvectorIndex(options: PgvectorOptions): FeatureIndex {
  const { pool, exactPointsMax = EXACT_POINTS_MAX } = options;
  const deps = { pool, cache: createCollectionCache(), approximate: new Set<string>() };
  /** Reads end with the signal; the connection goes back when its statement is done. */
  const read = <T>(view: FeatureView, signal: AbortSignal, work: () => Promise<T>) =>
    untilAborted(signal, () => translatedFor(view, work));
  const write = async <T>(view: FeatureView, signal: AbortSignal, work: () => Promise<T>) => {
    signal.throwIfAborted();
    return translatedFor(view, work);
  };
  return {
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
    seal: (view, _epoch, signal) => write(view, signal, () => seal(pool, view, exactPointsMax)),
    search: (view, query, signal) => read(view, signal, () => searchIndex(deps, view, query)),
    fetch: (view, ids, signal) => read(view, signal, () => fetchMembers(pool, tablesOf(view), ids)),
    count: (view, epoch, signal) => read(view, signal, () => count(pool, tablesOf(view), epoch)),
    scan: async function* (view, signal) {
      const pages = scanSpans(pool, tablesOf(view));
      for (;;) {
        const page = await read(view, signal, () => pages.next());
        if (page.done) return;
        yield* page.value;
      }
    },
    drop: (view, signal) => write(view, signal, () => drop(pool, tablesOf(view))),
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

/** Regroups what was written, and gives the planner fresh statistics. */
async function seal(pool: pg.Pool, view: FeatureView, exactPointsMax: number): Promise<void> {
  const tables = tablesOf(view);
  await inTransaction(pool, 'begin', (client) => sealPostings(client, tables));
  for (const table of [tables.points, tables.unsealed, tables.postings]) {
    await pool.query(`vacuum analyze ${table}`);
  }
  const counted = await pool.query<{ points: string }>(
    `select count(*) as points from ${tables.points}`,
  );
  const points = Number(counted.rows[0]?.points ?? 0);
  if (points <= exactPointsMax || view.spec.dense.dimension > HNSW_DIMENSIONS_MAX) return;
  await ensureApproximate(pool, tables);
}

async function drop(pool: pg.Pool, tables: Tables): Promise<void> {
  if (await hasCollections(pool)) await pool.query(dropStatement(tables));
}
