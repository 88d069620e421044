/** Words in one shingle: five is what tells prose apart. */
const SHINGLE_WORDS = 5;

/**
 * Hashes (32 bits) of the word 5-shingles of a text, case and punctuation aside. A text of fewer
 * words is one shingle; a text without words has none.
 */
export function shinglesOf(text: string): ReadonlySet<number> {
  const words = (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  ).map(fnv1a);
  const shingles = new Set<number>();
  const last = Math.max(0, words.length - SHINGLE_WORDS);
  for (let start = 0; start <= last && words.length > 0; start += 1) {
    let hash = 0;
    for (const word of words.slice(start, start + SHINGLE_WORDS)) hash = mix32(hash ^ word);
    shingles.add(hash);
  }
  return shingles;
}

/** |a ∩ b| / |a ∪ b|, 0–1. Two empty sets share nothing and count 0. */
export function jaccard(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  let shared = 0;
  for (const shingle of small) if (large.has(shingle)) shared += 1;
  const union = a.size + b.size - shared;
  return union === 0 ? 0 : shared / union;
}

/** FNV-1a over UTF-16 units. Source: Fowler, Noll and Vo, 1991. */
function fnv1a(word: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < word.length; at += 1) {
    hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}

/** A bijection of 32-bit integers in which every input bit moves every output bit (MurmurHash3). */
export function mix32(value: number): number {
  let hash = (value + 0x9e3779b9) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
