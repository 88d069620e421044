/** How the vectors of a text's tokens become one. */
export type Pooling = 'mean' | 'cls' | 'last';

export type States = {
  /** Hidden states, one row after the other: texts × `length` × `width`. */
  readonly values: Float32Array;
  /** Tokens of each text; the rows after them are filling. */
  readonly lengths: ArrayLike<number>;
  /** Rows of each text, filling included. */
  readonly length: number;
  readonly width: number;
};

/** One vector a text, one after the other; of unit length when asked. */
export function poolStates(
  { values, lengths, length, width }: States,
  pooling: Pooling,
  normalise: boolean,
): Float32Array<ArrayBuffer> {
  const vectors = new Float32Array(lengths.length * width);
  for (let text = 0; text < lengths.length; text++) {
    const vector = vectors.subarray(text * width, (text + 1) * width);
    const tokens = lengths[text] ?? 0;
    const from = text * length * width;
    if (pooling === 'mean') addMean(vector, values, from, tokens);
    else {
      const row = from + (pooling === 'cls' ? 0 : Math.max(0, tokens - 1)) * width;
      vector.set(values.subarray(row, row + width));
    }
    if (normalise) scaleToUnit(vector);
  }
  return vectors;
}

function addMean(vector: Float32Array, values: Float32Array, from: number, tokens: number): void {
  const width = vector.length;
  const sum = new Float64Array(width);
  for (let token = 0; token < tokens; token++) {
    const row = from + token * width;
    for (let d = 0; d < width; d++) sum[d] = (sum[d] as number) + (values[row + d] as number);
  }
  for (let d = 0; d < width; d++) vector[d] = (sum[d] as number) / tokens;
}

/** In place; zeros stay zeros. */
function scaleToUnit(vector: Float32Array): void {
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (squares === 0) return;
  const norm = Math.sqrt(squares);
  for (let d = 0; d < vector.length; d++) vector[d] = (vector[d] as number) / norm;
}
