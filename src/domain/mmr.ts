/** What is chosen from: better ones first, since a tie goes to the one before. */
export type MmrCandidate = {
  readonly id: string;
  /** How well it answers, 0–1. */
  readonly relevance: number;
  /** Of unit length; zeros are like nothing. */
  readonly vector: Float32Array;
  /** Candidates of one group are bounded by `perGroupMax`. */
  readonly group: string;
};

/** One choice, with what it was made by. */
export type MmrStep = {
  readonly id: string;
  readonly relevance: number;
  /** Cosine with the most similar one that was chosen before; 0 for the first. */
  readonly similarity: number;
  /** `lambda · relevance − (1 − lambda) · similarity`; never rises after the second step. */
  readonly score: number;
};

export type MmrOptions = {
  /** 1 looks at relevance alone, 0 at novelty alone. */
  readonly lambda: number;
  readonly limit: number;
  /** Most choices of one group; `null` for any number. */
  readonly perGroupMax: number | null;
};

/** Digits of a cosine that are the same whichever index gave the vectors. */
const SIMILARITY_UNIT = 1e-6;

/**
 * Maximal marginal relevance: chooses, one after the other, what is most relevant and least like
 * what was chosen already, `argmax lambda · relevance − (1 − lambda) · max similarity`. Cosines are
 * rounded to six decimals; a tie goes to the candidate that stands first. Costs `limit` times the
 * candidates cosines. Source: Carbonell, Goldstein, "The Use of MMR, Diversity-Based Reranking for
 * Reordering Documents and Producing Summaries" (SIGIR 1998).
 */
export function diversify(
  candidates: readonly MmrCandidate[],
  { lambda, limit, perGroupMax }: MmrOptions,
): readonly MmrStep[] {
  if (!(lambda >= 0 && lambda <= 1)) {
    throw new RangeError(`lambda must be between 0 and 1, not ${lambda}`);
  }
  const left = candidates.map((candidate) => ({ candidate, similarity: 0 }));
  const taken = new Map<string, number>();
  const steps: MmrStep[] = [];
  while (steps.length < limit) {
    let best = -1;
    let bestScore = Number.NEGATIVE_INFINITY;
    for (const [at, { candidate, similarity }] of left.entries()) {
      if (perGroupMax !== null && (taken.get(candidate.group) ?? 0) >= perGroupMax) continue;
      const score = lambda * candidate.relevance - (1 - lambda) * similarity;
      if (score > bestScore) [best, bestScore] = [at, score];
    }
    const [chosen] = best < 0 ? [] : left.splice(best, 1);
    if (chosen === undefined) break;
    const { id, relevance, vector, group } = chosen.candidate;
    steps.push({ id, relevance, similarity: chosen.similarity, score: bestScore });
    taken.set(group, (taken.get(group) ?? 0) + 1);
    const isFirst = steps.length === 1;
    for (const other of left) {
      const cosine = similarityOf(vector, other.candidate.vector);
      other.similarity = isFirst ? cosine : Math.max(other.similarity, cosine);
    }
  }
  return steps;
}

function similarityOf(a: Float32Array, b: Float32Array): number {
  let dot = 0;
  for (let at = 0; at < a.length; at += 1) dot += (a[at] ?? 0) * (b[at] ?? 0);
  // The sum takes the sign off a zero.
  return Math.round(dot / SIMILARITY_UNIT) * SIMILARITY_UNIT + 0;
}
