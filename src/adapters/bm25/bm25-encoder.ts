import type { SparseSpec, SparseVector } from '#domain/embedding.ts';
import { AppError } from '#domain/errors.ts';
import type { SparseEncoder } from '#ports/embedder.ts';
import { languageOf } from './languages.ts';
import { createTerms } from './terms.ts';

/**
 * k1 and b are Anserini's, the usual ones for passages. `termsAverage`: chunks of at most 256 tokens
 * have 74 terms on average in the sample posts and 109 in long prose, stop words left out; 80 to 110
 * rank alike.
 */
export const BM25_SPEC: SparseSpec = {
  name: 'bm25',
  version: 2,
  k1: 0.9,
  b: 0.4,
  termsAverage: 100,
  stemmer: 'english',
};

/** 2 keeps hyphened words whole beside their parts; views of version 1 are asked as they were built. */
const VERSIONS: readonly number[] = [1, 2];

/**
 * BM25 as a pair of sparse vectors. A passage's weight for a term is
 * tf · (k1 + 1) / (tf + k1 · (1 − b + b · length / termsAverage)); a question's is its count; the
 * index multiplies in the inverse document frequency. Source: Robertson & Zaragoza, "The
 * Probabilistic Relevance Framework" (2009), with a fixed average length so that a weight never
 * depends on other passages. What a spec leaves out is as in `BM25_SPEC`. Throws `invalid_input` for a
 * version or a stemmer that there is none of.
 */
export function createBm25Encoder(spec: Partial<SparseSpec> = {}): SparseEncoder {
  const full = { ...BM25_SPEC, ...spec };
  const { k1, b, termsAverage, version } = full;
  if (!VERSIONS.includes(version)) {
    throw new AppError(
      'invalid_input',
      `bm25 has no version ${version}; it has ${VERSIONS.join(', ')}.`,
    );
  }
  const terms = createTerms({ language: languageOf(full.stemmer), keepsHyphened: version >= 2 });
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
