import { sql } from 'drizzle-orm';
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { AppError } from '#domain/errors.ts';
import { translated } from './errors.ts';
import { lockName } from './queries.ts';

export type Database = NodePgDatabase;

export type DatabaseOptions = {
  /** How `pg` reaches Postgres; a Unix socket's folder goes into `host`. */
  readonly connection: pg.PoolConfig;
  readonly connectionsMax: number;
};

const CONNECT_MS_MAX = 30_000;

/** A pool whose idle connections never keep the process alive. */
export function createPool({ connection, connectionsMax }: DatabaseOptions): pg.Pool {
  const pool = new pg.Pool({
    ...connection,
    max: connectionsMax,
    allowExitOnIdle: true,
    connectionTimeoutMillis: CONNECT_MS_MAX,
  });
  // A connection that breaks is replaced on next use, and a query that it had says what is wrong.
  // Without listeners, both events would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => void client.on('error', () => undefined));
  return pool;
}

export const databaseOf = (pool: pg.Pool): Database => drizzle(pool);

/**
 * Applies what is missing of the migrations, in one transaction and one process at a time. Rejects
 * with `database_newer` when the database has migrations that this code does not know, before
 * anything is written.
 */
export async function migrateDatabase(db: Database, migrationsFolder: string): Promise<void> {
  const migrations = readMigrationFiles({ migrationsFolder });
  await translated(() =>
    db.transaction(async (tx) => {
      await lockName(tx, 'migrations');
      const applied = await appliedHashes(tx);
      refuseNewer(migrations, applied);
      const missing = migrations.filter(({ hash }) => !applied.has(hash));
      if (missing.length > 0) await apply(tx, missing);
    }),
  );
}

type Tx = Pick<Database, 'execute'>;

// Drizzle's own table, so that its tools can read it.
const APPLIED = sql.raw('drizzle.__drizzle_migrations');

async function appliedHashes(tx: Tx): Promise<ReadonlySet<string>> {
  const found = await tx.execute<{ present: boolean }>(
    sql`select to_regclass('drizzle.__drizzle_migrations') is not null as present`,
  );
  if (found.rows[0]?.present !== true) return new Set();
  const rows = await tx.execute<{ hash: string }>(sql`select hash from ${APPLIED}`);
  return new Set(rows.rows.map(({ hash }) => hash));
}

function refuseNewer(migrations: readonly MigrationMeta[], applied: ReadonlySet<string>): void {
  const known = new Set(migrations.map(({ hash }) => hash));
  const foreign = [...applied].filter((hash) => !known.has(hash)).length;
  if (foreign === 0) return;
  throw new AppError(
    'database_newer',
    `the database has ${foreign} migration(s) that this version of lockstep does not know: it was ` +
      'written by a newer one. Run that version, or point DATABASE_URL or --data at another database.',
  );
}

async function apply(tx: Tx, missing: readonly MigrationMeta[]): Promise<void> {
  await tx.execute(sql`create schema if not exists drizzle`);
  await tx.execute(
    sql`create table if not exists ${APPLIED}
          (id serial primary key, hash text not null, created_at bigint)`,
  );
  for (const { hash, folderMillis, sql: statements } of missing) {
    for (const statement of statements) await tx.execute(sql.raw(statement));
    await tx.execute(
      sql`insert into ${APPLIED} (hash, created_at) values (${hash}, ${folderMillis})`,
    );
  }
}
