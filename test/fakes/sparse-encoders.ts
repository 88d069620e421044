import { createBm25Encoder } from '#adapters/bm25/bm25-encoder.ts';
import { hashOf } from '#domain/hash.ts';
import type { SparseEncoder, SparseEncoderOf } from '#ports/embedder.ts';

/** The real encoders, each made once: a stemmer takes its time. */
export function createEncodersOf(): SparseEncoderOf {
  const made = new Map<string, SparseEncoder>();
  return (spec) => {
    const key = spec === null ? 'new' : hashOf({ ...spec });
    const encoder = made.get(key) ?? createBm25Encoder(spec ?? {});
    made.set(key, encoder);
    return encoder;
  };
}
