import { type Column, eq, type SQL, sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const INTEGER_MAX = 2 ** 31 - 1;

/** The order of code units, whatever the database's collation: the same on every machine. */
export const byCode = (column: Column): SQL => sql`${column} collate "C"`;

/** No row has an id that is no UUID; Postgres would fail instead. */
export const hasId = (column: Column, id: string): SQL =>
  UUID.test(id) ? eq(column, id) : sql`false`;

/** One parameter for any number of ids: Postgres takes at most 65,535. */
export const anyId = (column: Column, ids: readonly string[]): SQL =>
  sql`${column} = any(${sql.param(ids.filter((id) => UUID.test(id)))}::uuid[])`;

/** No row has a version that Postgres's integer cannot hold. */
export const hasVersion = (column: Column, version: number): SQL =>
  version <= INTEGER_MAX ? eq(column, version) : sql`false`;

/**
 * Keeps others who lock the same name out until the transaction ends. The embedded database has one
 * session, to which the lock is no lock; there a transaction already has the session to itself.
 */
export const lockName = (tx: Pick<NodePgDatabase, 'execute'>, name: string) =>
  tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`lockstep:${name}`}, 0))`);
