import type {
  EmbedderSpec,
  EmbeddingPurpose,
  SparseSpec,
  SparseVector,
} from '../domain/embedding.ts';

/** Texts to dense vectors. */
export interface Embedder {
  readonly spec: EmbedderSpec;
  /**
   * Tokens of a text as `tokensMax` counts them, without the prefix. Synchronous: the chunker calls
   * it for every block.
   */
  countTokens(text: string): number;
  /**
   * One vector (length `spec.dimension`) per text, in order; unit length when the spec says `l2`,
   * except that a text without any known token gives zeros. Rejects with `text_too_long` naming the
   * text's position instead of cutting it, and with a retryable `upstream_unavailable` when the
   * provider is down.
   */
  embed(
    texts: readonly string[],
    purpose: EmbeddingPurpose,
    signal: AbortSignal,
  ): Promise<readonly Float32Array[]>;
}

/** Texts to sparse vectors. Pure, so synchronous. */
export interface SparseEncoder {
  readonly spec: SparseSpec;
  /** Term weights of a passage; inverse document frequency is the index's part. */
  encodeDocument(text: string): SparseVector;
  /** Each distinct term of a question, with its count as weight. */
  encodeQuery(text: string): SparseVector;
  /** Stemmed terms in order, as both encodings see them. */
  terms(text: string): readonly string[];
}
