import { AppError } from '#domain/errors.ts';
import type { VectorCache, VectorSpace } from '#ports/vector-cache.ts';

/** A cache in memory; of more than `vectorsMax`, those unused for longest go first. */
export function createMemoryVectorCache({
  vectorsMax,
}: {
  readonly vectorsMax: number;
}): VectorCache {
  if (!(vectorsMax >= 1)) {
    throw new AppError('invalid_input', `vectorsMax must be at least 1, not ${vectorsMax}`);
  }
  const vectors = new Map<string, Float32Array>();
  const keyOf = ({ fingerprint, purpose }: VectorSpace, hash: string) =>
    JSON.stringify([fingerprint, purpose, hash]);
  const use = (key: string, vector: Float32Array) => {
    vectors.delete(key);
    vectors.set(key, vector);
    const [oldest] = vectors.keys();
    if (vectors.size > vectorsMax && oldest !== undefined) vectors.delete(oldest);
  };
  return {
    async getMany(space, hashes) {
      const found = new Map<string, Float32Array>();
      for (const hash of hashes) {
        const key = keyOf(space, hash);
        const vector = vectors.get(key);
        if (vector === undefined) continue;
        use(key, vector);
        found.set(hash, vector.slice());
      }
      return found;
    },
    async putMany(space, given) {
      for (const [hash, vector] of given) {
        const key = keyOf(space, hash);
        use(key, vectors.get(key) ?? vector.slice());
      }
    },
    async forget(fingerprint) {
      const begin = `${JSON.stringify([fingerprint]).slice(0, -1)},`;
      const keys = [...vectors.keys()].filter((key) => key.startsWith(begin));
      for (const key of keys) vectors.delete(key);
      return keys.length;
    },
  };
}
