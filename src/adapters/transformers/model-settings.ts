import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '#domain/errors.ts';
import type { Pooling } from './pool-states.ts';

/** What a model's own files say of how it is used; `null` where they say nothing. */
export type ModelSettings = {
  readonly tokenizerJson: object;
  readonly tokenizerConfig: object;
  /** Of `tokenizer.json`. */
  readonly tokenizerText: string;
  /** Most tokens of a text, special ones included. */
  readonly lengthMax: number | null;
  readonly pooling: Pooling | null;
  readonly queryPrefix: string | null;
  readonly documentPrefix: string | null;
};

/** Files of sentence-transformers that a model may have beside its weights. */
export const OPTIONAL_FILES = [
  '1_Pooling/config.json',
  'sentence_bert_config.json',
  'config_sentence_transformers.json',
] as const;

/** Tokenizers without a limit say 10^30. */
const LENGTH_SAID_MAX = 1_000_000;

const length = z
  .number()
  .nullish()
  .transform((said) => (said != null && said <= LENGTH_SAID_MAX ? said : null));
const modelConfig = z.object({
  model_type: z.string().nullish(),
  max_position_embeddings: length,
  pad_token_id: z.number().nullish(),
});
const tokenizerConfig = z.looseObject({ model_max_length: length });
const poolingConfig = z.looseObject({
  pooling_mode_cls_token: z.boolean().optional(),
  pooling_mode_mean_tokens: z.boolean().optional(),
  pooling_mode_lasttoken: z.boolean().optional(),
});
const sentenceConfig = z.object({ max_seq_length: length });
const promptsConfig = z.object({ prompts: z.record(z.string(), z.string()).default({}) });

/** Models whose positions begin behind that of the padding token. */
const OFFSET_POSITIONS = new Set(['roberta', 'xlm-roberta', 'camembert', 'mpnet']);

/**
 * Reads the settings of a model folder. Rejects with `not_found` when `config.json` or
 * `tokenizer.json` is missing, and with `invalid_input` when a file is broken.
 */
export async function readSettings(folder: string): Promise<ModelSettings> {
  const [tokenizerText, config, tokenizer, pooling, sentence, prompts] = await Promise.all([
    readText(folder, 'tokenizer.json'),
    read(folder, 'config.json', modelConfig, true),
    read(folder, 'tokenizer_config.json', tokenizerConfig, false),
    read(folder, OPTIONAL_FILES[0], poolingConfig, false),
    read(folder, OPTIONAL_FILES[1], sentenceConfig, false),
    read(folder, OPTIONAL_FILES[2], promptsConfig, false),
  ]);
  const limits = [
    config === null ? null : positionsOf(config),
    tokenizer?.model_max_length ?? null,
    sentence?.max_seq_length ?? null,
  ].filter((limit) => limit !== null);
  return {
    tokenizerJson: z.looseObject({}).parse(parseJson(folder, 'tokenizer.json', tokenizerText)),
    tokenizerConfig: tokenizer ?? {},
    tokenizerText,
    lengthMax: limits.length === 0 ? null : Math.min(...limits),
    pooling: pooling === null ? null : poolingOf(folder, pooling),
    queryPrefix: prompts?.prompts.query ?? null,
    documentPrefix: prompts?.prompts.document ?? prompts?.prompts.passage ?? null,
  };
}

function positionsOf(config: z.infer<typeof modelConfig>): number | null {
  const positions = config.max_position_embeddings;
  if (positions === null || !OFFSET_POSITIONS.has(config.model_type ?? '')) return positions;
  return positions - (config.pad_token_id ?? 1) - 1;
}

function poolingOf(folder: string, config: z.infer<typeof poolingConfig>): Pooling | null {
  // What a model lacks at the hub is kept as an empty file of settings.
  if (Object.keys(config).length === 0) return null;
  const modes: readonly (readonly [Pooling, boolean | undefined])[] = [
    ['cls', config.pooling_mode_cls_token],
    ['mean', config.pooling_mode_mean_tokens],
    ['last', config.pooling_mode_lasttoken],
  ];
  const chosen = modes.filter(([, isOn]) => isOn);
  const [first] = chosen;
  if (first !== undefined && chosen.length === 1) return first[0];
  throw new AppError(
    'invalid_input',
    `${join(folder, OPTIONAL_FILES[0])} asks for a pooling that is not cls, mean or last token.`,
  );
}

async function read<T>(
  folder: string,
  name: string,
  schema: z.ZodType<T>,
  isNeeded: boolean,
): Promise<T | null> {
  const text = isNeeded ? await readText(folder, name) : await readIfThere(folder, name);
  if (text === null) return null;
  const parsed = schema.safeParse(parseJson(folder, name, text));
  if (parsed.success) return parsed.data;
  throw new AppError('invalid_input', `${join(folder, name)}: ${parsed.error.message}`);
}

async function readText(folder: string, name: string): Promise<string> {
  const text = await readIfThere(folder, name);
  if (text !== null) return text;
  throw new AppError(
    'not_found',
    `${join(folder, name)} is missing; a model folder has config.json, tokenizer.json and onnx/model.onnx.`,
  );
}

async function readIfThere(folder: string, name: string): Promise<string | null> {
  try {
    return await readFile(join(folder, name), 'utf8');
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return null;
    throw new AppError('not_found', `${join(folder, name)} cannot be read.`, { cause: thrown });
  }
}

function parseJson(folder: string, name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid_input', `${join(folder, name)} is no JSON.`, { cause });
  }
}
