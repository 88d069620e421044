import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planBatches } from '#adapters/transformers/plan-batches.ts';

const lengths = fc.array(fc.integer({ min: 0, max: 600 }), { maxLength: 120 });

describe('batches of texts', () => {
  it('hold each text once, the longest first, and no more padding than the budget takes', () =>
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 2_000 }), (all, paddedTokensMax) => {
        const batches = planBatches(all, { paddedTokensMax, threads: 1 });
        const flat = batches.flat();
        expect(flat.toSorted((a, b) => a - b)).toEqual([...all.keys()]);
        const ordered = flat.map((position) => all[position] ?? 0);
        expect(ordered).toEqual(all.toSorted((a, b) => b - a));
        for (const batch of batches) {
          const longest = Math.max(...batch.map((position) => all[position] ?? 0));
          if (batch.length > 1) expect(batch.length * longest).toBeLessThanOrEqual(paddedTokensMax);
        }
      }),
    ));

  it('are as full as the budget lets them be', () =>
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 2_000 }), (all, paddedTokensMax) => {
        const tokens = all.reduce((sum, length) => sum + length, 0);
        const budget = Math.min(paddedTokensMax, tokens);
        const batches = planBatches(all, { paddedTokensMax, threads: 1 });
        for (const batch of batches.slice(0, -1)) {
          const longest = Math.max(1, ...batch.map((position) => all[position] ?? 0));
          expect((batch.length + 1) * longest).toBeGreaterThan(budget);
        }
      }),
    ));

  it('give every thread something to do when there are few texts', () => {
    expect(planBatches([10, 10, 10, 10], { paddedTokensMax: 1_000, threads: 2 })).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(planBatches([5], { paddedTokensMax: 1_000, threads: 4 })).toEqual([[0]]);
    expect(planBatches([], { paddedTokensMax: 1_000, threads: 4 })).toEqual([]);
  });
});
