import type { EmbedderSpec } from '#domain/embedding.ts';
import { AppError } from '#domain/errors.ts';
import { parseVersionedId } from '#domain/feature-view.ts';
import { MODEL_KINDS, type ModelSpec, parseModelReference } from '#domain/model.ts';

/** A chat model by its reference: `extractive`, `openai:gpt-4.1-mini`. Throws `invalid_input`. */
export const chatModelSpec = (reference: string): ModelSpec => ({
  kind: 'chat',
  ...parseModelReference(reference),
  base: null,
  datasetId: null,
  parameters: {},
});

/** The model that answers with sentences of the passages; it has nothing to configure. */
export const EXTRACTIVE_MODEL: ModelSpec = chatModelSpec('extractive');

/** An embedder under its fingerprint. `reference` is as configured: `static:models/x`. */
export const embedderModelSpec = (
  spec: EmbedderSpec,
  fingerprint: string,
  reference: string,
): ModelSpec => ({
  kind: 'embedder',
  provider: spec.provider,
  reference,
  base: null,
  datasetId: null,
  parameters: { fingerprint, dimension: spec.dimension, tokensMax: spec.tokensMax },
});

export type ModelRegistration = {
  readonly name: string;
  readonly spec: ModelSpec;
  readonly metrics?: Readonly<Record<string, number>>;
};

/** Throws `invalid_input` naming what cannot be registered. */
export function validateModel({ name, spec, metrics = {} }: ModelRegistration): void {
  requireBareName(name, 'model');
  if (!MODEL_KINDS.includes(spec.kind)) {
    refuse(`model ${name} has kind ${spec.kind}; known are ${MODEL_KINDS.join(', ')}.`);
  }
  const { provider } = parseModelReference(`${spec.provider}:${spec.reference}`);
  if (provider !== spec.provider) refuse(`provider ${spec.provider} of ${name} holds a colon.`);
  const bad = Object.entries(metrics).find(([, value]) => !Number.isFinite(value));
  if (bad !== undefined) refuse(`metric ${bad[0]} of model ${name} is ${bad[1]}, no number.`);
}

/** A name that versions are counted under. */
export function requireBareName(name: string, param: string): void {
  if (parseVersionedId(name).version === null) return;
  throw new AppError('invalid_input', `${name} names a version; write ${param} names without @v.`, {
    param,
  });
}

function refuse(message: string): never {
  throw new AppError('invalid_input', message, { param: 'model' });
}
