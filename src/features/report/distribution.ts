import type { Bin, Distribution } from '#domain/crawl-summary.ts';

/** The smallest value of which at least this share of the sorted values is not greater. */
export function quantile(sorted: readonly number[], share: number): number | null {
  const place = Math.max(0, Math.ceil(share * sorted.length) - 1);
  return sorted[place] ?? null;
}

const STEPS = [1, 2, 5] as const;
const FLOOR_EXPONENT = -1;

/** The bound of the series …, 0.1, 0.2, 0.5, 1, 2, 5, 10, … with this number, from 0.1 on. */
const boundOf = (number: number): number => {
  const exponent = Math.floor(number / STEPS.length) + FLOOR_EXPONENT;
  const step = STEPS[number % STEPS.length] ?? 1;
  // Of a negative power, the quotient is the nearest to what is written.
  return exponent < 0 ? step / 10 ** -exponent : step * 10 ** exponent;
};

function binOf(value: number): number {
  let number = 0;
  while (boundOf(number + 1) <= value) number += 1;
  return number;
}

/** How positive values are distributed, on a logarithmic scale; `null` for none. */
export function distributionOf(values: readonly number[]): Distribution | null {
  const sorted = values.toSorted((one, other) => one - other);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) return null;
  const of = (share: number) => quantile(sorted, share) ?? max;
  return {
    count: sorted.length,
    min,
    p50: of(0.5),
    p95: of(0.95),
    p99: of(0.99),
    max,
    bins: binsOf(sorted, binOf(min), binOf(max)),
  };
}

function binsOf(sorted: readonly number[], first: number, last: number): readonly Bin[] {
  const bins: Bin[] = [];
  let counted = 0;
  for (let number = first; number <= last; number += 1) {
    const to = boundOf(number + 1);
    const before = counted;
    while (counted < sorted.length && (sorted[counted] ?? 0) < to) counted += 1;
    // What is smaller than the smallest bound is in the first bin, which begins at 0 then.
    const from = number === 0 ? 0 : boundOf(number);
    bins.push({ from, to, count: counted - before });
  }
  return bins;
}
