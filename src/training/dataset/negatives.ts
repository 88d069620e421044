import { jaccard, shinglesOf } from '#domain/minhash.ts';
import type { SparseEncoder } from '#ports/embedder.ts';
import { breathe, ROUNDS_MAX } from '../breathe.ts';
import { NEAR_DUPLICATE_MIN } from '../curate/near-duplicates.ts';
import type { Passage, Row } from './row.ts';

/** Negatives of one row. */
export const NEGATIVES_MAX = 4;
/** Passages looked at for one query, best first, before giving up on finding more. */
const CANDIDATES_MAX = 50;
/** BM25 as Robertson and Zaragoza give it ("The Probabilistic Relevance Framework", 2009). */
const K1 = 0.9;
const B = 0.4;
/** Terms in more of the passages than this say nothing about any, and cost the most to look up. */
const SHARE_MAX = 0.5;

/**
 * Gives every row of one split its hard negatives: passages of the same split that share the most
 * with the query, by BM25, and then with the positive. At most one a document, from documents other
 * than the row's own, and no near-copies of the positive.
 */
export async function withNegatives(
  rows: readonly Row[],
  terms: SparseEncoder['terms'],
  signal: AbortSignal,
): Promise<readonly Row[]> {
  const passages = [
    ...new Map(rows.map(({ output }) => [`${output.documentId}\n${output.text}`, output])).values(),
  ];
  const search = createSearch(
    passages.map(({ text }) => text),
    terms,
  );
  const negated: Row[] = [];
  for (const [at, row] of rows.entries()) {
    if (at % ROUNDS_MAX === 0) await breathe(signal);
    negated.push({ ...row, negatives: negativesOf(row, passages, search) });
  }
  return negated;
}

function negativesOf(row: Row, passages: readonly Passage[], search: Search): readonly Passage[] {
  const own = shinglesOf(row.output.text);
  const taken = new Set([row.output.documentId, row.foundIn.documentId]);
  const negatives: Passage[] = [];
  for (const text of [row.input, row.output.text]) {
    for (const at of negatives.length < NEGATIVES_MAX ? search(text) : []) {
      const passage = passages[at];
      if (passage === undefined || negatives.length === NEGATIVES_MAX) break;
      if (taken.has(passage.documentId)) continue;
      if (jaccard(shinglesOf(passage.text), own) >= NEAR_DUPLICATE_MIN) continue;
      taken.add(passage.documentId);
      negatives.push(passage);
    }
  }
  return negatives;
}

/** Positions of the best texts for a query; ties by position, so that the outcome is the same. */
type Search = (query: string) => readonly number[];

function createSearch(texts: readonly string[], terms: SparseEncoder['terms']): Search {
  const listed = texts.map(terms);
  const average = listed.reduce((sum, { length }) => sum + length, 0) / Math.max(1, texts.length);
  const norms = listed.map(({ length }) => K1 * (1 - B + (B * length) / average));
  const postings = new Map<string, Map<number, number>>();
  for (const [at, words] of listed.entries()) {
    for (const term of words) {
      const posting = postings.get(term) ?? new Map<number, number>();
      postings.set(term, posting.set(at, (posting.get(at) ?? 0) + 1));
    }
  }
  return (query) => {
    const scores = new Float64Array(texts.length);
    for (const term of new Set(terms(query))) {
      const posting = postings.get(term);
      if (posting === undefined || posting.size > texts.length * SHARE_MAX) continue;
      const rarity = Math.log(1 + (texts.length - posting.size + 0.5) / (posting.size + 0.5));
      for (const [at, count] of posting) {
        const gain = (rarity * count * (K1 + 1)) / (count + (norms[at] ?? K1));
        scores[at] = (scores[at] ?? 0) + gain;
      }
    }
    return bestOf(scores);
  };
}

/** Positions of the highest scores above 0, at most `CANDIDATES_MAX`, best first. */
function bestOf(scores: Float64Array): readonly number[] {
  const best: number[] = [];
  const scoreAt = (rank: number) => scores[best[rank] ?? -1] ?? 0;
  for (const [at, score] of scores.entries()) {
    if (score <= (best.length < CANDIDATES_MAX ? 0 : scoreAt(best.length - 1))) continue;
    let rank = best.length;
    while (rank > 0 && scoreAt(rank - 1) < score) rank -= 1;
    best.splice(rank, 0, at);
    if (best.length > CANDIDATES_MAX) best.pop();
  }
  return best;
}
