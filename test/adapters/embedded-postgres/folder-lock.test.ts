import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isLocked, tryLock } from '#adapters/embedded-postgres/folder-lock.ts';
import {
  databasePlace,
  makeFolder,
  readState,
  writeState,
} from '#adapters/embedded-postgres/place.ts';
import { createFolder, firstLine, isAlive, type TestFolder, until } from './place-of-test.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lockstep-lock-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const unwritable = expect.objectContaining({ code: 'folder_unwritable', param: '--data' });

describe('a folder lock', () => {
  it('is one process’s until it lets go', () => {
    const file = join(root, 'database.lock');
    expect(isLocked(file)).toBe(false);
    const lock = tryLock(file);
    expect(tryLock(file)).toBeNull();
    expect(isLocked(file)).toBe(true);
    lock?.release();
    lock?.release();
    expect(isLocked(file)).toBe(false);
  });

  it('stays held by a process that keeps no reference to it', () => {
    const file = join(root, 'database.lock');
    expect(tryLock(file)).not.toBeNull();
    setFlagsFromString('--expose-gc');
    runInNewContext('gc')();
    expect(isLocked(file)).toBe(true);
  });

  it('is waited for as long as asked', async () => {
    const file = join(root, 'database.lock');
    let holder: TestFolder | undefined;
    try {
      holder = createFolder();
      const child = holder.command('lock', file);
      expect(await firstLine(child)).toBe('held');
      expect(tryLock(file, 50)).toBeNull();
      setTimeout(() => child.kill('SIGKILL'), 0);
      await sleep(5);
      const lock = tryLock(file, 5_000);
      expect(lock).not.toBeNull();
      lock?.release();
    } finally {
      await holder?.remove();
    }
  });

  it('goes with the process that held it, however it ended', async () => {
    const file = join(root, 'database.lock');
    const holder = createFolder();
    try {
      const child = holder.command('lock', file);
      await firstLine(child);
      expect(await firstLine(holder.command('lock', file))).toBe('refused');
      child.kill('SIGKILL');
      await until(() => !isAlive(child.pid ?? 0));
      expect(await firstLine(holder.command('lock', file))).toBe('held');
    } finally {
      await holder.remove();
    }
  });

  it('names a file that is no lock, or cannot be one', () => {
    const file = join(root, 'database.lock');
    writeFileSync(file, 'x'.repeat(4_096));
    expect(() => tryLock(file)).toThrow(unwritable);
    expect(() => tryLock(file)).toThrow(/database\.lock.*deleted/s);
    expect(() => tryLock(join(root, 'nowhere', 'database.lock'))).toThrow(unwritable);
  });
});

describe('a data folder', () => {
  it('is made for its owner alone', () => {
    const place = databasePlace(join(root, 'a', 'b'));
    makeFolder(place);
    makeFolder(place);
    expect(statSync(place.folder).mode & 0o777).toBe(0o700);
  });

  it('that cannot be made or written is named, with the remedy', () => {
    writeFileSync(join(root, 'file'), '');
    for (const folder of [join(root, 'file'), join(root, 'file', 'below'), '/proc/nowhere']) {
      expect(() => makeFolder(databasePlace(folder))).toThrow(unwritable);
      expect(() => makeFolder(databasePlace(folder))).toThrow(/--data/);
    }
  });

  it('has a socket where its path is short enough, and where there are sockets', () => {
    expect(databasePlace('/d').socketFile).toBe('/d/.s.PGSQL.5432');
    expect(databasePlace(`/${'d'.repeat(88)}`).socketFile).toHaveLength(103);
    expect(databasePlace(`/${'d'.repeat(89)}`).socketFile).toBeNull();
    expect(databasePlace(`/${'é'.repeat(45)}`).socketFile).toBeNull();
    expect(databasePlace('/d', 'win32').socketFile).toBeNull();
  });
});

describe('a state file', () => {
  const state = { pid: 1, host: '/d', port: 5_432, password: null, startedAt: 'today' };

  it('is read as it was written, by its owner alone', () => {
    const place = databasePlace(root);
    expect(readState(place)).toBeNull();
    writeState(place, state);
    writeState(place, { ...state, password: 'secret' });
    expect(readState(place)).toEqual({ ...state, password: 'secret' });
    expect(statSync(place.stateFile).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['half of one', '{"pid": 1, "host": "/d"'],
    ['another JSON', '[1]'],
    ['one without a password field', JSON.stringify({ ...state, password: undefined })],
    ['one with a port of text', JSON.stringify({ ...state, port: '5432' })],
    ['nothing', ''],
  ])('that is %s counts as none', (_, content) => {
    const place = databasePlace(root);
    writeFileSync(place.stateFile, content);
    expect(readState(place)).toBeNull();
  });

  it('that is a folder counts as none', () => {
    const place = databasePlace(root);
    mkdirSync(place.stateFile);
    expect(readState(place)).toBeNull();
  });
});
