import { Tokenizer } from '@huggingface/tokenizers';
import { AppError } from '#domain/errors.ts';
import type { ModelSettings } from './model-settings.ts';

export type TokenCounter = {
  /** Tokens of a text by itself, without those that the model wants around it. */
  count(text: string): number;
  /** Ids of a text as the model wants them, special tokens included. */
  encode(text: string): Int32Array<ArrayBuffer>;
  /** Tokens that `encode` puts around a text. */
  readonly special: number;
};

/** Throws `invalid_input` when the tokenizer is of a kind that is not known. */
export function createTokenCounter(
  folder: string,
  { tokenizerJson, tokenizerConfig }: ModelSettings,
): TokenCounter {
  try {
    const tokenizer = new Tokenizer(tokenizerJson, tokenizerConfig);
    return {
      count: (text) => tokenizer.encode(text, { add_special_tokens: false }).ids.length,
      encode: (text) => Int32Array.from(tokenizer.encode(text).ids),
      special: tokenizer.encode('').ids.length,
    };
  } catch (cause) {
    throw new AppError('invalid_input', `${folder} has a tokenizer that cannot be loaded.`, {
      cause,
    });
  }
}
