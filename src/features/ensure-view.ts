import type { ChunkerSpec } from '#domain/chunk.ts';
import { type FeatureView, type FeatureViewSpec, specHashOf } from '#domain/feature-view.ts';
import { CHUNKER } from './chunk/chunk.ts';
import { CLEANER } from './clean/clean.ts';
import type { FeatureDeps } from './deps.ts';
import { EXTRACTOR } from './extract/extract.ts';

/** What the settings say of a view. */
export type ViewRequest = {
  readonly name: string;
  /** How the embedder is named; `null` for the configured one. */
  readonly embedder: string | null;
  readonly chunker: Pick<ChunkerSpec, 'tokensMax' | 'overlapTokens'>;
};

export type EnsureDeps = Pick<FeatureDeps, 'embedders' | 'sparseOf' | 'clock'> & {
  readonly registry: Pick<FeatureDeps['registry'], 'views'>;
};

/** The spec of the view that the settings ask for, by the stages of this build. */
export async function wantedSpec(
  { embedders, sparseOf }: Pick<EnsureDeps, 'embedders' | 'sparseOf'>,
  { embedder: reference, chunker }: ViewRequest,
  signal: AbortSignal,
): Promise<FeatureViewSpec> {
  const { embedder } = await embedders.named(reference, signal);
  return {
    extractor: EXTRACTOR,
    cleaner: CLEANER,
    chunker: { ...CHUNKER, ...chunker },
    dense: embedder.spec,
    sparse: sparseOf(null).spec,
  };
}

/**
 * The view that stands for the settings: the newest ready one that was made under them, be it
 * re-embedded by another embedder since; a new version when there is none. Whether its embedder
 * still gives the vectors it was made with is found out by whoever writes to it or reads it.
 */
export async function ensureView(
  deps: EnsureDeps,
  request: ViewRequest,
  signal: AbortSignal,
): Promise<FeatureView> {
  const { registry, embedders, clock } = deps;
  const spec = await wantedSpec(deps, request, signal);
  const configuredAs = specHashOf(spec);
  const known =
    (await registry.views.configured(request.name, configuredAs)) ??
    (await newestWith(registry.views, request.name, configuredAs));
  if (known !== null) return known;
  const { fingerprint, probes } = await embedders.named(request.embedder, signal);
  const reference = request.embedder ?? embedders.configured;
  return registry.views.ensure({
    name: request.name,
    spec,
    fingerprint,
    embedder: reference,
    probes,
    configuredAs,
    at: clock.now(),
  });
}

/** A view that was built by this spec under other settings. */
async function newestWith(
  views: EnsureDeps['registry']['views'],
  name: string,
  specHash: string,
): Promise<FeatureView | null> {
  const same = (await views.list()).filter(
    (view) => view.name === name && view.specHash === specHash && view.droppedAt === null,
  );
  return same.findLast(({ readyAt }) => readyAt !== null) ?? same.at(-1) ?? null;
}
