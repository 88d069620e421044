import type { SparseVector } from '#domain/embedding.ts';

/**
 * Who holds a term, packed: rows of (term, point, weight) would be written and read a hundred times
 * slower. All are 32-bit words in the machine's order (little-endian wherever Node runs).
 *
 * - unsealed, by point: number, count, then count × (term, weight)
 * - sealed, by term: term, count, then count × (number, weight)
 *
 * Either is a sequence of such lists, so that two of them joined are one again. A bucket's row has
 * the lists of its terms: most terms are rare, and a row for each would cost more than its list.
 */
export const BUCKETS = 4_096;

export type NumberedTerms = { readonly no: number; readonly sparse: SparseVector };

/** Entries of one term: number and weight in turns, the weight as the bits of a float32. */
export type PostingList = Int32Array;

/** The row of a term. The low bits spread hashes as well as the numbers of a vocabulary. */
export const bucketOf = (term: number): number => (term | 0) & (BUCKETS - 1);

export function packUnsealed(points: readonly NumberedTerms[]): Buffer {
  const count = points.reduce((sum, { sparse }) => sum + 2 + 2 * sparse.indices.length, 0);
  const words = new Int32Array(count);
  const weights = new Float32Array(words.buffer);
  let at = 0;
  for (const { no, sparse } of points) {
    const { indices, values } = sparse;
    words[at++] = no;
    words[at++] = indices.length;
    for (let place = 0; place < indices.length; place++) {
      words[at++] = indices[place] as number;
      weights[at++] = values[place] as number;
    }
  }
  return Buffer.from(words.buffer);
}

/** Regroups unsealed lists by bucket and term, in the order of the batches. */
export function sealedOf(batches: readonly Buffer[]): ReadonlyMap<number, Buffer> {
  const words = wordsOf(Buffer.concat(batches));
  const { terms, counts, places } = termsIn(words);
  const sealed = new Map<number, Int32Array>();
  /** Where the next entry of a term goes. */
  const ends = new Int32Array(terms.length);
  for (const [bucket, held] of Map.groupBy(terms.keys(), (at) => bucketOf(terms[at] as number))) {
    const size = held.reduce((sum, at) => sum + 2 + 2 * (counts[at] as number), 0);
    const lists = new Int32Array(size);
    let end = 0;
    for (const at of held) {
      lists[end++] = terms[at] as number;
      lists[end++] = counts[at] as number;
      ends[at] = end;
      end += 2 * (counts[at] as number);
    }
    sealed.set(bucket, lists);
  }
  const listsOfTerm = terms.map((term) => sealed.get(bucketOf(term)) as Int32Array);
  let entry = 0;
  eachList(words, (no, from, to) => {
    for (let at = from; at < to; at += 2) {
      const place = places[entry++] as number;
      const lists = listsOfTerm[place] as Int32Array;
      const end = ends[place] as number;
      lists[end] = no;
      lists[end + 1] = words[at + 1] as number;
      ends[place] = end + 2;
    }
  });
  return new Map([...sealed].map(([bucket, lists]) => [bucket, Buffer.from(lists.buffer)]));
}

/** The distinct terms of unsealed lists, how often each occurs, and which one each entry has. */
function termsIn(words: Int32Array) {
  const terms: number[] = [];
  const counts: number[] = [];
  const places = new Int32Array(words.length / 2);
  const placeOf = new Map<number, number>();
  let entry = 0;
  eachList(words, (_no, from, to) => {
    for (let at = from; at < to; at += 2) {
      const term = words[at] as number;
      let place = placeOf.get(term);
      if (place === undefined) {
        place = terms.push(term) - 1;
        counts.push(0);
        placeOf.set(term, place);
      }
      counts[place] = (counts[place] as number) + 1;
      places[entry++] = place;
    }
  });
  return { terms, counts, places };
}

/** Sealed lists without the entries of points that are gone, and without lists that are left empty. */
export function keptOf(lists: Buffer, kept: ReadonlySet<number>): Buffer {
  const words = wordsOf(lists);
  const left = new Int32Array(words.length);
  let end = 0;
  eachList(words, (term, from, to) => {
    const head = end;
    end += 2;
    for (let at = from; at < to; at += 2) {
      if (!kept.has(words[at] as number)) continue;
      left[end++] = words[at] as number;
      left[end++] = words[at + 1] as number;
    }
    left[head] = term;
    left[head + 1] = (end - head - 2) / 2;
    if (left[head + 1] === 0) end = head;
  });
  return Buffer.from(left.buffer, 0, 4 * end);
}

/** A list seen as floats: its weights are at the odd places. */
export const weightsOf = (list: PostingList): Float32Array =>
  new Float32Array(list.buffer, list.byteOffset, list.length);

/** Calls back with the head of each list and where its entries are. */
export function eachList(
  words: Int32Array,
  visit: (head: number, from: number, to: number) => void,
): void {
  for (let at = 0; at < words.length; ) {
    const from = at + 2;
    const to = from + 2 * (words[at + 1] as number);
    visit(words[at] as number, from, to);
    at = to;
  }
}

/** A copy, since words must be aligned and a buffer from elsewhere need not be. */
export const wordsOf = (bytes: Buffer): Int32Array => new Int32Array(new Uint8Array(bytes).buffer);
