/** A point and its score in one ranking; higher is better. */
export type ScoredPoint = { readonly id: string; readonly score: number };

/** A fused point with where it came from; ranks count from 1, `null` when a list lacks it. */
export type FusedPoint = {
  readonly id: string;
  /** `densePart + sparsePart`. */
  readonly score: number;
  readonly denseRank: number | null;
  readonly sparseRank: number | null;
  readonly denseScore: number | null;
  readonly sparseScore: number | null;
  /** What each ranking gives to the score, weighted; 0 where the list lacks the point. */
  readonly densePart: number;
  readonly sparsePart: number;
};

/** `sum`: normalised convex sum of the scores; `rrf`: weighted reciprocal ranks. */
export const FUSION_KINDS = ['sum', 'rrf'] as const;
export type FusionKind = (typeof FUSION_KINDS)[number];

export type Fusion = {
  readonly kind: FusionKind;
  /** 0 (sparse alone) … 1 (dense alone); a list of weight 0 adds no points. */
  readonly denseWeight: number;
  /** Constant of `rrf`; `sum` has no use for it. */
  readonly rrfK: number;
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
export const fuse = (
  dense: readonly ScoredPoint[],
  sparse: readonly ScoredPoint[],
  denseWeight: number,
): readonly FusedPoint[] => combine(dense, sparse, { denseWeight, valued: scaled });

/**
 * Weighted reciprocal rank fusion: `denseWeight / (k + dense rank) + (1 − denseWeight) / (k + sparse
 * rank)`, nothing from a list that lacks the point. Equal scores of a list are ranked by id,
 * descending. Half of each weight orders as the unweighted form does. Source: Cormack, Clarke,
 * Büttcher, "Reciprocal Rank Fusion Outperforms Condorcet and Individual Rank Learning Methods"
 * (SIGIR 2009), where k is 60.
 *
 * @param k at least 0; the greater it is, the less the first ranks stand out.
 */
export function fuseRanks(
  dense: readonly ScoredPoint[],
  sparse: readonly ScoredPoint[],
  { denseWeight, rrfK }: Pick<Fusion, 'denseWeight' | 'rrfK'>,
): readonly FusedPoint[] {
  if (!(rrfK >= 0)) throw new RangeError(`k of reciprocal ranks must be at least 0, not ${rrfK}`);
  const valued = (sorted: readonly ScoredPoint[]) => sorted.map((_, at) => 1 / (rrfK + at + 1));
  return combine(dense, sparse, { denseWeight, valued });
}

/** Two rankings to one, in the way that is asked for. */
export const fuseAs = (
  fusion: Fusion,
  dense: readonly ScoredPoint[],
  sparse: readonly ScoredPoint[],
): readonly FusedPoint[] =>
  fusion.kind === 'rrf'
    ? fuseRanks(dense, sparse, fusion)
    : fuse(dense, sparse, fusion.denseWeight);

/** Least and greatest score of a list, and how many it has; zeros for an empty one. */
export type ScoreRange = {
  readonly points: number;
  readonly least: number;
  readonly greatest: number;
};

export const rangeOf = (points: readonly { readonly score: number }[]): ScoreRange => {
  let least = points[0]?.score ?? 0;
  let greatest = least;
  for (const { score } of points) {
    least = Math.min(least, score);
    greatest = Math.max(greatest, score);
  }
  return { points: points.length, least, greatest };
};

/** A score's place in its list's range, 0–1; 1 when the list has one score throughout. */
export const scaleTo = ({ least, greatest }: ScoreRange, score: number): number =>
  greatest > least ? (score - least) / (greatest - least) : 1;

function scaled(sorted: readonly ScoredPoint[]): readonly number[] {
  const range = rangeOf(sorted);
  return sorted.map(({ score }) => scaleTo(range, score));
}

type Combining = {
  readonly denseWeight: number;
  /** What each point of a sorted list is worth before the weight. */
  readonly valued: (sorted: readonly ScoredPoint[]) => readonly number[];
};

function combine(
  dense: readonly ScoredPoint[],
  sparse: readonly ScoredPoint[],
  { denseWeight, valued }: Combining,
): readonly FusedPoint[] {
  if (!(denseWeight >= 0 && denseWeight <= 1)) {
    throw new RangeError(`the dense weight must be between 0 and 1, not ${denseWeight}`);
  }
  const side = (points: readonly ScoredPoint[], weight: number) =>
    weight > 0 ? rank(points, valued) : new Map<string, Ranked>();
  const denseSide = side(dense, denseWeight);
  const sparseSide = side(sparse, 1 - denseWeight);
  const fused: FusedPoint[] = [];
  for (const id of new Set([...denseSide.keys(), ...sparseSide.keys()])) {
    const d = denseSide.get(id);
    const s = sparseSide.get(id);
    const densePart = denseWeight * (d?.value ?? 0);
    const sparsePart = (1 - denseWeight) * (s?.value ?? 0);
    fused.push({
      id,
      score: densePart + sparsePart,
      denseRank: d?.rank ?? null,
      sparseRank: s?.rank ?? null,
      denseScore: d?.score ?? null,
      sparseScore: s?.score ?? null,
      densePart,
      sparsePart,
    });
  }
  return fused.sort(compareScored);
}

type Ranked = { readonly rank: number; readonly score: number; readonly value: number };

function rank(points: readonly ScoredPoint[], valued: Combining['valued']): Map<string, Ranked> {
  const sorted = [...points].sort(compareScored);
  const values = valued(sorted);
  return new Map(
    sorted.map(({ id, score }, at) => [id, { rank: at + 1, score, value: values[at] ?? 0 }]),
  );
}
