import { readFile } from 'node:fs/promises';
import { Tokenizer } from '@huggingface/tokenizers';
import { AppError } from '#domain/errors.ts';
import { sha256 } from '#domain/hash.ts';
import { createBytePairCounter } from './byte-pairs.ts';

type Tokens = {
  /** As an `EmbedderSpec` names a tokenizer. */
  readonly name: string;
  count(text: string): number;
  /** Tokens that the model puts around a text. */
  readonly special: number;
};

/** What is known of OpenAI's models: https://platform.openai.com/docs/guides/embeddings. */
const KNOWN: Readonly<Record<string, { readonly tokensMax: number; readonly dollars: number }>> = {
  'text-embedding-3-small': { tokensMax: 8_191, dollars: 0.02 },
  'text-embedding-3-large': { tokensMax: 8_191, dollars: 0.13 },
  'text-embedding-ada-002': { tokensMax: 8_191, dollars: 0.1 },
};

/** What next to every embedding model takes. */
const UNKNOWN_TOKENS_MAX = 512;

export type ModelLimits = {
  readonly tokensMax: number;
  readonly tokens: Tokens;
  /** List price of a million tokens; `null` when it is not known. */
  readonly dollarsPerMillionTokens: number | null;
};

/**
 * How a model's tokens are counted, and how many it takes. OpenAI's own are counted exactly. A model
 * of another server is counted with its `tokenizer.json`; without one, each UTF-8 byte counts as a
 * token, and two more around a text: no tokenizer in use makes more of it, but most make a quarter.
 */
export async function limitsOf(
  model: string,
  { tokensMax, tokenizerFile }: { readonly tokensMax?: number; readonly tokenizerFile?: string },
): Promise<ModelLimits> {
  const known = KNOWN[model];
  if (known !== undefined && tokenizerFile === undefined) {
    const { default: ranks } = await import('js-tiktoken/ranks/cl100k_base');
    const tokens = { name: 'cl100k_base', count: createBytePairCounter(ranks), special: 0 };
    return {
      tokensMax: Math.min(tokensMax ?? known.tokensMax, known.tokensMax),
      tokens,
      dollarsPerMillionTokens: known.dollars,
    };
  }
  const tokens = tokenizerFile === undefined ? BYTES : await tokensOf(tokenizerFile);
  const takes = (tokensMax ?? UNKNOWN_TOKENS_MAX) - tokens.special;
  return {
    tokensMax: takes,
    tokens,
    dollarsPerMillionTokens: known?.dollars ?? null,
  };
}

const BYTES: Tokens = {
  name: 'utf8-bytes',
  count: (text) => Buffer.byteLength(text, 'utf8'),
  special: 2,
};

async function tokensOf(file: string): Promise<Tokens> {
  try {
    const text = await readFile(file, 'utf8');
    const tokenizer = new Tokenizer(JSON.parse(text), {});
    return {
      name: sha256(text),
      count: (content) => tokenizer.encode(content, { add_special_tokens: false }).ids.length,
      special: tokenizer.encode('').ids.length,
    };
  } catch (cause) {
    throw new AppError('invalid_input', `${file} is no tokenizer.json that can be read.`, {
      cause,
    });
  }
}
