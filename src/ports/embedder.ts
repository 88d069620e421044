import type {
  EmbedderSpec,
  EmbeddingPurpose,
  SparseSpec,
  SparseVector,
} from '../domain/embedding.ts';

/** Some of the texts that were asked for, by their positions, and a vector for each. */
export type EmbeddedBatch = {
  readonly positions: readonly number[];
  readonly vectors: readonly Float32Array[];
};

/** Texts to dense vectors. */
export interface Embedder {
  readonly spec: EmbedderSpec;
  /** List price in dollars; `null` when it is not known, absent where vectors cost only time. */
  readonly dollarsPerMillionTokens?: number | null;
  /**
   * Tokens of a text as `tokensMax` counts them, without the prefix: those that a model puts around
   * every text count in neither, so that a text fits when `countTokens(prefix + text)` is at most
   * `spec.tokensMax`. Synchronous: the chunker calls it for every block.
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
  /**
   * As `embed`, but gives each batch when it is done, in any order, so that what was paid for can be
   * kept when a later batch fails: those under way are waited for and given before it rejects. Absent
   * where embedding costs nothing but time.
   */
  embedEach?(
    texts: readonly string[],
    purpose: EmbeddingPurpose,
    signal: AbortSignal,
  ): AsyncIterable<EmbeddedBatch>;
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

/**
 * The encoder of a spec; `null` gives the one that new views get. Throws `invalid_input` for a
 * version that this build does not have.
 */
export type SparseEncoderOf = (spec: SparseSpec | null) => SparseEncoder;
