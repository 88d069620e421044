import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import { readSafetensors } from '../../../src/adapters/static-embedder/safetensors.ts';
import { loadStaticEmbedder } from '../../../src/adapters/static-embedder/static-embedder.ts';
import { copiesOf, piecesOf, whole } from './texts.ts';

const TOKENS = 200;
const CHUNKS = 4_000;
const ROUNDS = 5;

/**
 * Chunks of 200 tokens embedded a second by the static embedder, on one core, beside the plain way:
 * Hugging Face's tokenizer for JavaScript and a table of floats. Both see the same texts in turns, the
 * best of the rounds is shown, and their vectors must agree.
 */
export async function benchStatic(folder: string): Promise<string> {
  const { signal } = new AbortController();
  const start = performance.now();
  const embedder = await loadStaticEmbedder(folder);
  const loadMs = performance.now() - start;
  const chunks = piecesOf(CHUNKS, () => TOKENS, embedder.countTokens);
  const tokens = chunks.reduce((sum, chunk) => sum + embedder.countTokens(chunk), 0);
  const plain = plainEmbedder(folder);
  const best = { ours: Number.POSITIVE_INFINITY, plain: Number.POSITIVE_INFINITY };
  let furthest = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const texts = copiesOf(chunks);
    let begun = performance.now();
    const ours = await embedder.embed(texts, 'document', signal);
    best.ours = Math.min(best.ours, performance.now() - begun);
    begun = performance.now();
    const theirs = texts.map(plain);
    best.plain = Math.min(best.plain, performance.now() - begun);
    for (const [at, vector] of ours.entries()) {
      for (const [d, value] of vector.entries()) {
        furthest = Math.max(furthest, Math.abs(value - (theirs[at]?.[d] ?? 0)));
      }
    }
  }
  const rate = (ms: number): string =>
    `${whole(chunks.length / (ms / 1_000)).padStart(7)} chunks/s, ` +
    `${(tokens / ms / 1_000).toFixed(2)} million tokens/s`;
  return [
    `static ${folder}: loaded in ${loadMs.toFixed(0)} ms; ${chunks.length} chunks of ` +
      `${(tokens / chunks.length).toFixed(0)} tokens, one core`,
    `  lockstep              ${rate(best.ours)}`,
    `  plain JavaScript      ${rate(best.plain)}`,
    `  largest difference of a value: ${furthest.toExponential(1)}`,
    '',
  ].join('\n');
}

function plainEmbedder(folder: string): (text: string) => Float32Array {
  const file = `${folder}/model.safetensors`;
  const tensor = readSafetensors(file, readFileSync(file)).get('embeddings');
  if (tensor === undefined) throw new Error(`${file} holds no table named embeddings`);
  const { dtype, bytes } = tensor;
  if (dtype !== 'I8' && dtype !== 'F32') {
    throw new Error(`${file} is ${dtype}; give an I8 or F32 one`);
  }
  const table = Float32Array.from(
    dtype === 'I8' ? new Int8Array(bytes.buffer) : new Float32Array(bytes.buffer),
  );
  const dimension = tensor.shape[1] ?? 0;
  const json = JSON.parse(readFileSync(`${folder}/tokenizer.json`, 'utf8'));
  const tokenizer = new Tokenizer(json, {});
  const unknown = tokenizer.token_to_id(json.model.unk_token);
  return (text) => {
    const { ids } = tokenizer.encode(text, { add_special_tokens: false });
    const sum = new Float32Array(dimension);
    for (const id of ids) {
      if (id === unknown) continue;
      for (let d = 0; d < dimension; d++) sum[d] = (sum[d] ?? 0) + (table[id * dimension + d] ?? 0);
    }
    const length = Math.hypot(...sum) || 1;
    return sum.map((value) => value / length);
  };
}
