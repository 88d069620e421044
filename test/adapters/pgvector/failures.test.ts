import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPgvectorIndex } from '#adapters/pgvector/pgvector-index.ts';
import {
  ask,
  idOf,
  load,
  point,
  signal,
  terms,
  viewNumber,
} from '../../contracts/feature-index/points.ts';
import { type EmbeddedPostgres, startPglite } from '../../fakes/embedded-postgres.ts';

const view = viewNumber(1, 3, 'failing');
const calls = (index: ReturnType<typeof createPgvectorIndex>) => ({
  ensure: () => index.ensure(view, signal),
  upsert: () => index.upsert(view, [point('a')], signal),
  setEnd: () => index.setEnd(view, [idOf('a')], 2, signal),
  seal: () => index.seal(view, 1, signal),
  search: () => index.search(view, ask({ sparse: terms([1, 1]) }), signal),
  fetch: () => index.fetch(view, [idOf('a')], signal),
  count: () => index.count(view, 1, signal),
  scan: async () => {
    for await (const _ of index.scan(view, signal));
  },
});

describe('pgvector, when something is missing', () => {
  it('says that a server that is away may come back', async () => {
    const away = new pg.Pool({ host: '/nowhere/at/all', connectionTimeoutMillis: 2_000 });
    const error = { name: 'AppError', code: 'upstream_unavailable', retryable: true };
    for (const call of Object.values(calls(createPgvectorIndex({ pool: away })))) {
      await expect(call()).rejects.toMatchObject(error);
    }
    await away.end();
  });

  it('goes on after a server that went away in between', async () => {
    const first = await startPglite();
    const pool = new pg.Pool({ ...first.connection, max: 2 });
    pool.on('error', () => undefined);
    const index = createPgvectorIndex({ pool });
    await index.ensure(view, signal);
    const client = await pool.connect();
    client.on('error', () => undefined);
    client.release();
    await first.close();
    const error = { name: 'AppError', code: 'upstream_unavailable', retryable: true };
    for (const call of Object.values(calls(index))) {
      await expect(call()).rejects.toMatchObject(error);
    }
    await pool.end();
  }, 60_000);

  describe('of the database', () => {
    let db: EmbeddedPostgres;
    let pool: pg.Pool;
    beforeAll(async () => {
      db = await startPglite();
      pool = new pg.Pool({ ...db.connection, max: 2 });
    }, 60_000);
    afterAll(async () => {
      await pool.end();
      await db.close();
    });

    it('names the collection that is not there', async () => {
      const index = createPgvectorIndex({ pool });
      const error = {
        name: 'AppError',
        code: 'index_mismatch',
        retryable: false,
        message: expect.stringContaining('failing_v1'),
      };
      const { ensure, ...others } = calls(index);
      for (const call of Object.values(others)) await expect(call()).rejects.toMatchObject(error);
      await index.drop(view, signal);
      await ensure();
      await load(index, view, [point('a')]);
      await index.drop(view, signal);
      for (const call of Object.values(others)) await expect(call()).rejects.toMatchObject(error);
    });

    it('names the extension that is not there', async () => {
      const index = createPgvectorIndex({ pool: withoutExtension(pool) });
      await expect(index.ensure(viewNumber(2), signal)).rejects.toMatchObject({
        name: 'AppError',
        code: 'index_mismatch',
        message: expect.stringContaining('pgvector'),
      });
    });

    it('gives a search up when its signal is aborted, and answers the next one', async () => {
      const index = createPgvectorIndex({ pool });
      await index.ensure(view, signal);
      const blocker = await pool.connect();
      await blocker.query('begin');
      const controller = new AbortController();
      const searching = index.search(view, ask({ sparse: terms([1, 1]) }), controller.signal);
      controller.abort();
      await expect(searching).rejects.toMatchObject({ name: 'AbortError' });
      await blocker.query('commit');
      blocker.release();
      expect(await index.count(view, 1, signal)).toBe(0);
    });
  });
});

/** A pool whose server knows no extension named `vector`, as one without pgvector. */
function withoutExtension(pool: pg.Pool): pg.Pool {
  const query = (text: string, values?: unknown[]) =>
    pool.query(text.replace('extension if not exists vector', 'extension vectors'), values);
  return Object.assign(Object.create(pool), { query });
}
