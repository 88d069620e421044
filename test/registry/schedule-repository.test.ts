import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe } from 'vitest';
import { createPool, databaseOf, migrateDatabase } from '#registry/database.ts';
import { createScheduleRegistry } from '#registry/schedule-repository.ts';
import { scheduleRegistryContract } from '../contracts/schedule-registry.ts';
import { startPglite } from '../fakes/embedded-postgres.ts';
import { startRealPostgres } from '../fakes/real-postgres.ts';
import { MIGRATIONS } from './bed.ts';

describe.each([
  ['the embedded database', startPglite],
  ['Postgres', startRealPostgres],
])('schedules in %s', (_, start) => {
  let database: Awaited<ReturnType<typeof start>>;
  let pool: ReturnType<typeof createPool>;
  beforeAll(async () => {
    database = await start();
    pool = createPool({ connection: database.connection, connectionsMax: 8 });
    await migrateDatabase(databaseOf(pool), MIGRATIONS);
  });
  afterAll(async () => {
    await pool.end();
    await database.close();
  });

  scheduleRegistryContract(async () => {
    const db = databaseOf(pool);
    await db.execute(sql`truncate schedules`);
    return createScheduleRegistry(db);
  });
});
