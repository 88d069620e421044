import { beforeAll, describe, expect, it } from 'vitest';
import { createPgvectorIndex } from '#adapters/pgvector/pgvector-index.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { FeatureIndex } from '#ports/feature-index.ts';
import {
  ask,
  freshView,
  idOf,
  load,
  point,
  signal,
  terms,
  viewNumber,
} from '../../contracts/feature-index/points.ts';
import { expectExact } from '../../contracts/feature-index/reference.ts';
import { featureIndexContract } from '../../contracts/feature-index.ts';
import { useDatabase } from './database.ts';

describe('pgvector', () => {
  const database = useDatabase();
  let index: FeatureIndex;
  beforeAll(() => {
    index = createPgvectorIndex({ pool: database.pool() });
  });

  featureIndexContract('pgvector', () => index);

  it.each([
    ['quotes', `x"; drop schema lockstep_index cascade; --`],
    ['single quotes', `it's $1 \\`],
    ['capitals', 'Posts_V1'],
    ['nothing', ''],
    ['a length that Postgres would cut', `${'long_'.repeat(30)}v1`],
    ['the same length and start', `${'long_'.repeat(30)}v2`],
    ['a name that the index has itself', 'collections'],
    ['letters of elsewhere', 'журнал_v1'],
  ])('takes a collection named with %s', async (_, collection) => {
    const view: FeatureView = { ...viewNumber(1, 3, 'named'), collection };
    await index.ensure(view, signal);
    expect(await index.count(view, 1, signal)).toBe(0);
    await load(index, view, [point('a', { sparse: terms([1, 1]) })]);
    const query = ask({ dense: Float32Array.of(1, 0, 0), sparse: terms([1, 1]) });
    expectExact(
      await index.search(view, query, signal),
      [point('a', { sparse: terms([1, 1]) })],
      query,
    );
  });

  it('is created once by two that start at the same time', async () => {
    const view = viewNumber(1, 3, 'raced');
    const others = Array.from({ length: 4 }, () => createPgvectorIndex({ pool: database.pool() }));
    await Promise.all(others.map((other) => other.ensure(view, signal)));
    await Promise.all(others.map((other, n) => other.upsert(view, [point(`raced ${n}`)], signal)));
    await Promise.all(others.map((other) => other.seal(view, 1, signal)));
    expect(await index.count(view, 1, signal)).toBe(4);
  });

  it('sees what another process wrote meanwhile', async () => {
    const view = await freshView(index);
    const other = createPgvectorIndex({ pool: database.pool() });
    const [one, two] = [
      point('one', { sparse: terms([1, 1]) }),
      point('two', { sparse: terms([1, 2], [2, 1]) }),
    ];
    const query = ask({ sparse: terms([1, 1], [2, 1]) });
    await load(index, view, [one]);
    expectExact(await index.search(view, query, signal), [one], query);
    await load(other, view, [two]);
    expectExact(await index.search(view, query, signal), [one, two], query);
    await other.setEnd(view, [idOf('one')], 1, signal);
    expectExact(await index.search(view, query, signal), [two], query);
    await other.drop(view, signal);
    await other.ensure(view, signal);
    await load(other, view, [one]);
    expectExact(await index.search(view, query, signal), [one], query);
  });

  it('merges what many small runs have sealed', async () => {
    const view = await freshView(index);
    const points = Array.from({ length: 80 }, (_, n) =>
      point(`run ${n}`, { sparse: terms([1, 1 + n / 80], [4_097, 1], [10_000 + n, 2]) }),
    );
    for (const each of points) await load(index, view, [each]);
    const pool = database.pool();
    const { rows } = await pool.query<{ rows: number }>(
      `select count(*)::integer as rows from lockstep_index."postings_${view.collection}"
        where bucket = 1`,
    );
    expect(rows[0]?.rows).toBeLessThanOrEqual(32);
    const query = ask({ sparse: terms([1, 1], [4_097, 1], [10_050, 1]) });
    expectExact(await index.search(view, query, signal), points, query);
  });

  it('leaves its place clean: no row of a batch that failed', async () => {
    const view = await freshView(index);
    const wrong = point('wrong', { sourceName: 'a\u0000b' });
    await expect(index.upsert(view, [point('right'), wrong], signal)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(view.id),
    });
    await index.seal(view, 1, signal);
    expect(await index.count(view, 1, signal)).toBe(0);
    await load(index, view, [point('right')]);
    expect(await index.count(view, 1, signal)).toBe(1);
  });

  it.each([
    ['a vector that is not finite', { dense: [1, Number.NaN, 0] }, {}],
    ['a weight that is not finite', { sparse: terms([1, Number.POSITIVE_INFINITY]) }, {}],
    ['an id that is no UUID', {}, { id: 'first' }],
  ])('refuses %s', async (_, parts, member) => {
    const view = await freshView(index);
    const plain = point('odd', parts);
    const odd = { ...plain, member: { ...plain.member, ...member } };
    await expect(index.upsert(view, [odd], signal)).rejects.toMatchObject({
      name: 'AppError',
      code: 'invalid_input',
      message: expect.stringContaining(odd.member.id),
    });
  });
});
