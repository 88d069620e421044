import { sql } from 'drizzle-orm';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { AppError } from '#domain/errors.ts';

export type Database = NodePgDatabase;

export type DatabaseOptions = {
  /** How `pg` reaches Postgres; a Unix socket's folder goes into `host`. */
  readonly connection: pg.PoolConfig;
  /** Folder of the migrations. */
  readonly migrationsFolder: string;
  readonly connectionsMax: number;
};

/** A pool whose idle connections never keep the process alive. */
export function createPool(
  options: Pick<DatabaseOptions, 'connection' | 'connectionsMax'>,
): pg.Pool {
  const pool = new pg.Pool({
    ...options.connection,
    max: options.connectionsMax,
    allowExitOnIdle: true,
    connectionTimeoutMillis: 30_000,
  });
  // A connection that breaks while idle is replaced on next use; the query then says what is wrong.
  pool.on('error', () => undefined);
  return pool;
}

export const databaseOf = (pool: pg.Pool): Database => drizzle(pool);

/**
 * Applies what is missing of the migrations. Rejects with `database_newer` when the database has
 * migrations that this code does not know, before anything is written.
 */
export async function migrateDatabase(db: Database, migrationsFolder: string): Promise<void> {
  const known = new Set(readMigrationFiles({ migrationsFolder }).map(({ hash }) => hash));
  await refuseNewer(db, known);
  await translated(() => migrate(db, { migrationsFolder }));
}

async function refuseNewer(db: Database, known: ReadonlySet<string>): Promise<void> {
  const found = await translated(() =>
    db.execute<{ present: string | null }>(
      sql`select to_regclass('drizzle.__drizzle_migrations')::text as present`,
    ),
  );
  if (found.rows[0]?.present == null) return;
  const applied = await translated(() =>
    db.execute<{ hash: string }>(sql`select hash from drizzle.__drizzle_migrations`),
  );
  const foreign = applied.rows.filter(({ hash }) => !known.has(hash)).length;
  if (foreign === 0) return;
  throw new AppError(
    'database_newer',
    `the database has ${foreign} migration(s) that this version of lockstep does not know: it was ` +
      'written by a newer one. Run that version, or point DATABASE_URL or --data at another database.',
  );
}

/** SQLSTATE classes and socket errors after which the same statement may well succeed. */
const AWAY = /^(08|53|57)/;
const SOCKET = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT']);
const UNIQUE_VIOLATION = '23505';

/** Runs a statement and translates what the driver throws. */
export async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw translate(thrown);
  }
}

export function translate(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  const message = cause instanceof Error ? cause.message : String(cause);
  const code = codeOf(cause);
  if (code === UNIQUE_VIOLATION) {
    return new AppError('already_exists', `the registry already holds this: ${message}`, {
      cause: thrown,
    });
  }
  if (AWAY.test(code) || SOCKET.has(code) || /terminat|timeout|not queryable/i.test(message)) {
    return new AppError(
      'database_unavailable',
      `Postgres cannot be reached: ${message || code}. Check DATABASE_URL, or run lockstep doctor.`,
      { retryable: true, cause: thrown },
    );
  }
  return new AppError('internal', `the registry failed: ${message}`, { cause: thrown });
}

const codeOf = (thrown: unknown): string =>
  typeof thrown === 'object' && thrown !== null && 'code' in thrown ? String(thrown.code) : '';

/** The first row of a statement that must give one. */
export function one<T>(rows: readonly T[], missing: () => AppError): T {
  const row = rows[0];
  if (row === undefined) throw missing();
  return row;
}
