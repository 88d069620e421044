import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distributionOf, quantile } from '#features/report/distribution.ts';

const positive = fc.double({ min: 0.001, max: 1e12, noNaN: true });

describe('quantile', () => {
  it('is the smallest value that enough others do not exceed', () => {
    const sorted = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    expect([0, 0.05, 0.5, 0.95, 1].map((share) => quantile(sorted, share))).toEqual([
      1, 1, 5, 10, 10,
    ]);
    expect(quantile([7], 0.5)).toBe(7);
    expect(quantile([], 0.5)).toBeNull();
  });

  it('has at least its share of the values at or below it, and is one of them', () => {
    fc.assert(
      fc.property(
        fc.array(positive, { minLength: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, share) => {
          const sorted = values.toSorted((a, b) => a - b);
          const found = quantile(sorted, share) ?? Number.NaN;
          expect(sorted).toContain(found);
          const below = sorted.filter((value) => value <= found).length;
          expect(below / sorted.length).toBeGreaterThanOrEqual(share);
          const smaller = sorted.filter((value) => value < found).length;
          expect(smaller === 0 || smaller / sorted.length < share).toBe(true);
        },
      ),
    );
  });
});

describe('distributionOf', () => {
  it('bins values by 1, 2, 5 and 10, lower bounds included', () => {
    const { bins, ...rest } = distributionOf([1, 1.5, 2, 4.9, 5, 100, 90]) ?? { bins: [] };
    expect(bins).toEqual([
      { from: 1, to: 2, count: 2 },
      { from: 2, to: 5, count: 2 },
      { from: 5, to: 10, count: 1 },
      { from: 10, to: 20, count: 0 },
      { from: 20, to: 50, count: 0 },
      { from: 50, to: 100, count: 1 },
      { from: 100, to: 200, count: 1 },
    ]);
    expect(rest).toEqual({ count: 7, min: 1, p50: 4.9, p95: 100, p99: 100, max: 100 });
  });

  it('takes what is smaller than all bounds into the first bin', () => {
    expect(distributionOf([0.004, 0.15])?.bins).toEqual([{ from: 0, to: 0.2, count: 2 }]);
    expect(distributionOf([0.3])?.bins).toEqual([{ from: 0.2, to: 0.5, count: 1 }]);
  });

  it('is nothing of nothing', () => {
    expect(distributionOf([])).toBeNull();
  });

  it('counts every value once, in a bin that holds it, without gaps', () => {
    fc.assert(
      fc.property(fc.array(positive, { minLength: 1 }), (values) => {
        const found = distributionOf(values);
        if (found === null) throw new Error('there were values');
        const { bins, count, min, p50, p95, p99, max } = found;
        expect(bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(values.length);
        expect(count).toBe(values.length);
        for (const { from, to, count: own } of bins) {
          expect(values.filter((value) => value >= from && value < to)).toHaveLength(own);
        }
        for (const [place, { from }] of bins.entries()) {
          if (place > 0) expect(bins[place - 1]?.to).toBe(from);
        }
        expect([bins[0]?.count === 0, bins.at(-1)?.count === 0]).toEqual([false, false]);
        const rising = [min, p50, p95, p99, max];
        expect(rising).toEqual(rising.toSorted((a, b) => a - b));
      }),
    );
  });
});
