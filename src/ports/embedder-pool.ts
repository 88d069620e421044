import type { FeatureView } from '../domain/feature-view.ts';
import type { Embedder } from './embedder.ts';

/** Embedders by the view that was built with them. */
export interface EmbedderPool {
  /**
   * The embedder whose spec and fingerprint are the view's. Checked once per view and process by
   * embedding the probe texts; rejects with `embedding_space_mismatch`, never with another
   * embedder.
   */
  of(view: FeatureView, signal: AbortSignal): Promise<Embedder>;
}
