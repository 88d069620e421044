import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { specHashOf } from '#domain/feature-view.ts';
import { createRegistry } from '#registry/create-registry.ts';
import { createPool, databaseOf, migrateDatabase } from '#registry/database.ts';
import { refusal } from '../contracts/registry/bed.ts';
import { at, uuid, viewSpec } from '../contracts/registry/make.ts';
import { startPglite } from '../fakes/embedded-postgres.ts';
import { createOwnDatabase, type RealPostgres, startRealPostgres } from '../fakes/real-postgres.ts';
import { MIGRATIONS } from './bed.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-migrations-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The migrations of a later version: the committed ones, and one more. */
async function withMigration(statement: string): Promise<string> {
  await cp(MIGRATIONS, folder, { recursive: true });
  const journalFile = join(folder, 'meta', '_journal.json');
  const journal = JSON.parse(await readFile(journalFile, 'utf8'));
  const tag = '9999_later';
  journal.entries.push({
    idx: journal.entries.length,
    version: '7',
    when: 4e12,
    tag,
    breakpoints: true,
  });
  await writeFile(journalFile, JSON.stringify(journal));
  await writeFile(join(folder, `${tag}.sql`), statement);
  return folder;
}

/** The migrations of an earlier version: the first so many of the committed ones. */
async function onlyFirst(count: number): Promise<string> {
  await cp(MIGRATIONS, folder, { recursive: true });
  const journalFile = join(folder, 'meta', '_journal.json');
  const journal = JSON.parse(await readFile(journalFile, 'utf8'));
  const entries = journal.entries.slice(0, count);
  await writeFile(journalFile, JSON.stringify({ ...journal, entries }));
  return folder;
}

function migrationCases(open: () => Promise<RealPostgres>): void {
  let database: RealPostgres;
  const pools: pg.Pool[] = [];
  const newPool = () => {
    const pool = createPool({ connection: database.connection, connectionsMax: 2 });
    pools.push(pool);
    return pool;
  };
  beforeEach(async () => {
    database = await open();
  }, 60_000);
  afterEach(async () => {
    for (const pool of pools.splice(0)) await pool.end();
    await database.close();
  });
  const migrate = (from = MIGRATIONS) => migrateDatabase(databaseOf(newPool()), from);
  const state = async () => {
    const { rows } = await newPool().query(
      `select (select json_agg(tablename order by tablename) from pg_tables
                where schemaname in ('public', 'drizzle')) as tables,
              to_regclass('drizzle.__drizzle_migrations')::text as journal`,
    );
    const journal = rows[0].journal && (await newPool().query(`select * from ${rows[0].journal}`));
    return { tables: rows[0].tables, applied: journal?.rows ?? [] };
  };

  it('are applied to an empty database, and once only', async () => {
    await migrate();
    const first = await state();
    expect(first.tables).toContain('chunk_members');
    expect(first.applied).toHaveLength((await readdir(MIGRATIONS)).filter(isSql).length);
    await migrate();
    expect(await state()).toEqual(first);
  });

  it('are applied once when many start at once', async () => {
    await Promise.all(Array.from({ length: 6 }, () => migrate()));
    const { applied } = await state();
    expect(new Set(applied.map((row: { hash: string }) => row.hash)).size).toBe(applied.length);
  });

  it('are added to what is there already', async () => {
    await migrate();
    await newPool().query(`insert into leases values ('l', 'anna', now())`);
    await migrate(await withMigration('create table later (id integer);'));
    expect((await state()).tables).toContain('later');
    expect((await newPool().query('select holder from leases')).rows).toEqual([{ holder: 'anna' }]);
  });

  it('make views ready that were published before there was such a thing, and no others', async () => {
    await migrate(await onlyFirst(2));
    const spec = viewSpec();
    for (const [version, publishedEpoch] of [0, 3].entries()) {
      await newPool().query(
        `insert into views (id, name, version, spec, spec_hash, fingerprint, collection,
           published_epoch, created_at) values ($1, 'posts', $2, $3, $4, 'emb-1', $5, $6, $7)`,
        [
          `posts@v${version + 1}`,
          version + 1,
          spec,
          specHashOf(spec),
          `posts_v${version + 1}`,
          publishedEpoch,
          at(version),
        ],
      );
    }
    await newPool().query(
      `insert into epochs (view_id, number, status, run_id, opened_at) values
         ('posts@v2', 4, 'open', gen_random_uuid(), now())`,
    );
    await migrate();
    const { views } = createRegistry(databaseOf(newPool()));
    expect(await views.list()).toMatchObject([
      { id: 'posts@v1', readyAt: null, publishedEpoch: 0, firstEpoch: 1, droppedAt: null },
      { id: 'posts@v2', readyAt: at(1), publishedEpoch: 3, firstEpoch: 1, embedder: null },
    ]);
    expect(await views.probes('posts@v2')).toEqual([]);
    // They stand for the settings that they were made under, as before.
    expect((await views.configured('posts', specHashOf(spec)))?.id).toBe('posts@v2');
    expect((await views.get('posts')).id).toBe('posts@v2');
    expect((await views.openEpoch('posts@v2', uuid('run'), at(5))).number).toBe(4);
  });

  it('refuse a database that is newer, and leave it as it is', async () => {
    await migrate(await withMigration('create table later (id integer);'));
    const before = await state();
    expect(await refusal(migrate(), 'database_newer')).toMatch(/1 migration\(s\).*DATABASE_URL/s);
    expect(await state()).toEqual(before);
  });

  it('leave nothing behind when one of them fails', async () => {
    const broken = await withMigration('create table later (id integer); select nonsense;');
    await refusal(migrate(broken), 'internal');
    expect(await state()).toEqual({ tables: null, applied: [] });
    await migrate();
  });
}

const isSql = (name: string) => name.endsWith('.sql');

describe('migrations on PGlite', () => migrationCases(startPglite));

describe('migrations on PostgreSQL', () => {
  let server: RealPostgres;
  beforeAll(async () => {
    server = await startRealPostgres();
  }, 60_000);
  afterAll(() => server.close());
  migrationCases(() => createOwnDatabase(server.connection));
});

describe('the committed migrations', () => {
  /** What `drizzle-kit generate` makes of the schema in a folder, relative as it wants it. */
  async function generate(into: string): Promise<string> {
    const parameters = ['generate', '--dialect', 'postgresql', '--name', 'registry'];
    const child = spawn(
      process.execPath,
      [
        'node_modules/drizzle-kit/bin.cjs',
        ...parameters,
        '--schema',
        './src/registry/schema/*-tables.ts',
        '--out',
        relative('.', into),
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (bytes: Buffer) => {
        output += bytes.toString();
      });
    }
    const [code] = await once(child, 'close');
    expect({ code, output }).toMatchObject({ code: 0 });
    return output;
  }

  it('are all that the schema asks for', async () => {
    await cp(MIGRATIONS, folder, { recursive: true });
    const before = await readdir(folder, { recursive: true });
    expect(await generate(folder)).toContain('No schema changes');
    expect(await readdir(folder, { recursive: true })).toEqual(before);
  }, 30_000);

  // Once there are more, the first one alone is no longer the schema.
  it.skipIf(readdirSync(MIGRATIONS).filter(isSql).length > 1)(
    'hold the statements that were generated, unedited',
    async () => {
      await generate(folder);
      const statements = async (from: string) =>
        Promise.all(
          (await readdir(from)).filter(isSql).map((name) => readFile(join(from, name), 'utf8')),
        );
      expect(await statements(folder)).toEqual(await statements(MIGRATIONS));
    },
    30_000,
  );
});
