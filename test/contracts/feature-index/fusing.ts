import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fuse } from '#domain/fusion.ts';
import type { FeatureIndex, IndexPoint, IndexQuery } from '#ports/feature-index.ts';
import { parts, query } from './arbitraries.ts';
import { ask, freshView, load, point, signal, terms } from './points.ts';
import { scoresOf } from './reference.ts';

/** Scaled to 0–1 by the least and the greatest of the best `limit`; one score throughout is 1. */
function scaled(scores: ReadonlyMap<string, number>, limit: number): ReadonlyMap<string, number> {
  const best = [...scores].sort(([, a], [, b]) => b - a).slice(0, limit);
  const values = best.map(([, value]) => value);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const scale = (value: number) => (most - least < 1e-9 ? 1 : (value - least) / (most - least));
  return new Map(best.map(([id, value]) => [id, scale(value)]));
}

/** Fused scores straight from the vectors, by id. */
function fusedByHand(points: readonly IndexPoint[], asked: IndexQuery, weight: number) {
  const { byDense, bySparse } = scoresOf(points, asked);
  const dense = weight > 0 ? scaled(byDense, asked.limit) : new Map<string, number>();
  const sparse = weight < 1 ? scaled(bySparse, asked.limit) : new Map<string, number>();
  const ids = new Set([...dense.keys(), ...sparse.keys()]);
  return new Map(
    [...ids].map((id) => [
      id,
      weight * (dense.get(id) ?? 0) + (1 - weight) * (sparse.get(id) ?? 0),
    ]),
  );
}

async function expectFused(
  index: FeatureIndex,
  points: readonly IndexPoint[],
  { asked, weight }: { readonly asked: IndexQuery; readonly weight: number },
): Promise<void> {
  const view = await freshView(index);
  await load(index, view, points);
  const { dense, sparse } = await index.search(view, asked, signal);
  const fused = fuse(dense, sparse, weight);
  const expected = fusedByHand(points, asked, weight);
  expect(new Set(fused.map(({ id }) => id))).toEqual(new Set(expected.keys()));
  for (const { id, score } of fused) expect(score).toBeCloseTo(expected.get(id) ?? Number.NaN, 4);
  await index.drop(view, signal);
}

/** The rankings are what fusion needs: whole, cut at the right place, and on one scale everywhere. */
export function fusingContract(index: () => FeatureIndex): void {
  it('fuses to what a computation from the vectors gives', async () => {
    const weights = fc.constantFrom(0, 0.3, 0.5, 1);
    const same = fc.asyncProperty(
      fc.array(parts, { maxLength: 10 }),
      query,
      weights,
      async (all, asked, weight) => {
        const points = all.map((some, at) => point(`fused ${at}`, some));
        await expectFused(index(), points, { asked: { ...asked, limit: 20 }, weight });
      },
    );
    await fc.assert(same, { numRuns: 25 });
  }, 120_000);

  it.each([1, 3, 8])('fuses the best %i of each ranking', async (limit) => {
    // No two scores are close, so that the cut is the same in every precision.
    const points = Array.from({ length: 30 }, (_, n) =>
      point(`cut ${n}`, {
        dense: [Math.cos(n / 10), Math.sin(n / 10), 0],
        sparse: terms([1, 0.2 + ((n * 7) % 30) / 10], [2 + (n % 2), 1]),
      }),
    );
    const dense = Float32Array.of(1, 0, 0);
    const asked = ask({ dense, sparse: terms([1, 1], [2, 0.1]), limit });
    await expectFused(index(), points, { asked, weight: 0.5 });
  });
}
