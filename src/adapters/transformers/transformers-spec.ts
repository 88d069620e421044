import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { EmbedderSpec } from '#domain/embedding.ts';
import { AppError } from '#domain/errors.ts';
import { sha256 } from '#domain/hash.ts';
import { knownHabits } from './known-models.ts';
import type { ModelSettings } from './model-settings.ts';
import type { Pooling } from './pool-states.ts';

/**
 * Which model, and how it is used. What is left out is as the model's own files say, else as is known
 * of its name, else the mean of its states, of unit length, without prefixes.
 */
export type ModelWishes = {
  /** A hub id (`Xenova/all-MiniLM-L6-v2`) or a folder laid out like one. */
  readonly model: string;
  readonly pooling?: Pooling;
  readonly queryPrefix?: string;
  readonly documentPrefix?: string;
  /** Special tokens left out; less than the model takes, or as much. */
  readonly tokensMax?: number;
  /** Whether vectors get unit length; they do when left out. */
  readonly normalise?: boolean;
};

export type FoundModel = {
  readonly dimension: number;
  readonly settings: ModelSettings;
  /** Tokens that the model wants around a text. */
  readonly special: number;
  readonly revision: string;
};

/** The spec of a model that was loaded. Throws `invalid_input` on a `tokensMax` that it cannot have. */
export function transformersSpec(
  wishes: ModelWishes,
  { dimension, settings, special, revision }: FoundModel,
): { readonly spec: EmbedderSpec; readonly pooling: Pooling } {
  const known = knownHabits(wishes.model);
  const pooling = wishes.pooling ?? settings.pooling ?? known?.pooling ?? 'mean';
  const spec: EmbedderSpec = {
    provider: 'transformers',
    // The same folder elsewhere is the same model.
    model: existsSync(wishes.model) ? basename(resolve(wishes.model)) : wishes.model,
    revision,
    dimension,
    pooling,
    normalisation: (wishes.normalise ?? true) ? 'l2' : 'none',
    queryPrefix: wishes.queryPrefix ?? settings.queryPrefix ?? known?.queryPrefix ?? '',
    documentPrefix: wishes.documentPrefix ?? settings.documentPrefix ?? known?.documentPrefix ?? '',
    tokensMax: tokensMaxOf(wishes, settings, special),
    tokenizer: sha256(settings.tokenizerText),
  };
  return { spec, pooling };
}

function tokensMaxOf(wishes: ModelWishes, settings: ModelSettings, special: number): number {
  const takes = settings.lengthMax === null ? null : settings.lengthMax - special;
  const wished = wishes.tokensMax ?? takes;
  if (wished === null) {
    throw new AppError(
      'invalid_input',
      `the files of ${wishes.model} do not say how long a text may be; give tokensMax.`,
      { param: 'tokensMax' },
    );
  }
  if (Number.isSafeInteger(wished) && wished >= 1 && wished <= (takes ?? wished)) return wished;
  throw new AppError(
    'invalid_input',
    `tokensMax of ${wishes.model} is ${wished}, but it takes 1 to ${takes ?? 'any number of'} tokens.`,
    { param: 'tokensMax' },
  );
}
