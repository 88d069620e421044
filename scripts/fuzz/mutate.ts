const PIECES = [
  '<',
  '>',
  '&',
  '"',
  "'",
  '<!--',
  ']]>',
  '<![CDATA[',
  '&#x0;',
  '\0',
  '\ufeff',
  '---',
  '\ud800',
  '</',
  '<a ',
  '*',
];
const CHANGES_MAX = 8;
const REPEATED_MAX = 2_000;

/** Some bytes of a valid input flipped, cut, doubled, repeated, or taken from another one. */
export function mutate(seed: Uint8Array, other: Uint8Array, random: () => number): Uint8Array {
  let bytes: Uint8Array = seed.slice();
  const changes = 1 + Math.floor(random() * CHANGES_MAX);
  const place = () => Math.floor(random() * (bytes.length + 1));
  const splice = (at: number, length: number, put: Uint8Array) => {
    const next = new Uint8Array(Math.max(0, bytes.length - length) + put.length);
    next.set(bytes.subarray(0, at));
    next.set(put, at);
    next.set(bytes.subarray(at + length), at + put.length);
    bytes = next;
  };
  for (let change = 0; change < changes; change += 1) {
    const at = place();
    const length = Math.min(bytes.length - at, Math.floor(random() * 200));
    const kind = Math.floor(random() * 6);
    const piece = new TextEncoder().encode(PIECES[Math.floor(random() * PIECES.length)] ?? '<');
    if (kind === 0 && at < bytes.length) bytes[at] = Math.floor(random() * 256);
    else if (kind === 1) bytes = bytes.slice(0, at);
    else if (kind === 2) splice(at, 0, bytes.slice(at, at + length));
    else if (kind === 3) splice(at, length, new Uint8Array());
    else if (kind === 4) {
      const count = 1 + Math.floor(random() * REPEATED_MAX);
      const repeated = new Uint8Array(piece.length * count);
      for (let copy = 0; copy < count; copy += 1) repeated.set(piece, copy * piece.length);
      splice(at, 0, repeated);
    } else {
      const from = Math.floor(random() * (other.length + 1));
      splice(at, length, other.slice(from, from + length));
    }
  }
  return bytes;
}
