import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  embeddedClient,
  inspectDatabase,
  reachDatabase,
} from '#adapters/embedded-postgres/embedded-database.ts';
import { isLocked } from '#adapters/embedded-postgres/folder-lock.ts';
import { writeState } from '#adapters/embedded-postgres/place.ts';
import {
  createPreparedFolder,
  firstLine,
  isAlive,
  type TestFolder,
  until,
} from './place-of-test.ts';

const TEST_MS_MAX = 60_000;

let at: TestFolder;
beforeEach(async () => {
  at = await createPreparedFolder();
}, TEST_MS_MAX);
afterEach(() => at.remove(), TEST_MS_MAX);

const modeOf = (path: string) => statSync(path).mode & 0o777;

describe('the database process', { timeout: TEST_MS_MAX }, () => {
  it('is started once by commands that start at once, and outlives them', async () => {
    rmSync(at.folder, { recursive: true });
    const lines = await Promise.all([1, 2, 3].map(() => firstLine(at.command('reach'))));
    const pid = at.state()?.pid ?? 0;
    expect(lines).toEqual([String(pid), String(pid), String(pid)]);
    expect(isAlive(pid)).toBe(true);
    expect((await reachDatabase(at.options)).pid).toBe(pid);
    expect(inspectDatabase(at.folder).state).toEqual(at.state());
    expect(modeOf(at.folder)).toBe(0o700);
    expect(modeOf(at.place.dataFolder)).toBe(0o700);
  });

  it('keeps everything in the folder to its owner', async () => {
    await at.pool().query('create table kept (value int)');
    expect(modeOf(at.folder)).toBe(0o700);
    for (const name of ['database.json', 'database.log', '.s.PGSQL.5432']) {
      expect([name, modeOf(join(at.folder, name))]).toEqual([name, 0o600]);
    }
    expect(at.state()?.password).toBeNull();
    expect(readdirSync(at.folder)).not.toContain('.writable');
  });

  it('leaves when nobody is connected for the idle time, and comes back with what it held', async () => {
    const first = at.pool(300);
    await first.query('create table kept (value int)');
    await first.query('insert into kept values (42)');
    const pid = at.state()?.pid ?? 0;
    await first.end();
    await until(() => !isAlive(pid));
    expect(existsSync(at.place.stateFile)).toBe(false);
    expect(existsSync(join(at.folder, '.s.PGSQL.5432'))).toBe(false);
    expect(isLocked(at.place.lockFile)).toBe(false);
    expect(inspectDatabase(at.folder).state).toBeNull();
    expect((await at.pool().query('select value from kept')).rows).toEqual([{ value: 42 }]);
    expect(at.state()?.pid).not.toBe(pid);
  });

  it('does not leave while somebody is connected', async () => {
    const pool = at.pool(100);
    const client = await pool.connect();
    const pid = at.state()?.pid;
    const { rows } = await client.query('select pg_sleep(0.5), 1 as one');
    expect(rows[0].one).toBe(1);
    expect((await reachDatabase(at.options)).pid).toBe(pid);
    client.release();
  });

  it('stops cleanly when it is asked to', async () => {
    await at.pool().query('create table kept (value int)');
    const pid = at.state()?.pid ?? 0;
    process.kill(pid, 'SIGTERM');
    process.kill(pid, 'SIGTERM');
    await until(() => !isAlive(pid));
    expect(existsSync(at.place.stateFile)).toBe(false);
  });

  it('is not misled by what a dead one left: state, lock and socket files', async () => {
    chmodSync(at.folder, 0o755);
    writeFileSync(at.place.lockFile, '');
    writeFileSync(join(at.folder, '.s.PGSQL.5432'), '');
    writeState(at.place, {
      pid: process.pid,
      host: at.folder,
      port: 5_432,
      password: null,
      startedAt: 'long ago',
    });
    expect(inspectDatabase(at.folder).state).toBeNull();
    expect((await at.pool().query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    expect(at.state()?.pid).not.toBe(process.pid);
  });

  it('is not confused with another server on the port of a dead one', async () => {
    const impostor = createServer((socket) => void socket.on('data', () => socket.write('N')));
    await new Promise<void>((resolve) => impostor.listen(0, '127.0.0.1', resolve));
    const address = impostor.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const dead = { pid: process.pid, host: '127.0.0.1', port, password: 'p', startedAt: 'x' };
    writeState(at.place, dead);
    const state = await reachDatabase(at.options);
    expect(state.port).not.toBe(port);
    await new Promise((resolve) => impostor.close(resolve));
  });

  it('serves a loopback port, behind a password, where a socket’s path would be too long', async () => {
    const long = await createPreparedFolder('a-long-folder-name-'.repeat(6));
    try {
      const pool = long.pool();
      expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
      const state = long.state();
      expect(state).toMatchObject({
        host: '127.0.0.1',
        password: expect.stringMatching(/^\w{48}$/),
      });
      expect(modeOf(long.place.stateFile)).toBe(0o600);
      const stranger = { host: '127.0.0.1', port: state?.port ?? 0, user: 'postgres' };
      await expect(new pg.Client({ ...stranger, password: 'guess' }).connect()).rejects.toThrow(
        /password/,
      );
      await long.killServer();
      expect((await pool.query('select 2 as two')).rows).toEqual([{ two: 2 }]);
      expect(long.state()?.password).not.toBe(state?.password);
    } finally {
      await long.remove();
    }
  });
});

describe('a database that cannot be reached', { timeout: TEST_MS_MAX }, () => {
  const clientOf = (folder: string, startMsMax = 30_000) => {
    const Client = embeddedClient({ folder, idleMs: 60_000, startMsMax });
    return new Client({ user: 'postgres', database: 'postgres' });
  };

  it('names a folder that cannot be written', async () => {
    writeFileSync(join(at.folder, '..', 'file'), '');
    for (const folder of [join(at.folder, '..', 'file', 'below'), '/proc/nowhere']) {
      await expect(clientOf(folder).connect()).rejects.toMatchObject({ code: 'folder_unwritable' });
    }
  });

  it('names a log or lock file that cannot be one', async () => {
    mkdirSync(at.place.logFile);
    await expect(clientOf(at.folder).connect()).rejects.toMatchObject({
      code: 'folder_unwritable',
    });
    writeFileSync(at.place.lockFile, 'x'.repeat(4_096));
    await expect(clientOf(at.folder).connect()).rejects.toThrow(/database\.lock cannot be locked/);
  });

  it('says what the process said before it ended', async () => {
    rmSync(at.place.dataFolder, { recursive: true });
    writeFileSync(at.place.dataFolder, 'no folder of a database');
    const failed = clientOf(at.folder, 3_000).connect();
    await expect(failed).rejects.toMatchObject({ code: 'database_unavailable', retryable: true });
    await expect(failed).rejects.toThrow(/database\.log/);
  });
});
