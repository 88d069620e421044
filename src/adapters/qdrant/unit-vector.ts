/**
 * A vector scaled to unit length, so that the inner product is the cosine; zeros stay zeros and
 * score 0 with everything. `null` for one that is not finite.
 */
export function unitVector(values: Float32Array): Float32Array | null {
  let squares = 0;
  for (const value of values) squares += value * value;
  if (!Number.isFinite(squares)) return null;
  const scale = squares === 0 ? 0 : 1 / Math.sqrt(squares);
  return values.map((value) => value * scale);
}
