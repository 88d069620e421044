import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diversify, type MmrCandidate } from '#domain/mmr.ts';

const unit = (values: readonly number[]): Float32Array => {
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => (length === 0 ? 0 : value / length));
};
const candidate = (
  id: string,
  relevance: number,
  vector: readonly number[],
  group = id,
): MmrCandidate => ({ id, relevance, vector: unit(vector), group });
const idsOf = (steps: readonly { readonly id: string }[]) => steps.map(({ id }) => id);

/** Few directions and few relevances, so that ties and twins are common. */
const candidates = fc
  .array(
    fc.record({
      relevance: fc.integer({ min: 0, max: 4 }).map((n) => n / 4),
      vector: fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 3, maxLength: 3 }),
      group: fc.constantFrom('x', 'y', 'z'),
    }),
    { maxLength: 14 },
  )
  .map((all) =>
    all
      .sort((a, b) => b.relevance - a.relevance)
      .map(({ relevance, vector, group }, at) => candidate(`p${at}`, relevance, vector, group)),
  );
const lambda = fc.integer({ min: 0, max: 8 }).map((n) => n / 8);

/** The formula as it is printed, over everything, at every step. */
function byTheBook(all: readonly MmrCandidate[], weight: number, limit: number) {
  const round = (value: number) => Math.round(value * 1e6) / 1e6;
  const cosine = (a: MmrCandidate, b: MmrCandidate) =>
    round(a.vector.reduce((sum, value, at) => sum + value * (b.vector[at] ?? 0), 0));
  const chosen: MmrCandidate[] = [];
  const scores: number[] = [];
  while (chosen.length < Math.min(limit, all.length)) {
    const scored = all
      .filter((one) => !chosen.includes(one))
      .map((one) => {
        const nearest = chosen.length === 0 ? 0 : Math.max(...chosen.map((to) => cosine(one, to)));
        return { one, score: weight * one.relevance - (1 - weight) * nearest };
      });
    const best = scored.reduce((a, b) => (b.score > a.score + 1e-9 ? b : a));
    chosen.push(best.one);
    scores.push(best.score);
  }
  return { ids: chosen.map(({ id }) => id), scores };
}

describe('diversify', () => {
  const all = [
    candidate('a', 1, [1, 0, 0]),
    candidate('twin', 0.9, [1, 0, 0]),
    candidate('near', 0.8, [1, 0.2, 0]),
    candidate('far', 0.5, [0, 1, 0]),
  ];
  const asked = { lambda: 0.5, limit: 4, perGroupMax: null };

  it('takes what is less relevant before what has been said', () => {
    const steps = diversify(all, asked);
    expect(idsOf(steps)).toEqual(['a', 'far', 'twin', 'near']);
    expect(steps[0]).toEqual({ id: 'a', relevance: 1, similarity: 0, score: 0.5 });
    expect(steps[1]).toEqual({ id: 'far', relevance: 0.5, similarity: 0, score: 0.25 });
    expect(steps[2]).toMatchObject({ similarity: 1 });
    expect(steps[2]?.score).toBeCloseTo(0.45 - 0.5, 12);
  });

  it('keeps the order with a lambda of 1, and looks at novelty alone with 0', () => {
    expect(idsOf(diversify(all, { ...asked, lambda: 1 }))).toEqual(['a', 'twin', 'near', 'far']);
    // Nothing is known of novelty at the first: the best stands first.
    expect(idsOf(diversify(all, { ...asked, lambda: 0, limit: 2 }))).toEqual(['a', 'far']);
  });

  it('gives a tie to the one that stands first, whatever the last bits of its vector', () => {
    const tied = [
      candidate('a', 1, [1, 0, 0]),
      candidate('b', 0.5, [0, 1, 1e-9]),
      candidate('c', 0.5, [1e-9, 1, 0]),
    ];
    expect(idsOf(diversify(tied, asked))).toEqual(['a', 'b', 'c']);
  });

  it('has room for what is like nothing', () => {
    const blank = candidate('blank', 0.1, [0, 0, 0]);
    expect(idsOf(diversify([...all, blank], { ...asked, limit: 3 }))).toEqual([
      'a',
      'far',
      'blank',
    ]);
  });

  it('is what the formula says, step by step', () => {
    fc.assert(
      fc.property(candidates, lambda, fc.integer({ min: 1, max: 16 }), (some, weight, limit) => {
        const steps = diversify(some, { lambda: weight, limit, perGroupMax: null });
        const expected = byTheBook(some, weight, limit);
        expect(steps).toHaveLength(expected.ids.length);
        for (const [at, { score }] of steps.entries()) {
          expect(score).toBeCloseTo(expected.scores[at] ?? Number.NaN, 6);
        }
        expect(idsOf(steps)).toEqual(expected.ids);
      }),
    );
  });

  it('chooses each once, with scores that never rise, and begins alike for every limit', () => {
    fc.assert(
      fc.property(candidates, lambda, fc.integer({ min: 0, max: 14 }), (some, weight, limit) => {
        const options = { lambda: weight, perGroupMax: null };
        const whole = diversify(some, { ...options, limit: some.length });
        expect(new Set(idsOf(whole)).size).toBe(some.length);
        expect(diversify(some, { ...options, limit })).toEqual(whole.slice(0, limit));
        const scores = whole.map(({ score }) => score);
        for (const [at, score] of scores.entries()) {
          if (at > 1) expect(score).toBeLessThanOrEqual((scores[at - 1] ?? 0) + 1e-6);
        }
      }),
    );
  });

  it('keeps each group to its most, and fills the limit when the groups allow', () => {
    const most = fc.integer({ min: 1, max: 3 });
    fc.assert(
      fc.property(candidates, lambda, most, (some, weight, perGroupMax) => {
        const steps = diversify(some, { lambda: weight, limit: 6, perGroupMax });
        const groupOf = new Map(some.map(({ id, group }) => [id, group]));
        const sizes = Map.groupBy(steps, ({ id }) => groupOf.get(id));
        for (const one of sizes.values()) expect(one.length).toBeLessThanOrEqual(perGroupMax);
        const groups = Map.groupBy(some, ({ group }) => group).values();
        const possible = [...groups].reduce((n, one) => n + Math.min(one.length, perGroupMax), 0);
        expect(steps).toHaveLength(Math.min(6, possible));
      }),
    );
  });

  it.each([-0.1, 1.1, Number.NaN])('refuses a lambda of %d', (wrong) => {
    expect(() => diversify([], { ...asked, lambda: wrong })).toThrow(RangeError);
  });
});
