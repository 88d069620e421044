import { sql } from 'drizzle-orm';
import type pg from 'pg';
import { createRegistry } from '#registry/create-registry.ts';
import { createPool, databaseOf, migrateDatabase } from '#registry/database.ts';
import type { RegistryBed } from '../contracts/registry/bed.ts';

export const MIGRATIONS = 'drizzle';
const CONNECTIONS_MAX = 8;

/** A registry in an empty database that is the test's own. */
export async function openBed(database: {
  readonly connection: pg.PoolConfig;
  close(): Promise<void>;
}): Promise<RegistryBed> {
  const pool = createPool({ connection: database.connection, connectionsMax: CONNECTIONS_MAX });
  const db = databaseOf(pool);
  await migrateDatabase(db, MIGRATIONS);
  const found = await db.execute<{ name: string }>(
    sql`select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`,
  );
  const tables = found.rows.map(({ name }) => name).join(', ');
  return {
    registry: createRegistry(db),
    reset: async () => void (await db.execute(sql.raw(`truncate ${tables} restart identity`))),
    close: async () => {
      await pool.end();
      await database.close();
    },
  };
}
