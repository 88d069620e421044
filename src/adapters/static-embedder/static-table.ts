import { AppError } from '#domain/errors.ts';
import { floatsOf, type Tensor } from './safetensors.ts';

/** Adds up table rows. */
export type StaticTable = {
  readonly dimension: number;
  /** Mean or sum of the rows of the first `length` ids, scaled to unit length when asked. */
  pool(ids: Int32Array, length: number): Float32Array;
};

export type TableOptions = {
  /** Named in errors. */
  readonly file: string;
  /** The tensors of `model.safetensors`. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** One more than the tokenizer's largest id. */
  readonly tokens: number;
  /** Id whose row is left out; −1 for none. */
  readonly unknownId: number;
  readonly normalise: boolean;
};

/** Throws `invalid_input` when there is no table with a row for every token. */
export function createStaticTable(options: TableOptions): StaticTable {
  const { file, tensors, tokens } = options;
  const name = tensors.has('embeddings') ? 'embeddings' : 'embedding.weight';
  const tensor = tensors.get(name);
  const [rows, dimension] = tensor?.shape ?? [];
  if (tensor === undefined || rows === undefined || dimension === undefined) {
    throw new AppError('invalid_input', `${file} holds no table named embeddings.`);
  }
  const weights = tensors.get('weights');
  const mapping = tensors.get('mapping');
  const plain = weights === undefined && mapping === undefined;
  const rowOf = mapping === undefined ? null : integersOf(file, mapping);
  requireRow(file, 'embeddings', rowOf === null ? tokens : 1 + rowOf.reduce(max, -1), rows);
  if (rowOf?.some((row) => row < 0)) {
    throw new AppError('invalid_input', `${file}: tensor mapping has a row below 0.`);
  }
  if (rowOf !== null) requireRow(file, 'mapping', tokens, rowOf.length);
  const weightOf = weights === undefined ? null : floatsOf(file, 'weights', weights);
  if (weightOf !== null) requireRow(file, 'weights', tokens, weightOf.length);
  if (tensor.dtype === 'I8' && plain && dimension % 2 === 0) {
    return packedTable(new Int8Array(tensor.bytes.buffer), dimension, options);
  }
  const table = { values: floatsOf(file, name, tensor), dimension };
  return floatTable(table, { ...options, weights: weightOf, mapping: rowOf });
}

const max = (a: number, b: number): number => Math.max(a, b);

/** A missing row would make vectors of NaN. */
function requireRow(file: string, name: string, needed: number, rows: number): void {
  if (rows >= needed) return;
  throw new AppError(
    'invalid_input',
    `${file}: tensor ${name} has ${rows} rows where ${needed} are needed. Copy the model again.`,
  );
}

function integersOf(file: string, tensor: Tensor): Int32Array {
  if (tensor.dtype === 'I64') {
    return Int32Array.from(new BigInt64Array(tensor.bytes.buffer), Number);
  }
  if (tensor.dtype === 'I32') return new Int32Array(tensor.bytes.buffer);
  throw new AppError(
    'invalid_input',
    `${file}: tensor mapping is ${tensor.dtype}; it must be I64 or I32.`,
  );
}

function floatTable(
  table: { readonly values: Float32Array; readonly dimension: number },
  options: TableOptions & { weights: Float32Array | null; mapping: Int32Array | null },
): StaticTable {
  const { values, dimension } = table;
  const { weights, mapping, unknownId } = options;
  return {
    dimension,
    pool: (ids, length) => {
      const sum = new Float32Array(dimension);
      let count = 0;
      for (let at = 0; at < length; at++) {
        const id = ids[at] as number;
        if (id === unknownId) continue;
        const row = (mapping === null ? id : (mapping[id] as number)) * dimension;
        const weight = weights === null ? 1 : (weights[id] as number);
        for (let d = 0; d < dimension; d++) {
          sum[d] = (sum[d] as number) + weight * (values[row + d] as number);
        }
        count++;
      }
      return finish(sum, count, options.normalise);
    },
  };
}

/** Each half of a packed sum has 16 bits; 255 · 256 is the most that fits. */
const PACKED_ROWS_MAX = 256;

/**
 * Two dimensions a 32-bit integer, each biased to 0…255, so that one addition adds both: plain
 * JavaScript has no byte lanes, and this halves the additions.
 */
function packedTable(values: Int8Array, dimension: number, options: TableOptions): StaticTable {
  const half = dimension / 2;
  const packed = new Int32Array(values.length / 2);
  for (let at = 0; at < packed.length; at++) {
    const low = (values[2 * at] as number) + 128;
    const high = (values[2 * at + 1] as number) + 128;
    packed[at] = low | (high << 16);
  }
  const lanes = new Int32Array(half);
  const { unknownId } = options;
  const flush = (sum: Float32Array, rows: number) => {
    for (let d = 0; d < half; d++) {
      const lane = lanes[d] as number;
      sum[2 * d] = (sum[2 * d] as number) + (lane & 0xffff) - 128 * rows;
      sum[2 * d + 1] = (sum[2 * d + 1] as number) + (lane >>> 16) - 128 * rows;
    }
    lanes.fill(0);
  };
  return {
    dimension,
    pool: (ids, length) => {
      const sum = new Float32Array(dimension);
      let rows = 0;
      let count = 0;
      for (let at = 0; at < length; at++) {
        const id = ids[at] as number;
        if (id === unknownId) continue;
        addRow(lanes, packed, id * half, half);
        count++;
        if (++rows === PACKED_ROWS_MAX) {
          flush(sum, rows);
          rows = 0;
        }
      }
      flush(sum, rows);
      return finish(sum, count, options.normalise);
    },
  };
}

function addRow(lanes: Int32Array, packed: Int32Array, row: number, half: number): void {
  for (let d = 0; d < half; d++)
    lanes[d] = ((lanes[d] as number) + (packed[row + d] as number)) | 0;
}

/** In place: unit length, or the mean; nothing pooled stays zero. */
function finish(sum: Float32Array, count: number, normalise: boolean): Float32Array {
  let squares = 0;
  for (const value of sum) squares += value * value;
  const divisor = normalise ? Math.sqrt(squares) : count;
  if (divisor === 0) return sum;
  for (let d = 0; d < sum.length; d++) sum[d] = (sum[d] as number) / divisor;
  return sum;
}
