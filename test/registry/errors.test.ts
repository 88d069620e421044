import { DrizzleQueryError, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '#domain/errors.ts';
import { createRegistry } from '#registry/create-registry.ts';
import { createPool, databaseOf, migrateDatabase } from '#registry/database.ts';
import { translate } from '#registry/errors.ts';
import { refusal } from '../contracts/registry/bed.ts';
import { manifest } from '../contracts/registry/make.ts';
import { type RealPostgres, startRealPostgres } from '../fakes/real-postgres.ts';

const at = '2026-03-01T00:00:00.000Z';
const postgresError = (code: string, message: string, detail?: string) =>
  Object.assign(new Error(message), { code, detail });

describe('a driver error becomes', () => {
  it.each([
    ['23505', 'duplicate key', 'already_exists', false],
    ['23503', 'foreign key', 'not_found', false],
    ['22021', 'invalid byte sequence', 'invalid_input', false],
    ['22003', 'integer out of range', 'invalid_input', false],
    ['40001', 'could not serialize', 'database_unavailable', true],
    ['40P01', 'deadlock detected', 'database_unavailable', true],
    ['57P01', 'terminating connection', 'database_unavailable', true],
    ['53300', 'too many clients', 'database_unavailable', true],
    ['08006', 'connection failure', 'database_unavailable', true],
    ['28P01', 'password authentication failed', 'database_unavailable', false],
    ['3D000', 'database "x" does not exist', 'database_unavailable', false],
    ['ECONNREFUSED', 'connect ECONNREFUSED', 'database_unavailable', true],
    ['EAI_AGAIN', 'getaddrinfo EAI_AGAIN', 'database_unavailable', true],
    ['', 'Cannot use a pool after calling end on the pool', 'database_unavailable', true],
    ['ERR_ASSERTION', 'no promise of ours', 'internal', false],
    ['42P01', 'relation does not exist', 'internal', false],
    ['', 'Connection terminated unexpectedly', 'database_unavailable', true],
    ['', 'timeout exceeded when trying to connect', 'database_unavailable', true],
    ['42601', 'syntax error at or near "timeout"', 'internal', false],
    ['', 'something else', 'internal', false],
  ] as const)('%s (%s): %s', (code, message, becomes, retryable) => {
    const error = translate(
      code === ''
        ? new Error(message)
        : new DrizzleQueryError('q', [], postgresError(code, message)),
    );
    expect(error).toMatchObject({ code: becomes, retryable });
    expect(error.message).toContain(message);
  });

  it('names the row that is there already, or is not there', () => {
    const detail = 'Key (id)=(instruct@v1) already exists.';
    expect(translate(postgresError('23505', 'duplicate', detail)).message).toContain(detail);
  });

  it('stays what it was when it is translated already, wrapped or not', () => {
    const error = new AppError('folder_unwritable', 'no');
    expect(translate(error)).toBe(error);
    expect(translate(new DrizzleQueryError('q', [], error))).toBe(error);
  });
});

describe('a Postgres that is away', () => {
  const registryAt = (connection: object) =>
    createRegistry(databaseOf(createPool({ connection, connectionsMax: 2 })));

  it('is retryable, in a statement and in a transaction', async () => {
    const registry = registryAt({ host: '/nowhere', user: 'postgres' });
    await expect(registry.views.list()).rejects.toMatchObject({
      code: 'database_unavailable',
      retryable: true,
    });
    const move = registry.pairings.register(manifest(), at);
    await expect(move).rejects.toMatchObject({ code: 'database_unavailable', retryable: true });
    await expect(registry.documents.get('9f1c7a52-5ad9-4c9c-a4f1-8f4b8c3a2d10')).rejects.toThrow(
      /DATABASE_URL/,
    );
    await refusal(registry.views.openEpoch('posts@v1', 'r', at), 'database_unavailable');
  });
});

describe('a connection that breaks', () => {
  let server: RealPostgres;
  beforeAll(async () => {
    server = await startRealPostgres();
  }, 60_000);
  afterAll(() => server.close());

  it('fails its transaction, not the process, and the pool goes on', async () => {
    const pool = createPool({ connection: server.connection, connectionsMax: 2 });
    const db = databaseOf(pool);
    await migrateDatabase(db, 'drizzle');
    const works = db.transaction(async (tx) => {
      await tx.execute(sql`insert into leases values ('l', 'anna', now())`);
      const { rows } = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
      await pool.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
      await tx.execute(sql`select pg_sleep(5)`);
    });
    const thrown = await works.catch((cause: unknown) => cause);
    expect(translate(thrown)).toMatchObject({ code: 'database_unavailable', retryable: true });
    expect((await pool.query('select * from leases')).rows).toEqual([]);
    await pool.end();
  });

  it('says what is wrong with a password or a database name', async () => {
    const wrong = [
      { ...server.connection, password: 'wrong' },
      { ...server.connection, database: 'nowhere' },
    ];
    for (const connection of wrong) {
      const registry = createRegistry(databaseOf(createPool({ connection, connectionsMax: 1 })));
      await expect(registry.views.list()).rejects.toMatchObject({
        code: 'database_unavailable',
        retryable: false,
      });
    }
  });
});
