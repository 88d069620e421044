import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { type EmbeddedPostgres, startPglite } from '../../fakes/embedded-postgres.ts';

export type TestDatabase = {
  /** A pool of its own each time; all are ended with the tests. */
  pool(options?: pg.PoolConfig): pg.Pool;
};

/** One PGlite for the tests of the block that calls this. */
export function useDatabase(): TestDatabase {
  let db: EmbeddedPostgres;
  const pools: pg.Pool[] = [];
  beforeAll(async () => {
    db = await startPglite();
  }, 60_000);
  afterAll(async () => {
    await Promise.all(pools.filter(({ ended }) => !ended).map((pool) => pool.end()));
    await db.close();
  });
  return {
    pool: (options = {}) => {
      const pool = new pg.Pool({ ...db.connection, max: 8, ...options });
      pools.push(pool);
      return pool;
    },
  };
}
