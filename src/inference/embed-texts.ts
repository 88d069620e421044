import { type EmbeddingPurpose, prepareText } from '#domain/embedding.ts';
import { AppError } from '#domain/errors.ts';
import type { ServingDependencies } from './dependencies.ts';
import { resolveServing } from './resolve.ts';

/** Texts of one request. */
const TEXTS_MAX = 2_048;

export type EmbedTextsRequest = {
  /** A channel's name or a pairing's id. */
  readonly target: string;
  readonly texts: readonly string[];
  readonly purpose: EmbeddingPurpose;
};

export type EmbeddedTexts = {
  /** In the order of the texts. */
  readonly vectors: readonly Float32Array[];
  /** Of all texts, prefixes included. */
  readonly tokens: number;
  readonly pairingId: string;
  /** What the view's embedder calls its model. */
  readonly model: string;
};

/**
 * The vectors that a target's view would hold, or search with: the same text preparation and the
 * same checked embedder. Rejects with `invalid_input` for no text or more than 2,048,
 * `text_too_long` naming a text's position, and with what resolving a target rejects with.
 */
export async function embedTexts(
  deps: ServingDependencies,
  { target, texts, purpose }: EmbedTextsRequest,
  signal: AbortSignal,
): Promise<EmbeddedTexts> {
  if (texts.length === 0 || texts.length > TEXTS_MAX) {
    throw new AppError(
      'invalid_input',
      `embed 1 to ${TEXTS_MAX} texts at once, not ${texts.length}.`,
      { param: 'input' },
    );
  }
  const { embedder, pairing } = await resolveServing(deps, target, signal);
  const { spec } = embedder;
  const prefix = purpose === 'query' ? spec.queryPrefix : spec.documentPrefix;
  const prepared = texts.map(prepareText);
  return {
    vectors: await embedder.embed(prepared, purpose, signal),
    tokens: prepared.reduce((sum, text) => sum + embedder.countTokens(prefix + text), 0),
    pairingId: pairing.id,
    model: spec.model,
  };
}
