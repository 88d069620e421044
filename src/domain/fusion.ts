/** A point and its score in one ranking; higher is better. */
export type ScoredPoint = { readonly id: string; readonly score: number };

/** A fused point with where it came from; ranks count from 1, `null` when a list lacks it. */
export type FusedPoint = {
  readonly id: string;
  readonly score: number;
  readonly denseRank: number | null;
  readonly sparseRank: number | null;
  readonly denseScore: number | null;
  readonly sparseScore: number | null;
};

/** By score, then by id, both descending: the order of trec_eval, so that ties are the same everywhere. */
export function compareScored(a: ScoredPoint, b: ScoredPoint): number {
  return b.score - a.score || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
}

/**
 * Normalised convex combination of two rankings: each list is scaled to 0–1 by its own minimum and
 * maximum, a point that a list lacks counts 0 there, and the sum is
 * `denseWeight · dense + (1 − denseWeight) · sparse`. A list of one score throughout scales to 1.
 * Source: Bruch, Gai, Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval" (TOIS 2023).
 *
 * @param denseWeight 0 (sparse alone) … 1 (dense alone); a list of weight 0 adds no points.
 */
export function fuse(
  dense: readonly ScoredPoint[],
  sparse: readonly ScoredPoint[],
  denseWeight: number,
): readonly FusedPoint[] {
  if (!(denseWeight >= 0 && denseWeight <= 1)) {
    throw new RangeError(`the dense weight must be between 0 and 1, not ${denseWeight}`);
  }
  const denseSide = denseWeight > 0 ? rank(dense) : new Map<string, Ranked>();
  const sparseSide = denseWeight < 1 ? rank(sparse) : new Map<string, Ranked>();
  const fused: FusedPoint[] = [];
  for (const id of new Set([...denseSide.keys(), ...sparseSide.keys()])) {
    const d = denseSide.get(id);
    const s = sparseSide.get(id);
    fused.push({
      id,
      score: denseWeight * (d?.scaled ?? 0) + (1 - denseWeight) * (s?.scaled ?? 0),
      denseRank: d?.rank ?? null,
      sparseRank: s?.rank ?? null,
      denseScore: d?.score ?? null,
      sparseScore: s?.score ?? null,
    });
  }
  return fused.sort(compareScored);
}

type Ranked = { readonly rank: number; readonly score: number; readonly scaled: number };

function rank(points: readonly ScoredPoint[]): Map<string, Ranked> {
  const sorted = [...points].sort(compareScored);
  const max = sorted[0]?.score ?? 0;
  const min = sorted.at(-1)?.score ?? 0;
  const range = max - min;
  return new Map(
    sorted.map(({ id, score }, index) => [
      id,
      { rank: index + 1, score, scaled: range > 0 ? (score - min) / range : 1 },
    ]),
  );
}
