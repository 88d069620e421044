import type { SparseVector } from '../../../src/domain/embedding.ts';
import { compareScored, type ScoredPoint } from '../../../src/domain/fusion.ts';

/** Exact rankings in memory, all points with a score above 0 for sparse ones. */
export type Ranker<Question> = (question: Question) => readonly ScoredPoint[];

/** BM25 over encoded passages: Σ query weight · idf · passage weight, as an index ranks. */
export function sparseRanker(
  passages: readonly { readonly id: string; readonly vector: SparseVector }[],
): Ranker<SparseVector> {
  const postings = new Map<number, { at: number; weight: number }[]>();
  for (const [at, { vector }] of passages.entries()) {
    for (const [place, term] of vector.indices.entries()) {
      const list = postings.get(term) ?? [];
      list.push({ at, weight: vector.values[place] ?? 0 });
      postings.set(term, list);
    }
  }
  return (question) => {
    const scores = new Map<number, number>();
    for (const [place, term] of question.indices.entries()) {
      const list = postings.get(term) ?? [];
      const idf = Math.log(1 + (passages.length - list.length + 0.5) / (list.length + 0.5));
      const factor = (question.values[place] ?? 0) * idf;
      for (const { at, weight } of list) scores.set(at, (scores.get(at) ?? 0) + factor * weight);
    }
    return [...scores]
      .map(([at, score]) => ({ id: passages[at]?.id ?? '', score }))
      .sort(compareScored);
  };
}

/** Cosine, which is the inner product of unit vectors; a passage counts by its best vector. */
export function denseRanker(
  passages: readonly { readonly id: string; readonly vectors: readonly Float32Array[] }[],
): Ranker<Float32Array> {
  const dot = (a: Float32Array, b: Float32Array) =>
    a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
  return (question) =>
    passages
      .map(({ id, vectors }) => ({ id, score: Math.max(...vectors.map((v) => dot(question, v))) }))
      .sort(compareScored);
}
