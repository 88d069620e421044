import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import type pg from 'pg';
import { servePglite } from '#adapters/embedded-postgres/pglite-server.ts';

/** A fresh, empty Postgres with pgvector in this process, reached like any other one. */
export type EmbeddedPostgres = {
  /** For `new pg.Pool(connection)` and the like. */
  readonly connection: pg.PoolConfig;
  /** Ends every connection and deletes the database. Close your pools first. */
  close(): Promise<void>;
};

const CONNECTIONS_MAX = 64;
const PORT = 5432;

/**
 * Starts PGlite in memory behind a Unix socket in a new temporary folder, as the product's database
 * process serves it: one session underneath, however many connections.
 */
export async function startPglite(): Promise<EmbeddedPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-pg-'));
  const db = await PGlite.create({ extensions: { vector } });
  const server = await servePglite({
    db,
    listen: { path: join(folder, `.s.PGSQL.${PORT}`) },
    connectionsMax: CONNECTIONS_MAX,
  });
  return {
    connection: { host: folder, port: PORT, user: 'postgres', database: 'postgres' },
    close: async () => {
      await server.close();
      await db.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
