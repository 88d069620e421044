import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CommandLine,
  collect,
  createCommandLine,
  outputMatching,
  type Refused,
} from './command-line.ts';
import { SEABIRDS, type SmallSite, serveSmallSite } from './small-site.ts';

let site: SmallSite;
let taken: Server;
let lockstep: CommandLine;
let before: Awaited<ReturnType<typeof state>>;

async function state() {
  const [view, history, pairings, sources] = await Promise.all([
    lockstep.json('view', 'show', 'posts'),
    lockstep.json('history'),
    lockstep.json<readonly { id: string }[]>('pairing', 'list'),
    lockstep.json('source', 'list'),
  ]);
  return { view, history, pairings, sources };
}

beforeAll(async () => {
  site = await serveSmallSite(SEABIRDS);
  taken = createServer().listen(0, '127.0.0.1');
  lockstep = createCommandLine({ OPENAI_API_KEY: '', OPENAI_BASE_URL: '' });
  await lockstep.json('up', `${site.site.origin}/`, '--once');
  await lockstep.json('pairing', 'create', '--hits-max', '3');
  before = await state();
}, 60_000);
afterAll(async () => {
  lockstep.remove();
  taken.close();
  await site.close();
});

const takenPort = () => String((taken.address() as AddressInfo).port);
/** The pairing that was registered and never evaluated. */
const unevaluated = () =>
  before.pairings.find(({ id }) => !JSON.stringify(before.history).includes(id))?.id ?? '';

describe('a command that cannot be done', () => {
  type Case = readonly [string, () => readonly string[], Partial<Refused>, readonly string[]];
  const cases: readonly Case[] = [
    [
      'an unknown command',
      () => ['recrawl'],
      { exit: 2, code: 'invalid_input' },
      ["'recrawl'", 'lockstep --help'],
    ],
    [
      'an unknown channel',
      () => ['ask', 'How many?', '--target', 'nope'],
      { exit: 1, code: 'unknown_channel' },
      ['nope', 'production'],
    ],
    [
      'an epoch that is not published',
      () => ['ask', 'How many?', '--epoch', 'posts@v1#7'],
      { exit: 1, code: 'not_found', param: 'epoch' },
      ['posts@v1', '7', '1'],
    ],
    [
      'an epoch of another view',
      () => ['ask', 'How many?', '--epoch', 'posts@v9#1'],
      { exit: 2, code: 'invalid_input', param: '--epoch' },
      ['posts@v9#1', 'posts@v1#1'],
    ],
    [
      'a source name that another URL has',
      () => ['source', 'add', 'http://127.0.0.1:2/', '--name', new URL(site.site.origin).host],
      { exit: 1, code: 'already_exists' },
      [site?.site.origin ?? '127.0.0.1', '--name'],
    ],
    [
      'a model whose key is missing',
      () => ['model', 'register', 'openai:gpt-x', '--name', 'x'],
      { exit: 2, code: 'invalid_config', param: 'OPENAI_API_KEY' },
      ['openai:gpt-x', 'OPENAI_API_KEY', 'OPENAI_BASE_URL'],
    ],
    [
      'a dataset of too small a site',
      () => ['dataset', 'build', '--kind', 'instruct'],
      { exit: 3, code: 'gate_refused' },
      ['instruct'],
    ],
    [
      'the promotion of a pairing that was not evaluated',
      () => ['promote', unevaluated()],
      { exit: 3, code: 'gate_refused' },
      ['evaluate', 'pairing-'],
    ],
    [
      'a rollback with nothing to go back to',
      () => ['rollback'],
      { exit: 1, code: 'not_found' },
      ['production', 'Promote another'],
    ],
    [
      'serving on a port in use',
      () => ['serve', '--port', takenPort()],
      { exit: 1, code: 'port_in_use' },
      ['LOCKSTEP_PORT'],
    ],
    [
      'up on a port in use',
      () => ['up', '--port', takenPort()],
      { exit: 1, code: 'port_in_use' },
      ['LOCKSTEP_PORT'],
    ],
  ];
  it.concurrent.each(cases)(
    'refuses %s',
    async (_, parametersOf, refusal, words) => {
      const refused = await lockstep.refused(...parametersOf());
      expect(refused).toMatchObject({ ...refusal, out: '' });
      for (const word of words) expect(refused.message).toContain(word);
    },
    60_000,
  );
});

