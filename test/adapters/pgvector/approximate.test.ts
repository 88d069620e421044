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

describe('pgvector with an approximate index', () => {
  const database = useDatabase();
  const view: FeatureView = viewNumber(1, DIMENSION, 'approximate');
  let approximate: FeatureIndex;
  let exact: FeatureIndex;
  beforeAll(async () => {
    const pool = database.pool();
    approximate = createPgvectorIndex({ pool, exactPointsMax: 100 });
    await approximate.ensure(view, signal);
    await load(approximate, view, points, 2);
    exact = createPgvectorIndex({ pool });
  }, 120_000);

  /** The exact one has not seen yet that there is an index, so its first search goes without. */
  const exactly = async (asked: ReturnType<typeof ask>) => {
    exact = createPgvectorIndex({ pool: database.pool({ max: 1 }) });
    return (await exact.search(view, asked, signal)).dense;
  };

  it('is used once it is there', async () => {
    const pool = database.pool({ max: 1 });
    const seen: string[] = [];
    const client = await pool.connect();
    const run = client.query.bind(client);
    Object.assign(client, {
      query: (...all: Parameters<typeof run>) => {
        seen.push(typeof all[0] === 'string' ? all[0] : '');
        return run(...all);
      },
    });
    client.release();
    const watched = createPgvectorIndex({ pool });
    for (let n = 0; n < 3; n++) await watched.search(view, ask({ dense: query(1) }), signal);
    expect(seen.filter((text) => text.includes('hnsw.iterative_scan'))).toHaveLength(2);
    const plan = await pool.query<{ 'QUERY PLAN': string }>(
      `explain select id from lockstep_index.points_approximate_v1
        order by dense <#> '[${[...query(1)].join(',')}]' limit 100`,
    );
    expect(plan.rows.map((row) => row['QUERY PLAN']).join()).toContain('hnsw_approximate_v1');
  });

  it('finds nearly all of what an exact scan finds', async () => {
    await approximate.search(view, ask({ dense: query(0) }), signal);
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

  it.each<[string, IndexFilter, number, number]>([
    ['a rare tag', { tag: 'rare' }, 2, 30],
    ['a rare tag at an older epoch', { tag: 'rare' }, 1, 27],
    ['half of all', { language: 'fr' }, 2, 100],
    ['nothing', { tag: 'nowhere' }, 2, 0],
  ])('loses no point to a filter: %s', async (_, filter, epoch, count) => {
    for (let seed = 0; seed < 5; seed++) {
      const asked = ask({ dense: query(seed), epoch, filter });
      const { dense } = await approximate.search(view, asked, signal);
      expect(dense).toHaveLength(count);
      const byId = new Map(points.map((each) => [each.member.id, each.member]));
      for (const { id } of dense) {
        const member = byId.get(id);
        expect(member?.from).toBeLessThanOrEqual(epoch);
        if (filter.tag !== undefined) expect(member?.context.tags).toContain(filter.tag);
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
    featureIndexContract(() => always);
  });
});
