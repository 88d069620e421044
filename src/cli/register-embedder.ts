import type { FeatureView } from '#domain/feature-view.ts';
import type { ModelVersion } from '#domain/model.ts';
import { embedderModelSpec } from '#training/model.ts';
import { registerModel } from '#training/pipeline.ts';
import type { Session } from './session.ts';

/** A view's embedder as a model version, under the name of its model. */
export function registerEmbedder(
  { lockstep }: Pick<Session, 'lockstep'>,
  { spec, fingerprint, embedder }: FeatureView,
): Promise<ModelVersion> {
  const { registry, clock, settings } = lockstep;
  const name = spec.dense.model
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  const model = embedderModelSpec(spec.dense, fingerprint, embedder ?? settings.embedder);
  return registerModel({ models: registry.models, clock }, { name, spec: model });
}
