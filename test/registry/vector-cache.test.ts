import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe } from 'vitest';
import { createPool, databaseOf } from '#registry/database.ts';
import { createVectorCache } from '#registry/vector-cache.ts';
import { vectorCacheContract } from '../contracts/vector-cache.ts';
import { type EmbeddedPostgres, startPglite } from '../fakes/embedded-postgres.ts';
import { startRealPostgres } from '../fakes/real-postgres.ts';

describe.each([
  ['the embedded database', startPglite],
  ['Postgres', startRealPostgres],
])('vector cache in %s', (_, start) => {
  let database: Pick<EmbeddedPostgres, 'connection' | 'close'>;
  let pool: ReturnType<typeof createPool>;
  beforeAll(async () => {
    database = await start();
    pool = createPool({ connection: database.connection, connectionsMax: 4 });
    await databaseOf(pool).execute(sql`
      create table vector_cache (
        fingerprint text not null,
        purpose text not null,
        text_hash bytea not null,
        vector bytea not null,
        primary key (fingerprint, purpose, text_hash)
      )`);
  }, 60_000);
  afterAll(async () => {
    await pool.end();
    await database.close();
  });

  vectorCacheContract(async () => {
    const db = databaseOf(pool);
    await db.execute(sql`truncate vector_cache`);
    return createVectorCache(db);
  });
});
