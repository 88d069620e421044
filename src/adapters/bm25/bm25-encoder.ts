import type { SparseSpec, SparseVector } from '#domain/embedding.ts';
import type { SparseEncoder } from '#ports/embedder.ts';
import { createTerms } from './terms.ts';

/**
 * k1 and b are Anserini's, the usual ones for passages. `termsAverage`: chunks of at most 256 tokens have 74 terms on average in the
 * sample posts and 109 in long prose, stop words left out; 80 to 110 rank alike.
 */
export const BM25_SPEC: SparseSpec = {
  name: 'bm25',
  version: 1,
  k1: 0.9,
  b: 0.4,
  termsAverage: 100,
  stemmer: 'english',
};

/**
 * BM25 as a pair of sparse vectors. A passage's weight for a term is
 * tf · (k1 + 1) / (tf + k1 · (1 − b + b · length / termsAverage)); a question's is its count; the
 * index multiplies in the inverse document frequency. Source: Robertson & Zaragoza, "The
 * Probabilistic Relevance Framework" (2009), with a fixed average length so that a weight never
 * depends on other passages.
 */
export function createBm25Encoder(spec: Partial<SparseSpec> = {}): SparseEncoder {
  const full: SparseSpec = { ...BM25_SPEC, ...spec };
  const { k1, b, termsAverage } = full;
  const terms = createTerms();
  return {
    spec: full,
    terms,
    encodeDocument: (text) => {
      const all = terms(text);
      const saturation = k1 * (1 - b + (b * all.length) / termsAverage);
      return vectorOf(countsOf(all), (count) => (count * (k1 + 1)) / (count + saturation));
    },
    encodeQuery: (text) => vectorOf(countsOf(terms(text)), (count) => count),
  };
}

function countsOf(terms: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

/** Terms that share an index add up. */
function vectorOf(
  counts: ReadonlyMap<string, number>,
  weigh: (count: number) => number,
): SparseVector {
  const weights = new Map<number, number>();
  for (const [term, count] of counts) {
    const index = termIndexOf(term);
    weights.set(index, (weights.get(index) ?? 0) + weigh(count));
  }
  const sorted = [...weights].sort(([a], [b]) => a - b);
  return { indices: sorted.map(([index]) => index), values: sorted.map(([, weight]) => weight) };
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const encoder = new TextEncoder();

/** A term's index, 0 … 2^32 − 1: FNV-1a over its UTF-8 bytes (Fowler, Noll, Vo). */
export function termIndexOf(term: string): number {
  let hash = FNV_OFFSET;
  for (const byte of encoder.encode(term)) hash = Math.imul(hash ^ byte, FNV_PRIME);
  return hash >>> 0;
}
