import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareScored, fuse, type ScoredPoint } from '#domain/fusion.ts';

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
