/** Values in Postgres's binary format, which `pg` sends as they are: no text to write or to parse. */

const TEXT_OID = 25;
const UUID_OID = 2950;

const HEADER_BYTES = 20;

/** A one-dimensional array of values that are in their type's binary format themselves. */
function binaryArray(elementOid: number, elements: readonly Uint8Array[]): Buffer {
  const bytes = elements.reduce((sum, { length }) => sum + 4 + length, HEADER_BYTES);
  const buffer = Buffer.allocUnsafe(bytes);
  buffer.writeInt32BE(1, 0);
  buffer.writeInt32BE(0, 4);
  buffer.writeInt32BE(elementOid, 8);
  buffer.writeInt32BE(elements.length, 12);
  buffer.writeInt32BE(1, 16);
  let at = HEADER_BYTES;
  for (const element of elements) {
    at = buffer.writeInt32BE(element.length, at);
    buffer.set(element, at);
    at += element.length;
  }
  return buffer;
}

export const textArray = (texts: readonly string[]): Buffer =>
  binaryArray(
    TEXT_OID,
    texts.map((text) => Buffer.from(text)),
  );

/** Of ids that `isUuid`. */
export const uuidArray = (ids: readonly string[]): Buffer =>
  binaryArray(UUID_OID, ids.map(uuidBytes));

/** Of an id that `isUuid`. */
export const uuidBytes = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');

/**
 * pgvector's binary form of a vector scaled to unit length, so that the inner product is the cosine;
 * zeros stay zeros and score 0 with everything. `null` for a vector that is not finite.
 */
export function unitVector(values: Float32Array): Buffer | null {
  let squares = 0;
  for (let at = 0; at < values.length; at++) squares += (values[at] as number) ** 2;
  if (!Number.isFinite(squares)) return null;
  const scale = squares === 0 ? 0 : 1 / Math.sqrt(squares);
  const words = new Float32Array(1 + values.length);
  for (let at = 0; at < values.length; at++) words[1 + at] = (values[at] as number) * scale;
  const buffer = Buffer.from(words.buffer).swap32();
  buffer.writeInt16BE(values.length, 0);
  return buffer;
}

/** A vector from pgvector's binary form at an offset. */
export function vectorAt(bytes: Buffer, offset: number): Float32Array {
  const values = new Float32Array(bytes.readInt16BE(offset));
  for (let at = 0; at < values.length; at++) values[at] = bytes.readFloatBE(offset + 4 + 4 * at);
  return values;
}

/** The 16 bytes of a UUID at an offset, in the usual notation. */
export function uuidAt(bytes: Buffer, offset: number): string {
  const hex = bytes.toString('hex', offset, offset + 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const isUuid = (text: string): boolean => UUID.test(text);
