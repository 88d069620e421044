/** Words in one shingle: five is what tells prose apart. */
const SHINGLE_WORDS = 5;

/** Scripts that are written without spaces: a character is a word by itself. */
const UNSPACED =
  '[\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}' +
  '\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}]';
/**
 * Otherwise a word is a run of letters, marks and digits; a longer one is several, since the engine
 * keeps a place on its stack for every letter of a run.
 */
const WORD = new RegExp(`${UNSPACED}|[[\\p{L}\\p{M}\\p{N}]--${UNSPACED}]{1,256}`, 'gv');

/**
 * Hashes (32 bits) of the word 5-shingles of a text, case and punctuation aside. A text of fewer
 * words is one shingle; a text without words has none.
 */
export function shinglesOf(text: string): ReadonlySet<number> {
  const words = Uint32Array.from(text.normalize('NFKC').toLowerCase().match(WORD) ?? [], fnv1a);
  const shingles = new Set<number>();
  const last = Math.max(0, words.length - SHINGLE_WORDS);
  for (let start = 0; start <= last && words.length > 0; start += 1) {
    const end = Math.min(start + SHINGLE_WORDS, words.length);
    let hash = 0;
    for (let at = start; at < end; at += 1) hash = mix32(hash ^ (words[at] ?? 0));
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

/**
 * The least of the shingles under each of `count` orders. Two sets agree on one of them with a
 * probability that is their Jaccard similarity. All ones for a set without members. Source: Broder,
 * "On the resemblance and containment of documents", 1997.
 */
export function minHashOf(shingles: Iterable<number>, count: number): Uint32Array {
  const least = new Uint32Array(count).fill(0xffffffff);
  const seeds = Uint32Array.from({ length: count }, (_, at) => mix32(at + 1));
  for (const shingle of shingles) {
    for (let at = 0; at < count; at += 1) {
      const hash = mix32(shingle ^ (seeds[at] ?? 0));
      if (hash < (least[at] ?? 0)) least[at] = hash;
    }
  }
  return least;
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
