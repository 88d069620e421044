import type { EmbeddingPurpose } from '../domain/embedding.ts';

/** Whose vectors: one embedder's, for one purpose. */
export type VectorSpace = {
  /** Of the embedder, so that no two embedders share a vector. */
  readonly fingerprint: string;
  readonly purpose: EmbeddingPurpose;
};

/** Keeps vectors of texts that were embedded once, across views, runs and processes. */
export interface VectorCache {
  /**
   * Vectors by the SHA-256 (lower-case hex) of their text; hashes that are not known are left out.
   * Each vector is the caller's own.
   */
  getMany(
    space: VectorSpace,
    hashes: readonly string[],
  ): Promise<ReadonlyMap<string, Float32Array>>;
  /** A hash that is known already keeps its vector. Bits are kept as they are. */
  putMany(space: VectorSpace, vectors: ReadonlyMap<string, Float32Array>): Promise<void>;
  /** Removes all that an embedder gave, and says how many vectors that were. */
  forget(fingerprint: string): Promise<number>;
}
