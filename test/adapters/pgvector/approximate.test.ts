import type pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { createPgvectorIndex } from '#adapters/pgvector/pgvector-index.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { FeatureIndex, IndexFilter, IndexPoint } from '#ports/feature-index.ts';
import {
  ask,
  load,
  point,
  signal,
  terms,
  viewNumber,
} from '../../contracts/feature-index/points.ts';
import { featureIndexContract } from '../../contracts/feature-index.ts';
import { useDatabase } from './database.ts';

const DIMENSION = 16;
const POINTS = 3_000;

/** Values between −1 and 1 that are the same in every run: a linear congruential generator. */
function createValues(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

const values = createValues(7);
const vector = () => Array.from({ length: DIMENSION }, values);
const centres = Array.from({ length: 40 }, vector);
const near = (n: number): number[] =>
  (centres[n % centres.length] ?? []).map((value) => value + 0.5 * values());

/** Points around a few centres, as embeddings of posts are; 1 in 100 is tagged. */
const points: readonly IndexPoint[] = Array.from({ length: POINTS }, (_, n) =>
  point(`near ${n}`, {
    dense: near(n),
    sparse: terms([n % 20, 1]),
    tags: n % 100 === 0 ? ['rare'] : [],
    language: n % 2 === 0 ? 'en' : 'fr',
    ...(n < POINTS - 300 ? {} : { from: 2 }),
  }),
);

const query = (n: number): Float32Array => Float32Array.from(near(3 * n));

/** Counts what the one connection of a pool is asked. */
function watch(pool: pg.Pool) {
  const seen: string[] = [];
  const watched = pool.connect().then((client) => {
    const run = client.query.bind(client);
    Object.assign(client, {
      query: (...all: Parameters<typeof run>) => {
        seen.push(typeof all[0] === 'string' ? all[0] : '');
        return run(...all);
      },
    });
    client.release();
    return pool;
  });
  const count = (words: string) => seen.filter((text) => text.includes(words)).length;
  return {
    pool: watched,
    approximate: () => count('hnsw.iterative_scan'),
    counted: () => count('select count(*)'),
  };
}

describe('pgvector with an approximate index', () => {
  const database = useDatabase();
  const view: FeatureView = viewNumber(1, DIMENSION, 'approximate');
  let approximate: FeatureIndex;
  beforeAll(async () => {
    const pool = database.pool();
    approximate = createPgvectorIndex({ pool, exactPointsMax: 100 });
    await approximate.ensure(view, signal);
    await load(approximate, view, points, 2);
  }, 120_000);

  const exactly = async (asked: ReturnType<typeof ask>) =>
    (await approximate.search(view, { ...asked, exact: true }, signal)).dense;

  it('is used once it is there', async () => {
    const watched = watch(database.pool({ max: 1 }));
    const pool = await watched.pool;
    const index = createPgvectorIndex({ pool });
    for (let n = 0; n < 3; n++) await index.search(view, ask({ dense: query(1) }), signal);
    expect(watched.approximate()).toBe(3);
    const plan = await pool.query<{ 'QUERY PLAN': string }>(
      `explain select id from lockstep_index.points_approximate_v1
        order by dense <#> '[${[...query(1)].join(',')}]' limit 100`,
    );
    expect(plan.rows.map((row) => row['QUERY PLAN']).join()).toContain('hnsw_approximate_v1');
  });

  it('finds nearly all of what an exact scan finds', async () => {
    let found = 0;
    let all = 0;
    for (let seed = 0; seed < 20; seed++) {
      const asked = ask({ dense: query(seed), epoch: 1 + (seed % 2), limit: 50 });
      const expected = new Set((await exactly(asked)).map(({ id }) => id));
      const { dense } = await approximate.search(view, asked, signal);
      expect(dense).toHaveLength(50);
      found += dense.filter(({ id }) => expected.has(id)).length;
      all += expected.size;
    }
    expect(found / all).toBeGreaterThan(0.95);
  });

  it('is left out where a filter lets few points through', async () => {
    const watched = watch(database.pool({ max: 1 }));
    const index = createPgvectorIndex({ pool: await watched.pool, exactPointsMax: 100 });
    const search = (filter: IndexFilter) =>
      index.search(view, ask({ dense: query(1), filter }), signal);
    for (let n = 0; n < 3; n++) await search({ tags: ['rare'] });
    expect(watched.approximate()).toBe(0);
    for (let n = 0; n < 3; n++) await search({ languages: ['fr'] });
    expect(watched.approximate()).toBe(3);
    // Counted once for each filter.
    expect(watched.counted()).toBe(2);
  });

  it.each<[string, IndexFilter, number, number]>([
    ['a rare tag', { tags: ['rare'] }, 2, 30],
    ['a rare tag at an older epoch', { tags: ['rare'] }, 1, 27],
    ['half of all', { languages: ['fr'] }, 2, 100],
    ['nothing', { tags: ['nowhere'] }, 2, 0],
  ])('loses no point to a filter: %s', async (_, filter, epoch, count) => {
    for (let seed = 0; seed < 5; seed++) {
      const asked = ask({ dense: query(seed), epoch, filter });
      const { dense } = await approximate.search(view, asked, signal);
      expect(dense).toHaveLength(count);
      const byId = new Map(points.map((each) => [each.member.id, each.member]));
      for (const { id } of dense) {
        const member = byId.get(id);
        expect(member?.from).toBeLessThanOrEqual(epoch);
        for (const tag of filter.tags ?? []) expect(member?.context.tags).toContain(tag);
      }
      if (count < 100) expect(dense).toEqual(await exactly(asked));
    }
  });

  describe('keeps every promise of an index', () => {
    // Every collection gets its approximate index with its first seal.
    let always: FeatureIndex;
    beforeAll(() => {
      always = createPgvectorIndex({ pool: database.pool(), exactPointsMax: -1 });
    });
    featureIndexContract('pgvector with HNSW', () => always);
  });
});
