/** A vocabulary of byte pairs as js-tiktoken ships it. */
export type Ranks = {
  readonly pat_str: string;
  /** Lines of `! OFFSET TOKEN TOKEN…`, tokens in base64, ranks counted up from the offset. */
  readonly bpe_ranks: string;
};

/** Distinct pieces that are remembered, and the longest that are worth it. */
const CACHE_PIECES_MAX = 100_000;
const CACHE_CHARACTERS_MAX = 48;
/** Room for a place beside a rank in one number. */
const PLACES = 2 ** 30;

/**
 * Counts tokens as OpenAI's byte pair encoding does: the pair of the lowest rank is joined first,
 * leftmost among equals. With a heap, as the usual loop takes hours for a megabyte without a blank.
 * Words that look like special tokens count as text.
 */
export function createBytePairCounter({ pat_str, bpe_ranks }: Ranks): (text: string) => number {
  const ranks = ranksOf(bpe_ranks);
  const pattern = new RegExp(pat_str, 'gu');
  const cache = new Map<string, number>();
  const countPiece = (piece: string): number => {
    const known = cache.get(piece);
    if (known !== undefined) return known;
    const bytes = Buffer.from(piece, 'utf8').toString('latin1');
    const count = ranks.has(bytes) ? 1 : joinedCount(bytes, ranks);
    if (piece.length <= CACHE_CHARACTERS_MAX) {
      if (cache.size >= CACHE_PIECES_MAX) cache.clear();
      cache.set(piece, count);
    }
    return count;
  };
  return (text) => {
    let count = 0;
    for (const [piece] of text.matchAll(pattern)) count += countPiece(piece);
    return count;
  };
}

/** Ranks by the token's bytes, one character each. */
function ranksOf(text: string): ReadonlyMap<string, number> {
  const ranks = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, offset, ...tokens] = line.split(' ');
    for (const [at, token] of tokens.entries()) {
      ranks.set(Buffer.from(token, 'base64').toString('latin1'), Number(offset) + at);
    }
  }
  return ranks;
}

/** Parts that are left when no neighbours can be joined any more. */
function joinedCount(bytes: string, ranks: ReadonlyMap<string, number>): number {
  const { length } = bytes;
  // Parts begin at places; each knows where the next begins and where the one before does.
  const next = Int32Array.from({ length: length + 1 }, (_, at) => at + 1);
  const before = Int32Array.from({ length: length + 1 }, (_, at) => at - 1);
  const isGone = new Uint8Array(length + 1);
  const heap = createHeap();
  const rankAt = (at: number): number | undefined => {
    const middle = next[at] as number;
    return middle < length ? ranks.get(bytes.slice(at, next[middle])) : undefined;
  };
  const offer = (at: number) => {
    const rank = rankAt(at);
    if (rank !== undefined) heap.push(rank * PLACES + at);
  };
  for (let at = 0; at < length; at++) offer(at);
  let count = length;
  for (let key = heap.pop(); key !== undefined; key = heap.pop()) {
    const at = key % PLACES;
    // A pair that has changed since it was offered was offered again.
    if (isGone[at] === 1 || rankAt(at) !== (key - at) / PLACES) continue;
    const middle = next[at] as number;
    const after = next[middle] as number;
    isGone[middle] = 1;
    next[at] = after;
    before[after] = at;
    count -= 1;
    offer(at);
    if (at > 0) offer(before[at] as number);
  }
  return count;
}

/** Numbers, smallest first. */
function createHeap() {
  const heap: number[] = [];
  return {
    push(key: number) {
      let at = heap.push(key) - 1;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if ((heap[parent] as number) <= key) break;
        heap[at] = heap[parent] as number;
        at = parent;
      }
      heap[at] = key;
    },
    pop(): number | undefined {
      const top = heap[0];
      const last = heap.pop();
      if (last === undefined || heap.length === 0) return top;
      let at = 0;
      for (;;) {
        let child = 2 * at + 1;
        if (child >= heap.length) break;
        if (child + 1 < heap.length && (heap[child + 1] as number) < (heap[child] as number)) {
          child += 1;
        }
        if ((heap[child] as number) >= last) break;
        heap[at] = heap[child] as number;
        at = child;
      }
      heap[at] = last;
      return top;
    },
  };
}
