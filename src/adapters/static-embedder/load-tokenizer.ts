import { Tokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import { AppError } from '#domain/errors.ts';
import { createWordPiece, type Tokenize } from './word-piece.ts';

export type LoadedTokenizer = {
  readonly tokenize: Tokenize;
  /** Id that pooling leaves out; −1 when the tokenizer has none. */
  readonly unknownId: number;
  /** One more than the largest id. */
  readonly tokens: number;
};

const wordPieceFile = z.object({
  normalizer: z.object({
    type: z.literal('BertNormalizer'),
    clean_text: z.boolean(),
    handle_chinese_chars: z.boolean(),
    strip_accents: z.boolean().nullish(),
    lowercase: z.boolean(),
  }),
  pre_tokenizer: z.object({ type: z.literal('BertPreTokenizer') }),
  model: z.object({
    type: z.literal('WordPiece'),
    unk_token: z.string(),
    continuing_subword_prefix: z.string(),
    max_input_chars_per_word: z.number(),
    vocab: z.record(z.string(), z.number()),
  }),
  added_tokens: z.array(z.object({ id: z.number(), content: z.string() })).default([]),
});

const anyFile = z.object({
  model: z.object({ unk_token: z.string().nullish(), unk_id: z.number().nullish() }),
});

/**
 * The tokenizer of a `tokenizer.json`: our own for BERT's WordPiece, which is what most static
 * models have, and Hugging Face's for every other kind. Throws `invalid_input` naming `file`.
 */
export function loadTokenizer(file: string, json: unknown): LoadedTokenizer {
  const ours = wordPieceFile.safeParse(json);
  if (ours.success) {
    const { normalizer, model, added_tokens: added } = ours.data;
    const unknownId = model.vocab[model.unk_token];
    if (unknownId === undefined) {
      throw new AppError('invalid_input', `${file}: the vocabulary lacks ${model.unk_token}.`);
    }
    return {
      tokenize: createWordPiece({
        vocabulary: model.vocab,
        unknownToken: model.unk_token,
        continuingPrefix: model.continuing_subword_prefix,
        wordCharactersMax: model.max_input_chars_per_word,
        cleanText: normalizer.clean_text,
        handleChinese: normalizer.handle_chinese_chars,
        stripAccents: normalizer.strip_accents ?? normalizer.lowercase,
        lowercase: normalizer.lowercase,
        addedTokens: new Map(added.map(({ content, id }) => [content, id])),
      }),
      unknownId,
      tokens: endOf([...Object.values(model.vocab), ...added.map((token) => token.id)]),
    };
  }
  return loadOther(file, json);
}

const endOf = (ids: readonly number[]): number => ids.reduce((end, id) => Math.max(end, id + 1), 0);

function loadOther(file: string, json: unknown): LoadedTokenizer {
  const described = anyFile.safeParse(json);
  if (!described.success) {
    throw new AppError('invalid_input', `${file} is no tokenizer.json: it names no model.`);
  }
  const { unk_token: token, unk_id: id } = described.data.model;
  try {
    const tokenizer = new Tokenizer(json as object, {});
    return {
      tokenize: (text) => {
        const { ids } = tokenizer.encode(text, { add_special_tokens: false });
        return { ids: Int32Array.from(ids), length: ids.length };
      },
      unknownId: id ?? (token == null ? -1 : (tokenizer.token_to_id(token) ?? -1)),
      tokens: endOf([...tokenizer.get_vocab().values()]),
    };
  } catch (cause) {
    throw new AppError('invalid_input', `${file} holds a tokenizer that cannot be loaded.`, {
      cause,
    });
  }
}
