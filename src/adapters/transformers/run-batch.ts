import { type PreTrainedModel, Tensor } from '@xenova/transformers';
import { poolStates } from './pool-states.ts';
import type { ThreadBatch } from './thread-messages.ts';

/** The vectors of a batch, one after the other, in its order. */
export async function runBatch(
  model: PreTrainedModel,
  batch: ThreadBatch,
): Promise<Float32Array<ArrayBuffer>> {
  if (!batch.alone || batch.ids.length === 1) return runTogether(model, batch);
  const vectors: Float32Array<ArrayBuffer>[] = [];
  for (const ids of batch.ids) vectors.push(await runTogether(model, { ...batch, ids: [ids] }));
  const dimension = vectors[0]?.length ?? 0;
  const all = new Float32Array(vectors.length * dimension);
  for (const [at, vector] of vectors.entries()) all.set(vector, at * dimension);
  return all;
}

async function runTogether(
  model: PreTrainedModel,
  { ids, pooling, normalise }: ThreadBatch,
): Promise<Float32Array<ArrayBuffer>> {
  const lengths = ids.map((one) => one.length);
  const length = Math.max(1, ...lengths);
  const dims = [ids.length, length];
  const size = ids.length * length;
  // Low halves of 64-bit numbers: ids are small, and a `BigInt` for each costs more than the rest.
  const idWords = new Int32Array(2 * size);
  const maskWords = new Int32Array(2 * size);
  for (const [text, tokens] of ids.entries()) {
    for (let at = 0; at < tokens.length; at++) {
      const word = 2 * (text * length + at);
      idWords[word] = tokens[at] as number;
      maskWords[word] = 1;
    }
  }
  const tensor = (words: Int32Array<ArrayBuffer>) =>
    new Tensor('int64', new BigInt64Array(words.buffer), dims);
  const outputs: unknown = await model({
    input_ids: tensor(idWords),
    attention_mask: tensor(maskWords),
  });
  const states = statesOf(outputs);
  const width = states.dims.at(-1) ?? 0;
  return poolStates({ values: states.data, lengths, length, width }, pooling, normalise);
}

const STATES = ['last_hidden_state', 'token_embeddings'];

/** The hidden states among a model's outputs: texts × length × width. */
function statesOf(outputs: unknown): { readonly data: Float32Array; readonly dims: number[] } {
  const named = typeof outputs === 'object' && outputs !== null ? Object.entries(outputs) : [];
  const found = named.find(([name]) => STATES.includes(name))?.[1];
  if (!(found instanceof Tensor) || found.dims.length !== 3) {
    throw new Error(`it gives ${named.map(([name]) => name).join(', ')}, and no ${STATES[0]}`);
  }
  const { data, dims } = found;
  if (!(data instanceof Float32Array)) {
    throw new Error(`its output is of type ${found.type}; choose dtype fp32`);
  }
  return { data, dims };
}
