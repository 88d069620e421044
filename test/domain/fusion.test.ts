import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareScored,
  fuse,
  fuseAs,
  fuseRanks,
  rangeOf,
  type ScoredPoint,
  scaleTo,
} from '#domain/fusion.ts';

const scores = (list: Readonly<Record<string, number>>): readonly ScoredPoint[] =>
  Object.entries(list).map(([id, score]) => ({ id, score }));

const points = fc.uniqueArray(
  fc.record({
    id: fc.stringMatching(/^[a-e]{1,2}$/),
    score: fc.integer({ min: -50, max: 50 }).map((n) => n / 10),
  }),
  { selector: ({ id }) => id, maxLength: 12 },
);
const weight = fc.double({ min: 0, max: 1, noNaN: true });

describe('fuse', () => {
  it('adds the scaled scores by their weights', () => {
    const fused = fuse(scores({ a: 0.9, b: 0.5, c: 0.1 }), scores({ b: 12, c: 4 }), 0.4);
    expect(fused.map(({ id, score }) => [id, Number(score.toFixed(12))])).toEqual([
      ['b', 0.4 * 0.5 + 0.6],
      ['a', 0.4],
      ['c', 0],
    ]);
  });

  it('says where each point stood in either list', () => {
    expect(fuse(scores({ a: 0.9, b: 0.5 }), scores({ b: 12 }), 0.5)).toMatchObject([
      { id: 'b', denseRank: 2, sparseRank: 1, denseScore: 0.5, sparseScore: 12 },
      { id: 'a', denseRank: 1, sparseRank: null, denseScore: 0.9, sparseScore: null },
    ]);
  });

  it('counts a list of one score throughout as 1', () => {
    expect(fuse(scores({ a: 3, b: 3 }), [], 0.4).map(({ score }) => score)).toEqual([0.4, 0.4]);
  });

  it('leaves out a list of weight 0', () => {
    expect(fuse(scores({ a: 1 }), scores({ b: 1 }), 0).map(({ id }) => id)).toEqual(['b']);
    expect(fuse(scores({ a: 1 }), scores({ b: 1 }), 1).map(({ id }) => id)).toEqual(['a']);
    expect(fuse([], [], 0.5)).toEqual([]);
  });

  it('is within 0 and 1, sorted, and holds every id once', () => {
    fc.assert(
      fc.property(points, points, weight, (dense, sparse, denseWeight) => {
        const fused = fuse(dense, sparse, denseWeight);
        for (const { score } of fused) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1);
        }
        expect([...fused].sort(compareScored)).toEqual(fused);
        expect(new Set(fused.map(({ id }) => id)).size).toBe(fused.length);
      }),
    );
  });

  it('does not depend on the order in which points come', () => {
    fc.assert(
      fc.property(points, points, weight, (dense, sparse, denseWeight) => {
        const fused = fuse(dense, sparse, denseWeight);
        expect(fuse(dense.toReversed(), sparse.toReversed(), denseWeight)).toEqual(fused);
      }),
    );
  });

  it('does not depend on the scale of either list', () => {
    fc.assert(
      fc.property(points, points, weight, (dense, sparse, denseWeight) => {
        // Powers of two, so that scaling itself rounds nothing.
        const scaled = sparse.map(({ id, score }) => ({ id, score: score * 1_024 }));
        const values = (list: readonly ScoredPoint[]) =>
          fuse(dense, list, denseWeight).map(({ id, score }) => [id, score]);
        expect(values(scaled)).toEqual(values(sparse));
      }),
    );
  });

  it('keeps the order of the only list', () => {
    fc.assert(
      fc.property(points, (dense) => {
        const order = [...dense].sort(compareScored).map(({ id }) => id);
        expect(fuse(dense, [], 1).map(({ id }) => id)).toEqual(order);
      }),
    );
  });

  it.each([-0.1, 1.1, Number.NaN])('refuses the weight %d', (denseWeight) => {
    expect(() => fuse([], [], denseWeight)).toThrow(RangeError);
  });
});

