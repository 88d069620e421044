import { AppError } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import { type ModelVersion, modelHashOf } from '#domain/model.ts';
import {
  GENERATION_DEFAULTS,
  type GenerationParameters,
  type PairingManifest,
  RETRIEVAL_DEFAULTS,
  type RetrievalSettings,
  validateManifest,
  withoutDefaults,
} from '#domain/pairing.ts';
import { type PromptVersion, promptHashOf } from '#domain/prompt.ts';

export type PairingParts = {
  readonly view: FeatureView;
  readonly prompt: PromptVersion;
  readonly model: ModelVersion;
  readonly retrieval: Partial<RetrievalSettings>;
  readonly generation: Partial<GenerationParameters>;
};

/** The manifest of resolved parts. Throws `invalid_input`, `not_found` or `history_broken`. */
export function manifestOf(parts: PairingParts): PairingManifest {
  const { view, prompt, model } = parts;
  if (model.kind !== 'chat') {
    throw new AppError(
      'invalid_input',
      `model ${model.id} is of kind ${model.kind}; a pairing needs a chat model.`,
      { param: 'model' },
    );
  }
  if (view.publishedEpoch === 0) {
    throw new AppError(
      'not_found',
      `view ${view.id} has no published epoch yet; run lockstep crawl first, or finish it by ` +
        'lockstep reembed.',
      { param: 'view' },
    );
  }
  if (view.readyAt === null || view.droppedAt !== null) {
    const why = view.droppedAt === null ? 'was not verified yet' : `was dropped ${view.droppedAt}`;
    throw new AppError(
      'view_not_ready',
      `view ${view.id} ${why}; take one that lockstep view list calls ready, or finish it by ` +
        'lockstep reembed.',
      { param: 'view' },
    );
  }
  requireHash(`prompt ${prompt.id}`, prompt.hash, promptHashOf(prompt));
  requireHash(`model ${model.id}`, model.hash, modelHashOf(model));
  const manifest: PairingManifest = {
    format: 'lockstep.pairing/1',
    view: view.id,
    viewSpecHash: view.specHash,
    embedderFingerprint: view.fingerprint,
    retrieval: { ...RETRIEVAL_DEFAULTS, ...parts.retrieval },
    prompt: { id: prompt.id, hash: prompt.hash },
    model: { id: model.id, hash: model.hash },
    generation: { ...GENERATION_DEFAULTS, ...parts.generation },
  };
  validateManifest(manifest);
  return { ...manifest, retrieval: withoutDefaults(manifest.retrieval) };
}

function requireHash(what: string, stored: string, actual: string): void {
  if (stored === actual) return;
  throw new AppError(
    'history_broken',
    `${what} hashes to ${actual}, not to ${stored}: its row was changed. Register it anew.`,
  );
}
