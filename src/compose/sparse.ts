import { createBm25Encoder } from '#adapters/bm25/bm25-encoder.ts';
import { hashOf } from '#domain/hash.ts';
import type { SparseEncoder, SparseEncoderOf } from '#ports/embedder.ts';

/** Encoders by their specs, each made once. */
export function createSparseEncoders(): SparseEncoderOf {
  const made = new Map<string, SparseEncoder>();
  return (spec) => {
    const key = spec === null ? '' : hashOf(spec);
    const known = made.get(key);
    if (known !== undefined) return known;
    const encoder = createBm25Encoder(spec ?? {});
    made.set(key, encoder);
    return encoder;
  };
}
