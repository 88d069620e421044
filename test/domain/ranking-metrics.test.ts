import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ndcgAt, rankingOf, recallAt, reciprocalRankAt } from '#domain/ranking-metrics.ts';

/** The example of pytrec_eval's README; its figures are those that trec_eval prints. */
const RUN = {
  q1: { d1: 1.0, d2: 0.0, d3: 1.5 },
  q2: { d1: 1.5, d2: 0.2, d3: 0.5 },
};
const QRELS = { q1: { d1: 0, d2: 1, d3: 0 }, q2: { d2: 1, d3: 1 } };
const ALL = 1_000;

const ranked = (scores: Readonly<Record<string, number>>) =>
  rankingOf(Object.entries(scores).map(([id, score]) => ({ id, score })));
const judged = (gains: Readonly<Record<string, number>>) => new Map(Object.entries(gains));

describe('golden values of trec_eval', () => {
  it.each([
    ['q1', 0.5, 1 / 3],
    ['q2', 0.6934264036172708, 1 / 2],
  ] as const)('%s', (query, ndcg, reciprocalRank) => {
    const [ranking, judgements] = [ranked(RUN[query]), judged(QRELS[query])];
    expect(ndcgAt(ALL, ranking, judgements)).toBeCloseTo(ndcg, 15);
    expect(reciprocalRankAt(ALL, ranking, judgements)).toBeCloseTo(reciprocalRank, 15);
    expect(recallAt(ALL, ranking, judgements)).toBe(1);
  });

  it('gains linearly, so a doubled relevance is worth double', () => {
    const judgements = judged({ a: 3, b: 1 });
    const ideal = 3 + 1 / Math.log2(3);
    expect(ndcgAt(10, ['b', 'a'], judgements)).toBeCloseTo((1 + 3 / Math.log2(3)) / ideal, 15);
  });

  it('counts negative judgements as no relevance', () => {
    expect(ndcgAt(10, ['spam', 'a'], judged({ spam: -2, a: 1 }))).toBeCloseTo(1 / Math.log2(3), 15);
    expect(recallAt(1, ['spam', 'a'], judged({ spam: -2, a: 1 }))).toBe(0);
  });
});

it('ranks by score, then by id, both descending', () => {
  expect(ranked({ a: 1, c: 1, b: 2, d: 1 })).toEqual(['b', 'd', 'c', 'a']);
});

const ids = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/), { minLength: 1, maxLength: 12 });
const judgements = fc
  .dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.integer({ min: -1, max: 3 }), { minKeys: 1 })
  .map(judged)
  .filter((map) => [...map.values()].some((gain) => gain > 0));
const depth = fc.integer({ min: 1, max: 12 });
const METRICS = { recallAt, reciprocalRankAt, ndcgAt };

describe.each(Object.entries(METRICS))('%s', (_, metric) => {
  it('is within 0 and 1', () => {
    fc.assert(
      fc.property(depth, ids, judgements, (k, ranking, of) => {
        const value = metric(k, ranking, of);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is 1 for the ideal ranking, deep enough', () => {
    fc.assert(
      fc.property(judgements, (of) => {
        const ideal = [...of].sort((a, b) => b[1] - a[1]).map(([id]) => id);
        expect(metric(of.size, ideal, of)).toBeCloseTo(1, 12);
      }),
    );
  });

  it('is 0 when nothing relevant was found', () => {
    expect(metric(10, ['x', 'y'], judged({ a: 1 }))).toBe(0);
    expect(metric(10, [], judged({ a: 1 }))).toBe(0);
  });

  it('never grows when a relevant id moves down one rank', () => {
    const swap = fc.tuple(depth, ids, judgements, fc.nat(10));
    fc.assert(
      fc.property(swap, ([k, ranking, of, at]) => {
        const [upper, lower] = [ranking[at], ranking[at + 1]];
        if (upper === undefined || lower === undefined) return;
        if ((of.get(upper) ?? 0) < (of.get(lower) ?? 0)) return;
        const moved = ranking.with(at, lower).with(at + 1, upper);
        expect(metric(k, moved, of)).toBeLessThanOrEqual(metric(k, ranking, of) + 1e-12);
      }),
    );
  });

  it('sees only the first k', () => {
    fc.assert(
      fc.property(depth, ids, judgements, (k, ranking, of) => {
        expect(metric(k, ranking.slice(0, k), of)).toBe(metric(k, ranking, of));
      }),
    );
  });

  it('refuses a question without relevant ids, and a ranking that names an id twice', () => {
    expect(() => metric(5, ['a'], judged({ a: 0 }))).toThrow(RangeError);
    expect(() => metric(5, ['a', 'b', 'a'], judged({ a: 1 }))).toThrow(RangeError);
  });
});

it('does not depend on the order in which ties come', () => {
  const run = fc.uniqueArray(
    fc.record({ id: fc.stringMatching(/^[a-z]{1,2}$/), score: fc.constantFrom(0, 0.5, 1) }),
    { selector: ({ id }) => id, maxLength: 15 },
  );
  const orders = run.chain((points) =>
    fc.tuple(fc.constant(points), fc.shuffledSubarray(points, { minLength: points.length })),
  );
  fc.assert(
    fc.property(orders, ([one, other]) => {
      expect(rankingOf(other)).toEqual(rankingOf(one));
    }),
  );
});
