import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export type TensorParts = {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
};

const VOCABULARY = ['[PAD]', '[UNK]', 'red', 'green', 'blue', '##s'] as const;

/** A safetensors file as the format's description has it. */
export function safetensors(tensors: Readonly<Record<string, TensorParts>>): Buffer {
  let end = 0;
  const entries = Object.entries(tensors).map(([name, { dtype, shape, bytes }]) => {
    const start = end;
    end += bytes.length;
    return [name, { dtype, shape, data_offsets: [start, end] }] as const;
  });
  const header = Buffer.from(
    JSON.stringify({ __metadata__: { format: 'pt' }, ...Object.fromEntries(entries) }),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, ...Object.values(tensors).map(({ bytes }) => bytes)]);
}

export const tokenizerOf = (vocabulary: readonly string[] = VOCABULARY) => ({
  normalizer: {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
  },
  added_tokens: [],
});

export const bytesOf = (values: ArrayBufferView): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

export const floats = (shape: readonly number[], values: readonly number[]): TensorParts => ({
  dtype: 'F32',
  shape,
  bytes: bytesOf(Float32Array.from(values)),
});

/** Rows for `VOCABULARY`, two dimensions: red east, green north, blue west twice as long. */
export const ROWS = [0, 0, 9, 9, 1, 0, 0, 1, -2, 0, 0, 3] as const;

/** A model folder for one test; `null` leaves a file out. */
export async function modelFolder(
  files: Readonly<Record<string, string | Uint8Array | null>> = {},
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-model-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const all = {
    'model.safetensors': safetensors({ embeddings: floats([6, 2], ROWS) }),
    'tokenizer.json': JSON.stringify(tokenizerOf()),
    'config.json': JSON.stringify({ normalize: false }),
    ...files,
  };
  for (const [name, content] of Object.entries(all)) {
    if (content !== null) await writeFile(join(folder, name), content);
  }
  return folder;
}
