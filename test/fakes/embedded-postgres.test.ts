import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSplitter, type Unit } from '#adapters/embedded-postgres/wire-units.ts';
import { type EmbeddedPostgres, startPglite } from './embedded-postgres.ts';

let postgres: EmbeddedPostgres;
let pool: pg.Pool;
beforeAll(async () => {
  postgres = await startPglite();
  pool = new pg.Pool({ ...postgres.connection, max: 8 });
}, 30_000);
afterAll(async () => {
  await pool.end();
  await postgres.close();
});

const BIG = 'x'.repeat(200_000);
const times = (count: number) => Array.from({ length: count }, (_, at) => at);

describe('one session for many clients', () => {
  it('has pgvector', async () => {
    await pool.query('create extension if not exists vector');
    const { rows } = await pool.query(`select '[1,0]'::vector <=> '[0,1]'::vector as distance`);
    expect(rows).toEqual([{ distance: 1 }]);
  });

  it('gives each client the answer to its own statement, whatever their sizes', async () => {
    const answers = await Promise.all(
      times(60).map(async (at) => {
        const { rows } =
          at % 2 === 0
            ? await pool.query('select $1::int as at', [at])
            : await pool.query('select $1::int as at, length($2) as length', [at, BIG]);
        return rows[0];
      }),
    );
    expect(answers).toEqual(times(60).map((at) => (at % 2 ? { at, length: BIG.length } : { at })));
  });

  it('keeps others out of a transaction', async () => {
    await pool.query('create table counted (value int)');
    await pool.query('insert into counted values (0)');
    await Promise.all(
      times(20).map(async () => {
        const client = await pool.connect();
        await client.query('begin');
        const { rows } = await client.query<{ value: number }>('select value from counted');
        await client.query('update counted set value = $1', [(rows[0]?.value ?? 0) + 1]);
        await client.query('commit');
        client.release();
      }),
    );
    expect((await pool.query('select value from counted')).rows).toEqual([{ value: 20 }]);
  });

  it('goes on after an error, and after a client that leaves its transaction open', async () => {
    await expect(pool.query('select $1::int', ['no number'])).rejects.toThrow(/invalid input/);
    const client = new pg.Client(postgres.connection);
    await client.connect();
    await client.query('begin');
    await client.query('create table never (value int)');
    await client.end();
    expect((await pool.query(`select to_regclass('never') as found`)).rows).toEqual([
      { found: null },
    ]);
  });
});

describe('units of the wire', () => {
  const message = (type: string, body: string): Buffer => {
    const head = Buffer.alloc(5);
    head.write(type);
    head.writeInt32BE(4 + body.length, 1);
    return Buffer.concat([head, Buffer.from(body)]);
  };
  const startup = Buffer.from([0, 0, 0, 9, 0, 3, 0, 0, 0]);
  const stream = Buffer.concat([
    Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]),
    startup,
    ...[
      ['P', 'a'],
      ['B', 'b'],
      ['E', 'c'],
      ['S', ''],
      ['Q', 'q'],
      ['P', 'd'],
      ['H', ''],
      ['X', ''],
    ].map(([type, body]) => message(type ?? '', body ?? '')),
  ]);

  it.each([1, 2, 7, 10_000])('are the same in pieces of %i bytes', (size) => {
    const units: Unit[] = [];
    const split = createSplitter((unit) => units.push(unit));
    for (let at = 0; at < stream.length; at += size) split(stream.subarray(at, at + size));
    const described = units.map((unit) =>
      unit.kind === 'messages' ? [unit.bytes.length, unit.complete] : unit.kind,
    );
    expect(described).toEqual([
      'refuse_encryption',
      [9, true],
      [23, true],
      [6, true],
      [11, false],
      'end',
    ]);
  });

  it('refuse a length that no message has', () => {
    const split = createSplitter(() => undefined);
    expect(() => split(Buffer.from([255, 255, 255, 255, 0, 0, 0, 0]))).toThrow(RangeError);
  });
});
