/** Values in Postgres's binary format, which `pg` sends as they are: no text to write or to parse. */

const TEXT_OID = 25;
const BIGINT_OID = 20;
const INTEGER_OID = 23;
export const BYTEA_OID = 17;

const HEADER_BYTES = 20;
const NULL_LENGTH = -1;

/** A one-dimensional array of values that are in their type's binary format themselves. */
export function binaryArray(elementOid: number, elements: readonly (Uint8Array | null)[]): Buffer {
  const bytes = elements.reduce((sum, element) => sum + 4 + (element?.length ?? 0), HEADER_BYTES);
  const buffer = Buffer.allocUnsafe(bytes);
  buffer.writeInt32BE(1, 0);
  buffer.writeInt32BE(elements.includes(null) ? 1 : 0, 4);
  buffer.writeInt32BE(elementOid, 8);
  buffer.writeInt32BE(elements.length, 12);
  buffer.writeInt32BE(1, 16);
  let at = HEADER_BYTES;
  for (const element of elements) {
    buffer.writeInt32BE(element === null ? NULL_LENGTH : element.length, at);
    at += 4;
    if (element === null) continue;
    buffer.set(element, at);
    at += element.length;
  }
  return buffer;
}

export const textArray = (texts: readonly (string | null)[]): Buffer =>
  binaryArray(
    TEXT_OID,
    texts.map((text) => (text === null ? null : Buffer.from(text))),
  );

export const bigintArray = (values: readonly number[]): Buffer =>
  binaryArray(
    BIGINT_OID,
    values.map((value) => {
      const bytes = Buffer.allocUnsafe(8);
      bytes.writeBigInt64BE(BigInt(value));
      return bytes;
    }),
  );

export const integerArray = (values: readonly number[]): Buffer =>
  binaryArray(
    INTEGER_OID,
    values.map((value) => {
      const bytes = Buffer.allocUnsafe(4);
      bytes.writeInt32BE(value);
      return bytes;
    }),
  );

/**
 * pgvector's binary form of a vector scaled to unit length, so that the inner product is the cosine;
 * zeros stay zeros and score 0 with everything. `null` for a vector that is not finite.
 */
export function unitVector(values: Float32Array): Buffer | null {
  let squares = 0;
  for (let at = 0; at < values.length; at++) squares += (values[at] as number) ** 2;
  if (!Number.isFinite(squares)) return null;
  const scale = squares === 0 ? 0 : 1 / Math.sqrt(squares);
  const buffer = Buffer.alloc(4 + 4 * values.length);
  buffer.writeInt16BE(values.length, 0);
  for (let at = 0; at < values.length; at++) {
    buffer.writeFloatBE((values[at] as number) * scale, 4 + 4 * at);
  }
  return buffer;
}

/** `{"a","b"}`, as Postgres reads a text array in text form. */
export const arrayLiteral = (texts: readonly string[]): string =>
  `{${texts.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;

/** The 16 bytes of a UUID at an offset, in the usual notation. */
export function uuidAt(bytes: Buffer, offset: number): string {
  const hex = bytes.toString('hex', offset, offset + 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const isUuid = (text: string): boolean => UUID.test(text);
