/** Bytes in pieces, joined once at the end: weights are large, and copied for each nesting otherwise. */
export type Pieces = readonly Uint8Array[];

const WIRE = { varint: 0, bytes: 2, fixed32: 5 } as const;

const lengthOf = (pieces: Pieces): number => pieces.reduce((sum, piece) => sum + piece.length, 0);

/** A whole number of at most 64 bits; negative ones as two's complement, as protobuf's `int64` is. */
function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(left & 0x7fn);
    left >>= 7n;
    bytes.push(left === 0n ? low : low | 0x80);
  } while (left !== 0n);
  return Uint8Array.from(bytes);
}

const tag = (field: number, wire: number): Uint8Array => varint((field << 3) | wire);

/** A field with a whole number. */
export const whole = (field: number, value: number): Pieces => [
  tag(field, WIRE.varint),
  varint(value),
];

/** A field with a 32-bit float. */
export const float = (field: number, value: number): Pieces => [
  tag(field, WIRE.fixed32),
  new Uint8Array(Float32Array.of(value).buffer),
];

/** A field with bytes, a text in UTF-8, or a message. */
export function nested(field: number, content: string | Uint8Array | Pieces): Pieces {
  const pieces =
    typeof content === 'string'
      ? [new TextEncoder().encode(content)]
      : content instanceof Uint8Array
        ? [content]
        : content;
  return [tag(field, WIRE.bytes), varint(lengthOf(pieces)), ...pieces];
}

export function joined(pieces: Pieces): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(lengthOf(pieces));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
