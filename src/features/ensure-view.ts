import { fingerprintOf, PROBE_TEXTS } from '#domain/embedding.ts';
import type { FeatureView, FeatureViewSpec } from '#domain/feature-view.ts';
import { CLEANER } from './clean/clean.ts';
import type { FeatureDeps } from './deps.ts';
import { EXTRACTOR } from './extract/extract.ts';

export type ViewRequest = {
  readonly name: string;
  /** Most tokens of a chunk, by the embedder's tokenizer. */
  readonly tokensMax: number;
};

/** The view of this name that is built by the embedder and the stages at hand; made when missing. */
export async function ensureView(
  deps: Pick<FeatureDeps, 'registry' | 'embedder' | 'sparse' | 'clock'>,
  { name, tokensMax }: ViewRequest,
  signal: AbortSignal,
): Promise<FeatureView> {
  const { registry, embedder, sparse, clock } = deps;
  const spec: FeatureViewSpec = {
    extractor: EXTRACTOR,
    cleaner: CLEANER,
    chunker: { name: 'markdown', version: 1, tokensMax },
    dense: embedder.spec,
    sparse: sparse.spec,
  };
  const probes = await embedder.embed(PROBE_TEXTS, 'document', signal);
  const fingerprint = fingerprintOf(embedder.spec, probes);
  return registry.views.ensure({ name, spec, fingerprint, at: clock.now() });
}
