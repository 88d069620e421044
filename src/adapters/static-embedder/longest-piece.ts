/**
 * The longest piece that the word goes on with from `start`, and its code units; a length of 0 when
 * there is none. Valid until the next call.
 */
export type LongestPiece = (
  word: string,
  start: number,
) => { readonly id: number; readonly length: number };

/** Multiplies keys into the upper bits: 2³² over the golden ratio. */
const SPREAD = 0x9e37_79b1;

/**
 * A trie of pieces, so that a word of none of them takes as many steps as it has code units. All its
 * edges are in one table with open addressing: a node is a number, an edge's key its node and code.
 */
export function createLongestPiece(
  pieces: readonly (readonly [piece: string, id: number])[],
): LongestPiece {
  const edgesMax = pieces.reduce((sum, [piece]) => sum + piece.length, 1);
  const bits = Math.max(4, 32 - Math.clz32(edgesMax));
  const mask = 2 ** bits - 1;
  const froms = new Int32Array(mask + 1).fill(-1);
  const codes = new Uint16Array(mask + 1);
  const tos = new Int32Array(mask + 1);
  const ids: number[] = [-1];

  /** Where the edge is, or the empty place where it would be. */
  const placeOf = (node: number, code: number): number => {
    let at = Math.imul(node ^ Math.imul(code, SPREAD), SPREAD) >>> (32 - bits);
    while (froms[at] !== -1 && (froms[at] !== node || codes[at] !== code)) at = (at + 1) & mask;
    return at;
  };

  for (const [piece, id] of pieces) {
    let node = 0;
    for (let at = 0; at < piece.length; at++) {
      const code = piece.charCodeAt(at);
      const place = placeOf(node, code);
      if (froms[place] === -1) {
        froms[place] = node;
        codes[place] = code;
        tos[place] = ids.push(-1) - 1;
      }
      node = tos[place] as number;
    }
    if (node !== 0) ids[node] = id;
  }

  const found = { id: -1, length: 0 };
  return (word, start) => {
    found.length = 0;
    let node = 0;
    for (let at = start; at < word.length; at++) {
      const place = placeOf(node, word.charCodeAt(at));
      if (froms[place] === -1) break;
      node = tos[place] as number;
      const id = ids[node] as number;
      if (id < 0) continue;
      found.id = id;
      found.length = at + 1 - start;
    }
    return found;
  };
}
