import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder } from '#adapters/embedded-postgres/place.ts';
import {
  createFolder,
  createPreparedFolder,
  firstLine,
  type TestFolder,
  until,
} from './place-of-test.ts';

const TEST_MS_MAX = 90_000;
const KILLS = 10;
/** The longest that writes go on undisturbed. */
const LIFE_MS_MAX = 150;
const WRITERS = 3;

let at: TestFolder;
beforeEach(async () => {
  at = await createPreparedFolder();
}, TEST_MS_MAX);
afterEach(() => at.remove(), TEST_MS_MAX);

const values = async (pool: pg.Pool): Promise<readonly number[]> =>
  (await pool.query<{ value: number }>('select value from written order by value')).rows.map(
    (row) => row.value,
  );

/** One row, in a transaction of two statements. Says whether its commit was confirmed. */
async function write(pool: pg.Pool, value: number): Promise<boolean> {
  try {
    const client = await pool.connect();
    try {
      await client.query('begin');
      await client.query('insert into written values ($1)', [value]);
      await client.query('insert into copied values ($1, $2)', [value, 'x'.repeat(2_000)]);
      await client.query('commit');
    } finally {
      client.release();
    }
    return true;
  } catch {
    return false;
  }
}

describe('kill -9', { timeout: TEST_MS_MAX }, () => {
  it('of the server at any moment loses no committed row, and keeps no half of one', async () => {
    const pool = at.pool();
    await pool.query('create table written (value int primary key)');
    await pool.query('create table copied (value int primary key, filler text)');
    const confirmed: number[] = [];
    let [next, kills] = [0, 0];
    const writeOn = async () => {
      while (kills < KILLS) {
        const value = next;
        next += 1;
        if (await write(pool, value)) confirmed.push(value);
      }
    };
    const writers = Array.from({ length: WRITERS }, writeOn);
    // A spread of moments that is the same in every run; what they hit is chance enough.
    for (; kills < KILLS; kills += 1) {
      const written = confirmed.length;
      while (confirmed.length === written) await sleep(5);
      await sleep((kills * 61) % LIFE_MS_MAX);
      await at.killServer();
    }
    await Promise.all(writers);
    const kept = await values(pool);
    expect(confirmed.length).toBeGreaterThan(KILLS);
    expect(kept).toEqual(expect.arrayContaining(confirmed));
    const { rows } = await pool.query('select value from copied order by value');
    expect(rows.map((row) => row.value)).toEqual(kept);
    // An index that lost an entry would find fewer.
    const found = await pool.query(
      'select count(*)::int as found from written where value = any($1)',
      [kept],
    );
    expect(found.rows).toEqual([{ found: kept.length }]);
  });

  it('of the server while it makes the database leaves nothing that stops the next', async () => {
    const fresh = createFolder();
    try {
      makeFolder(fresh.place);
      const child = fresh.command('open');
      await until(() => existsSync(`${fresh.place.dataFolder}.new/PG_VERSION`));
      child.kill('SIGKILL');
      expect(existsSync(fresh.place.dataFolder)).toBe(false);
      expect((await fresh.pool().query('select 1 as one')).rows).toEqual([{ one: 1 }]);
      expect(existsSync(`${fresh.place.dataFolder}.new`)).toBe(false);
    } finally {
      await fresh.remove();
    }
  });

  it('of the server is noticed by pools that are idle, which connect to the next one', async () => {
    const pools = [at.pool(), at.pool()];
    await pools[0]?.query('create table written (value int)');
    await pools[1]?.query('insert into written values (1)');
    await at.killServer();
    await sleep(50);
    const shown = await Promise.all(pools.map((pool) => values(pool)));
    expect(shown).toEqual([[1], [1]]);
  });

  it('of a client in the middle of a transaction undoes it, and others go on', async () => {
    const pool = at.pool();
    await pool.query('create table written (value int)');
    await pool.query('insert into written values (1)');
    const pid = at.state()?.pid;
    const child = at.command('transaction');
    expect(await firstLine(child)).toBe('open');
    const waiting = values(pool);
    child.kill('SIGKILL');
    expect(await waiting).toEqual([1]);
    await pool.query('insert into written values (2)');
    expect(await values(pool)).toEqual([1, 2]);
    expect(at.state()?.pid).toBe(pid);
  });
});
