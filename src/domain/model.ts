import { AppError } from './errors.ts';
import { hashOf, type Json } from './hash.ts';

export const MODEL_KINDS = ['chat', 'embedder', 'reranker'] as const;
export type ModelKind = (typeof MODEL_KINDS)[number];

/** A registered model. Immutable: another reference or other parameters are another version. */
export type ModelVersion = {
  /** `extractive@v1`. */
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly kind: ModelKind;
  /** `extractive`, `static`, `openai`, `transformers`, or a LangChain provider. */
  readonly provider: string;
  /** What the provider calls it: `gpt-4.1-mini`, a hub id, a folder, a fingerprint. */
  readonly reference: string;
  /** The model it was made from, and the dataset it was fitted on. */
  readonly base: string | null;
  readonly datasetId: string | null;
  readonly parameters: Readonly<Record<string, Json>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly hash: string;
  readonly createdAt: string;
};

export type ModelSpec = Pick<
  ModelVersion,
  'kind' | 'provider' | 'reference' | 'base' | 'datasetId' | 'parameters'
>;

/** Identity of a model version: all but its metrics and dates. */
export const modelHashOf = (model: ModelSpec): string =>
  hashOf({
    kind: model.kind,
    provider: model.provider,
    reference: model.reference,
    base: model.base,
    datasetId: model.datasetId,
    parameters: model.parameters,
  });

/** Splits `openai:gpt-4.1-mini` or `extractive` into provider and reference. */
export function parseModelReference(text: string): { provider: string; reference: string } {
  const colon = text.indexOf(':');
  if (text === '' || text !== text.trim() || colon === 0 || colon === text.length - 1) {
    throw new AppError('invalid_input', `"${text}" is no model; write provider:model.`, {
      param: 'model',
    });
  }
  return colon < 0
    ? { provider: text, reference: text }
    : { provider: text.slice(0, colon), reference: text.slice(colon + 1) };
}