describe('fuseRanks', () => {
  const half = { denseWeight: 0.5, rrfK: 60 };

  it('adds weighted reciprocal ranks, none for a list that lacks the point', () => {
    const [first, second, third] = fuseRanks(scores({ a: 0.9, b: 0.1 }), scores({ b: 7, c: 5 }), {
      denseWeight: 0.25,
      rrfK: 60,
    });
    expect(first).toMatchObject({ id: 'b', denseRank: 2, sparseRank: 1, sparseScore: 7 });
    expect(first?.score).toBeCloseTo(0.25 / 62 + 0.75 / 61, 12);
    expect(second).toMatchObject({ id: 'c', densePart: 0, denseRank: null, sparseRank: 2 });
    expect(second?.score).toBeCloseTo(0.75 / 62, 12);
    expect(third).toMatchObject({ id: 'a', sparsePart: 0 });
    expect(third?.score).toBeCloseTo(0.25 / 61, 12);
  });

  it('orders as the unweighted form does with half of each', () => {
    fc.assert(
      fc.property(points, points, (dense, sparse) => {
        const plain = new Map<string, number>();
        for (const list of [dense, sparse]) {
          for (const [at, { id }] of [...list].sort(compareScored).entries()) {
            plain.set(id, (plain.get(id) ?? 0) + 1 / (60 + at + 1));
          }
        }
        const fused = fuseRanks(dense, sparse, half);
        expect(new Set(fused.map(({ id }) => id))).toEqual(new Set(plain.keys()));
        for (const { id, score } of fused) expect(score).toBeCloseTo((plain.get(id) ?? 0) / 2, 12);
        expect([...fused].sort(compareScored)).toEqual(fused);
      }),
    );
  });

  it('depends on the order of scores alone', () => {
    fc.assert(
      fc.property(points, points, weight, (dense, sparse, denseWeight) => {
        const values = (list: readonly ScoredPoint[]) =>
          fuseRanks(dense, list, { denseWeight, rrfK: 60 }).map(({ id, score }) => [id, score]);
        const cubed = sparse.map(({ id, score }) => ({ id, score: score * 8 - 3 }));
        expect(values(cubed)).toEqual(values(sparse));
        expect(values(sparse.toReversed())).toEqual(values(sparse));
      }),
    );
  });

  it.each([-1, Number.NaN])('refuses a k of %d', (rrfK) => {
    expect(() => fuseRanks([], [], { denseWeight: 0.5, rrfK })).toThrow(RangeError);
  });
});

describe('both kinds of fusion', () => {
  const fusion = fc.record({
    kind: fc.constantFrom('sum' as const, 'rrf' as const),
    denseWeight: weight,
    rrfK: fc.integer({ min: 0, max: 100 }),
  });

  it('say what each ranking gave, and no list of weight 0 has a say', () => {
    fc.assert(
      fc.property(points, points, fusion, (dense, sparse, asked) => {
        for (const point of fuseAs(asked, dense, sparse)) {
          expect(point.densePart + point.sparsePart).toBe(point.score);
          if (point.denseRank === null) expect(point.densePart).toBe(0);
          if (point.sparseRank === null) expect(point.sparsePart).toBe(0);
          if (asked.denseWeight === 0) expect(point.denseRank).toBeNull();
          if (asked.denseWeight === 1) expect(point.sparseRank).toBeNull();
        }
      }),
    );
  });

  it('can be worked out again from ranks, scores and ranges', () => {
    fc.assert(
      fc.property(points, points, fusion, (dense, sparse, asked) => {
        const { kind, denseWeight, rrfK } = asked;
        const worth = (rank: number | null, score: number | null, list: readonly ScoredPoint[]) => {
          if (rank === null || score === null) return 0;
          return kind === 'rrf' ? 1 / (rrfK + rank) : scaleTo(rangeOf(list), score);
        };
        for (const point of fuseAs(asked, dense, sparse)) {
          const byDense = worth(point.denseRank, point.denseScore, dense);
          const bySparse = worth(point.sparseRank, point.sparseScore, sparse);
          expect(denseWeight * byDense + (1 - denseWeight) * bySparse).toBe(point.score);
        }
      }),
    );
  });
});

describe('rangeOf', () => {
  it('counts and bounds scores, and scales them to 0–1', () => {
    const range = rangeOf(scores({ a: 3, b: -1, c: 1 }));
    expect(range).toEqual({ points: 3, least: -1, greatest: 3 });
    expect([-1, 1, 3].map((score) => scaleTo(range, score))).toEqual([0, 0.5, 1]);
    expect(scaleTo(rangeOf(scores({ a: 2 })), 2)).toBe(1);
    expect(rangeOf([])).toEqual({ points: 0, least: 0, greatest: 0 });
  });
});
