import type { FeatureView } from '../domain/feature-view.ts';
import type { Embedder } from './embedder.ts';

/** An embedder and what it gives for the probe texts. */
export type KnownEmbedder = {
  readonly embedder: Embedder;
  readonly fingerprint: string;
  readonly probes: readonly Float32Array[];
};

/** Embedders by the view that was built with them, and by how the settings name them. */
export interface EmbedderPool {
  /** How the configured embedder is named. */
  readonly configured: string;
  /**
   * The embedder whose spec is the view's and which gives the probe texts the vectors that the view
   * was made with. Checked once per view and process by embedding them; rejects with
   * `embedding_space_mismatch`, never with another embedder.
   */
  of(view: FeatureView, signal: AbortSignal): Promise<Embedder>;
  /** As `of`, but looks again however often it was asked. */
  check(view: FeatureView, signal: AbortSignal): Promise<void>;
  /**
   * The embedder that is written `static:<folder>`, `transformers:<model>` or `openai:<model>`;
   * `null` takes the configured one. Rejects with `invalid_config` when it cannot be had.
   */
  named(reference: string | null, signal: AbortSignal): Promise<KnownEmbedder>;
}
