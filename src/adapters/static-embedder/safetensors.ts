import { AppError } from '#domain/errors.ts';

export type Tensor = {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** The tensor's bytes, little-endian, aligned for its element type. */
  readonly bytes: Uint8Array<ArrayBuffer>;
};

const HEADER_BYTES_MAX = 100_000_000;
const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
};

/**
 * Reads a safetensors file: eight bytes of header length, a JSON header, then the tensors' bytes.
 * Source: the format's description at huggingface/safetensors. Throws `invalid_input` naming `file`.
 */
export function readSafetensors(file: string, bytes: Uint8Array): ReadonlyMap<string, Tensor> {
  const broken = (what: string) =>
    new AppError('invalid_input', `${file} is no safetensors file: ${what}. Copy the model again.`);
  if (bytes.length < 8) throw broken('it is shorter than its header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = Number(view.getBigUint64(0, true));
  if (headerBytes > Math.min(HEADER_BYTES_MAX, bytes.length - 8)) {
    throw broken('its header is longer than the file');
  }
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerBytes)));
  } catch {
    throw broken('its header is no JSON');
  }
  if (typeof header !== 'object' || header === null) throw broken('its header is no object');
  const body = bytes.subarray(8 + headerBytes);
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    if (!isEntry(entry)) throw broken(`tensor ${name} is not described`);
    const [start, end] = entry.data_offsets;
    const expected = entry.shape.reduce(
      (size, side) => size * side,
      ELEMENT_BYTES[entry.dtype] ?? 0,
    );
    if (start < 0 || end > body.length || end - start !== expected) {
      throw broken(`tensor ${name} has ${end - start} bytes where ${expected} belong`);
    }
    tensors.set(name, {
      dtype: entry.dtype,
      shape: entry.shape,
      bytes: new Uint8Array(body.subarray(start, end)),
    });
  }
  return tensors;
}

type Entry = { dtype: string; shape: number[]; data_offsets: [number, number] };

const isEntry = (value: unknown): value is Entry =>
  typeof value === 'object' &&
  value !== null &&
  'dtype' in value &&
  typeof value.dtype === 'string' &&
  'shape' in value &&
  Array.isArray(value.shape) &&
  value.shape.every((side) => Number.isSafeInteger(side) && side >= 0) &&
  'data_offsets' in value &&
  Array.isArray(value.data_offsets) &&
  value.data_offsets.length === 2 &&
  value.data_offsets.every(Number.isSafeInteger);

/** A tensor's values as floats. Throws `invalid_input` on an element type that has none. */
export function floatsOf(file: string, name: string, tensor: Tensor): Float32Array {
  const { buffer } = tensor.bytes;
  switch (tensor.dtype) {
    case 'F32':
      return new Float32Array(buffer);
    case 'F64':
      return Float32Array.from(new Float64Array(buffer));
    case 'F16':
      return Float32Array.from(new Uint16Array(buffer), fromHalf);
    case 'BF16':
      return new Float32Array(
        Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer,
      );
    case 'I8':
      return Float32Array.from(new Int8Array(buffer));
    default:
      throw new AppError(
        'invalid_input',
        `${file}: tensor ${name} is ${tensor.dtype}; use F32, F16 or I8.`,
      );
  }
}

/** IEEE 754 binary16 to a number. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
