import { AppError } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { Embedder, SparseEncoder } from '#ports/embedder.ts';
import { CHUNKER } from '../chunk/chunk.ts';
import { CLEANER } from '../clean/clean.ts';
import type { FeatureDeps } from '../deps.ts';
import { EXTRACTOR } from '../extract/extract.ts';

/** What a view's points are made with: its own embedder and encoder, not those configured now. */
export type ViewTools = { readonly embedder: Embedder; readonly sparse: SparseEncoder };

/**
 * Rejects with `embedding_space_mismatch` when the view's embedder is not there any more, and with
 * `invalid_config` when this build has other stages or the embedder takes less than a chunk may have.
 */
export async function toolsOf(
  { embedders, sparseOf }: Pick<FeatureDeps, 'embedders' | 'sparseOf'>,
  view: FeatureView,
  signal: AbortSignal,
): Promise<ViewTools> {
  const outdated = outdatedStages(view);
  if (outdated.length > 0) {
    throw new AppError(
      'invalid_config',
      `view ${view.id} was built by ${outdated.join(' and ')}, which this version no longer has; ` +
        'build the next one: lockstep reembed.',
    );
  }
  const sparse = sparseOf(view.spec.sparse);
  const embedder = await embedders.of(view, signal);
  requireTokensMax(embedder, view);
  return { embedder, sparse };
}

/** Stages of the view that are not those of this build, as `extractor readability@1`. */
export function outdatedStages({ spec }: Pick<FeatureView, 'spec'>): readonly string[] {
  const stages = [
    ['extractor', spec.extractor, EXTRACTOR],
    ['cleaner', spec.cleaner, CLEANER],
    ['chunker', spec.chunker, CHUNKER],
  ] as const;
  return stages
    .filter(([, built, now]) => built.name !== now.name || built.version !== now.version)
    .map(([stage, { name, version }]) => `${stage} ${name}@${version}`);
}

/** Chunks that the embedder refuses would stop every epoch; this says so before the first. */
function requireTokensMax(embedder: Embedder, view: FeatureView): void {
  const { tokensMax } = view.spec.chunker;
  const takes = embedder.spec.tokensMax - embedder.countTokens(embedder.spec.documentPrefix);
  if (tokensMax <= takes) return;
  throw new AppError(
    'invalid_config',
    `view ${view.id} cuts chunks of ${tokensMax} tokens, but ${embedder.spec.model} takes ` +
      `${takes}; set LOCKSTEP_CHUNK_TOKENS to that or less.`,
    { param: 'LOCKSTEP_CHUNK_TOKENS' },
  );
}
