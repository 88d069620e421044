import type { SparseSpec } from '#domain/embedding.ts';
import { sha256 } from '#domain/hash.ts';
import type { SparseEncoder } from '#ports/embedder.ts';

const spec: SparseSpec = {
  name: 'bm25',
  version: 1,
  k1: 1.2,
  b: 0.75,
  termsAverage: 120,
  stemmer: 'english',
};

/** Plural, past and progressive forms: all the stemming that the tests' sentences need. */
const stem = (word: string): string =>
  word.length > 4 ? word.replace(/(?:ies|es|s|ed|ing|e)$/, '') : word;

/** A BM25 encoder that is enough for tests: stemmed words, hashed to indices, no stop words. */
export function createSparseLite(): SparseEncoder {
  const terms = (text: string) => (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).map(stem);
  const encode = (text: string, weigh: (count: number, length: number) => number) => {
    const all = terms(text);
    const counts = new Map<number, number>();
    for (const term of all) {
      const index = Number.parseInt(sha256(term).slice(0, 7), 16);
      counts.set(index, (counts.get(index) ?? 0) + 1);
    }
    const sorted = [...counts].sort(([a], [b]) => a - b);
    return {
      indices: sorted.map(([index]) => index),
      values: sorted.map(([, count]) => weigh(count, all.length)),
    };
  };
  const weight = (count: number, length: number) =>
    (count * (spec.k1 + 1)) /
    (count + spec.k1 * (1 - spec.b + (spec.b * length) / spec.termsAverage));
  return {
    spec,
    terms,
    encodeQuery: (text) => encode(text, (count) => count),
    encodeDocument: (text) => encode(text, weight),
  };
}