describe('settings that cannot be', () => {
  const run = async (env: Readonly<Record<string, string>>, ...parameters: string[]) => {
    const other = createCommandLine({ OPENAI_API_KEY: '', OPENAI_BASE_URL: '', ...env });
    try {
      return await other.refused(...parameters);
    } finally {
      other.remove();
    }
  };

  it('names all the variables that are wrong at once', async () => {
    const env = { LOCKSTEP_PORT: '70000', LOCKSTEP_LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://x' };
    const refused = await run(env, 'view', 'list');
    expect(refused).toMatchObject({ exit: 2, code: 'invalid_config' });
    for (const name of Object.keys(env)) {
      expect(refused.message).toContain(`${name}: `);
      expect(refused.param).toContain(name);
    }
  }, 60_000);

  it('refuses up with a model whose key is missing before anything is crawled', async () => {
    const asked = site.site.requests().length;
    const env = { LOCKSTEP_MODEL: 'openai:gpt-x', LOCKSTEP_DATA: lockstep.folder };
    const refused = await run(env, 'up', '--once');
    expect(refused).toMatchObject({ exit: 2, code: 'invalid_config', param: 'OPENAI_API_KEY' });
    expect(site.site.requests()).toHaveLength(asked);
  }, 60_000);

  it('refuses a data folder below a file', async () => {
    const file = join(lockstep.folder, 'a-file');
    writeFileSync(file, '');
    for (const command of [['up', '--once'], ['doctor']]) {
      const refused = await lockstep.refused(...command, '--data', join(file, 'below'));
      expect(refused).toMatchObject({ exit: 1 });
      const said = command[0] === 'doctor' ? refused.out : refused.message;
      expect(said).toContain(`${file}/below`);
      expect(said).toContain('--data');
      if (command[0] !== 'doctor') expect(refused.code).toBe('folder_unwritable');
    }
  }, 60_000);
});

it('keeps a second up out of the folder, and ends the first in order', async () => {
  const first = lockstep.start('up', '--port', '0');
  const ended = collect(first);
  await outputMatching(first, /serving on (\S+)/);
  const refused = await lockstep.refused('up', '--once');
  expect(refused).toMatchObject({ exit: 1, code: 'lease_held', param: '--data' });
  expect(refused.message).toContain(lockstep.folder);
  first.kill('SIGTERM');
  const { code, err } = await ended;
  expect(code).toBe(0);
  expect(err).not.toContain('error');
}, 60_000);

it('has left everything as it was', async () => {
  expect(await state()).toEqual(before);
}, 60_000);

it('refuses a database that is newer than itself, and writes nothing to it', async () => {
  const { host, port } = JSON.parse(
    readFileSync(join(lockstep.folder, 'database.json'), 'utf8'),
  ) as { host: string; port: number };
  const client = new pg.Client({ host, port, user: 'postgres', database: 'postgres' });
  await client.connect();
  await client.query(
    `insert into drizzle.__drizzle_migrations (hash, created_at) values ('of-tomorrow', 9e15)`,
  );
  await client.end();
  const refused = await lockstep.refused('view', 'list');
  expect(refused).toMatchObject({ exit: 1, code: 'database_newer' });
  expect(refused.message).toContain('--data');
}, 60_000);

it('goes on to its end when whoever reads along leaves, as head does', async () => {
  const child = lockstep.start('--help');
  child.stdout?.destroy();
  expect(await collect(child)).toMatchObject({ code: 0, err: '' });
}, 60_000);
