import { compareScored, type ScoredPoint } from './fusion.ts';

/** Relevance of each judged id; ids that are absent count 0. */
export type Judgements = ReadonlyMap<string, number>;

/**
 * Ids in the order of trec_eval: by score descending, ties by id descending, whatever order the
 * run came in.
 */
export const rankingOf = (run: readonly ScoredPoint[]): readonly string[] =>
  [...run].sort(compareScored).map(({ id }) => id);

/**
 * Share of the relevant ids among the first `k`. Throws a `RangeError`, as the two below do, without
 * relevant ids and for a ranking that names an id twice, whose metrics would exceed 1.
 */
export function recallAt(k: number, ranking: readonly string[], judgements: Judgements): number {
  const relevant = relevantCount(judgements);
  requireDistinct(ranking);
  const found = ranking.slice(0, k).filter((id) => (judgements.get(id) ?? 0) > 0).length;
  return found / relevant;
}

/** 1 / rank of the first relevant id among the first `k`, else 0. */
export function reciprocalRankAt(
  k: number,
  ranking: readonly string[],
  judgements: Judgements,
): number {
  relevantCount(judgements);
  requireDistinct(ranking);
  const index = ranking.slice(0, k).findIndex((id) => (judgements.get(id) ?? 0) > 0);
  return index < 0 ? 0 : 1 / (index + 1);
}

/**
 * nDCG@k with linear gain: Σ relᵢ / log₂(i + 1) over the same sum of the ideal ranking.
 * Source: trec_eval `ndcg_cut` (m_ndcg_cut.c).
 */
export function ndcgAt(k: number, ranking: readonly string[], judgements: Judgements): number {
  relevantCount(judgements);
  requireDistinct(ranking);
  const gains = ranking.slice(0, k).map((id) => Math.max(0, judgements.get(id) ?? 0));
  const ideal = [...judgements.values()].filter((gain) => gain > 0).sort((a, b) => b - a);
  return discounted(gains) / discounted(ideal.slice(0, k));
}

const discounted = (gains: readonly number[]): number =>
  gains.reduce((sum, gain, index) => sum + gain / Math.log2(index + 2), 0);

function relevantCount(judgements: Judgements): number {
  const count = [...judgements.values()].filter((gain) => gain > 0).length;
  if (count === 0) throw new RangeError('a question without relevant ids has no ranking metric');
  return count;
}

function requireDistinct(ranking: readonly string[]): void {
  if (new Set(ranking).size !== ranking.length) {
    throw new RangeError('a ranking names each id once');
  }
}
