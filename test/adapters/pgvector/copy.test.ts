import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textArray, uuidBytes } from '#adapters/pgvector/binary.ts';
import { copyInto, createCopyRows } from '#adapters/pgvector/copy.ts';
import { uuidOf } from '#domain/hash.ts';
import { startPglite } from '../../fakes/embedded-postgres.ts';
import { startRealPostgres } from '../../fakes/real-postgres.ts';

type Row = {
  readonly id: string;
  readonly number: number;
  readonly large: number;
  readonly note: string | null;
  readonly tags: readonly string[];
};

const rowsOf = (rows: readonly Row[]): Buffer => {
  const written = createCopyRows();
  for (const { id, number, large, note, tags } of rows) {
    written.row(5);
    written.bytes(uuidBytes(id));
    written.integer(number);
    written.bigint(large);
    if (note === null) written.nothing();
    else written.text(note);
    written.bytes(textArray(tags));
  }
  return written.end();
};

const plain: Row = { id: uuidOf('a'), number: 1, large: 2, note: null, tags: [] };

describe.each([
  ['the embedded database', startPglite],
  ['a Postgres', startRealPostgres],
])('rows copied into %s', (_, start) => {
  let db: Awaited<ReturnType<typeof start>>;
  let client: pg.Client;
  beforeAll(async () => {
    db = await start();
    client = new pg.Client(db.connection);
    await client.connect();
    await client.query(
      `create table copied (id uuid primary key, number integer, large bigint, note text, tags text[])`,
    );
  }, 120_000);
  afterAll(async () => {
    await client.end();
    await db.close();
  }, 60_000);

  /** Every test begins a transaction and leaves nothing. */
  const within = async (work: () => Promise<void>) => {
    await client.query('begin');
    await work();
    await client.query('rollback');
  };
  const held = async (): Promise<readonly Row[]> => {
    const { rows } = await client.query('select * from copied order by number');
    return rows.map((row) => ({ ...row, large: Number(row.large) }));
  };

  it('are the same rows', () =>
    within(async () => {
      const rows: readonly Row[] = [
        { ...plain, number: -5, large: -(2 ** 52), note: '', tags: ['', 'a,b', '{"x"}', 'ünï 😀'] },
        { ...plain, id: uuidOf('b'), number: 2 ** 31 - 1, large: 2 ** 53 - 1, note: '\\N\t\n' },
      ];
      await copyInto(client, 'copied', rowsOf(rows));
      expect(await held()).toEqual(rows);
    }));

  it('are none when there are none', () =>
    within(async () => {
      await copyInto(client, 'copied', rowsOf([]));
      expect(await held()).toEqual([]);
    }));

  it('may be many, and larger than one message', () =>
    within(async () => {
      const rows = Array.from({ length: 3_000 }, (_, number) => ({
        ...plain,
        id: uuidOf('row', String(number)),
        number,
        note: 'é'.repeat(number),
      }));
      const bytes = rowsOf(rows);
      expect(bytes.length).toBeGreaterThan(2 * 4 * 2 ** 20);
      await copyInto(client, 'copied', bytes);
      expect(await held()).toEqual(rows);
    }));

  it.each([
    ['a value that cannot be stored', [{ ...plain, note: 'a\u0000b' }], '22021'],
    ['a key that is there already', [plain, plain], '23505'],
  ])('are refused with %s, and the connection goes on', async (_case, rows, code) => {
    await client.query('begin');
    await expect(copyInto(client, 'copied', rowsOf(rows))).rejects.toMatchObject({ code });
    await client.query('rollback');
    expect(await held()).toEqual([]);
    await within(async () => {
      await copyInto(client, 'copied', rowsOf([plain]));
      expect(await held()).toEqual([plain]);
    });
  });

  it('are refused where there is no such table', async () => {
    await expect(copyInto(client, 'nowhere', rowsOf([plain]))).rejects.toMatchObject({
      code: '42P01',
    });
    expect(await held()).toEqual([]);
  });

  it('fail when the connection is gone, in whatever words', async () => {
    const other = new pg.Client(db.connection);
    other.on('error', () => undefined);
    await other.connect();
    await other.end();
    await expect(copyInto(other, 'copied', rowsOf([plain]))).rejects.toThrow();
  });
});
