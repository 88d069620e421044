import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import type { EmbedderSpec } from '#domain/embedding.ts';
import { AppError } from '#domain/errors.ts';
import { sha256 } from '#domain/hash.ts';
import type { Embedder } from '#ports/embedder.ts';
import { loadTokenizer } from './load-tokenizer.ts';
import { readSafetensors } from './safetensors.ts';
import { createStaticTable } from './static-table.ts';

/** Model2Vec's `encode` cuts a text after this many tokens; here a longer text is refused. */
const TOKENS_MAX = 512;
/** Texts embedded between two looks at the signal. */
const TEXTS_PER_TURN = 256;

const configFile = z.object({
  normalize: z.boolean().default(true),
  seq_length: z.number().int().positive().optional(),
});

/**
 * Loads a Model2Vec folder (`model.safetensors`, `tokenizer.json`, `config.json`): a table with a
 * vector for every token; a text's vector is the mean of its tokens' rows. Rejects with `not_found`
 * when a file is missing and `invalid_input` when one is broken.
 */
export async function loadStaticEmbedder(folder: string): Promise<Embedder> {
  const [weights, tokenizerText, configText] = await Promise.all([
    read(folder, 'model.safetensors'),
    read(folder, 'tokenizer.json'),
    read(folder, 'config.json'),
  ]);
  const config = configFile.safeParse(parseJson(folder, 'config.json', configText));
  if (!config.success) {
    throw new AppError('invalid_input', `${join(folder, 'config.json')}: ${config.error.message}`);
  }
  const tokenizerFile = join(folder, 'tokenizer.json');
  const { tokenize, unknownId, tokens } = loadTokenizer(
    tokenizerFile,
    parseJson(folder, 'tokenizer.json', tokenizerText),
  );
  const weightsFile = join(folder, 'model.safetensors');
  const table = createStaticTable({
    file: weightsFile,
    tensors: readSafetensors(weightsFile, weights),
    tokens,
    unknownId,
    normalise: config.data.normalize,
  });
  const spec: EmbedderSpec = {
    provider: 'static',
    model: basename(resolve(folder)),
    revision: sha256(weights),
    dimension: table.dimension,
    pooling: 'mean',
    normalisation: config.data.normalize ? 'l2' : 'none',
    queryPrefix: '',
    documentPrefix: '',
    tokensMax: Math.min(config.data.seq_length ?? TOKENS_MAX, TOKENS_MAX),
    tokenizer: sha256(tokenizerText),
  };
  const embedOne = (text: string, position: number): Float32Array => {
    const { ids, length } = tokenize(text);
    if (length > spec.tokensMax) {
      throw new AppError(
        'text_too_long',
        `text ${position} has ${length} tokens; ${spec.model} takes ${spec.tokensMax}. Cut it into chunks.`,
      );
    }
    return table.pool(ids, length);
  };
  return {
    spec,
    countTokens: (text) => tokenize(text).length,
    embed: async (texts, _purpose, signal) => {
      const vectors: Float32Array[] = [];
      for (const [position, text] of texts.entries()) {
        if (position % TEXTS_PER_TURN === 0) signal.throwIfAborted();
        vectors.push(embedOne(text, position));
      }
      return vectors;
    },
  };
}

async function read(folder: string, name: string): Promise<Uint8Array> {
  try {
    return await readFile(join(folder, name));
  } catch (cause) {
    throw new AppError(
      'not_found',
      `${join(folder, name)} cannot be read; a static model is a folder with model.safetensors, ` +
        'tokenizer.json and config.json.',
      { cause },
    );
  }
}

function parseJson(folder: string, name: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new AppError('invalid_input', `${join(folder, name)} is no JSON.`, { cause });
  }
}
