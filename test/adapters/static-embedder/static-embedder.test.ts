import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadStaticEmbedder } from '#adapters/static-embedder/static-embedder.ts';
import { embedderContract } from '../../contracts/embedder.ts';
import {
  bytesOf,
  floats,
  modelFolder,
  ROWS,
  safetensors,
  type TensorParts,
  tokenizerOf,
} from './model-folder.ts';

const SHIPPED = 'models/lockstep-static-en-v1';
const POTION = '../shared/models/potion-base-4M-int8';
const signal = new AbortController().signal;

describe('static embedder', () => {
  embedderContract({
    make: () => loadStaticEmbedder(SHIPPED),
    again: () => loadStaticEmbedder(SHIPPED),
  });

  it('says which model it is', async () => {
    const { spec } = await loadStaticEmbedder(SHIPPED);
    expect(spec).toMatchObject({
      provider: 'static',
      model: 'lockstep-static-en-v1',
      dimension: 256,
      pooling: 'mean',
      normalisation: 'l2',
      tokensMax: 512,
    });
  });

  it('gives zeros for a text without any known token', async () => {
    const { embed, spec } = await loadStaticEmbedder(SHIPPED);
    const zeros = new Float32Array(spec.dimension);
    expect(await embed(['', ' \n', '… — !?', '😀'], 'query', signal)).toEqual(Array(4).fill(zeros));
  });

  it('adds up more rows than one packed sum holds', async () => {
    const { embed } = await loadStaticEmbedder(SHIPPED);
    const [one, many] = await embed(['index', Array(511).fill('index').join(' ')], 'query', signal);
    for (const [at, value] of (one ?? []).entries()) expect(many?.[at]).toBeCloseTo(value, 5);
  });

  it.skipIf(!existsSync(POTION))(
    `loads a model of others (skipped without ${POTION})`,
    async () => {
      const { embed, spec } = await loadStaticEmbedder(POTION);
      expect(spec.dimension).toBe(128);
      const [king, queen, tax] = await embed(['king', 'queen', 'tax return'], 'query', signal);
      const dot = (a?: Float32Array, b?: Float32Array) =>
        a?.reduce((sum, value, at) => sum + value * (b?.[at] ?? 0), 0) ?? Number.NaN;
      expect(dot(king, queen)).toBeGreaterThan(dot(king, tax) + 0.2);
    },
  );
});

/** One text's vector with a model of one's own. */
async function vectorOf(
  text: string,
  tensors: Readonly<Record<string, TensorParts>>,
  config: object = { normalize: false },
): Promise<readonly number[]> {
  const folder = await modelFolder({
    'model.safetensors': safetensors(tensors),
    'config.json': JSON.stringify(config),
  });
  const { embed } = await loadStaticEmbedder(folder);
  return [...((await embed([text], 'document', signal))[0] ?? [])];
}

describe('tables of a static embedder', () => {
  const embeddings = floats([6, 2], ROWS);

  it('give the mean of the rows, unknown words left out', async () => {
    expect(await vectorOf('red green', { embeddings })).toEqual([0.5, 0.5]);
    expect(await vectorOf('reds', { embeddings })).toEqual([0.5, 1.5]);
    expect(await vectorOf('red purple, green!', { embeddings })).toEqual([0.5, 0.5]);
    expect(await vectorOf('purple', { embeddings })).toEqual([0, 0]);
  });

  it('give unit length when the config says so, and when it says nothing', async () => {
    const unit = [Math.SQRT1_2, Math.SQRT1_2].map(Math.fround);
    expect(await vectorOf('red green', { embeddings }, { normalize: true })).toEqual(unit);
    expect(await vectorOf('red green', { embeddings }, {})).toEqual(unit);
  });

  it.each<[string, Uint8Array]>([
    ['F16', bytesOf(Uint16Array.from(ROWS, half))],
    ['BF16', bytesOf(Uint16Array.from(ROWS, (value) => bits(value) >>> 16))],
    ['F64', bytesOf(Float64Array.from(ROWS))],
    ['I8', bytesOf(Int8Array.from(ROWS))],
  ])('hold %s', async (dtype, bytes) => {
    const tensors = { embeddings: { dtype, shape: [6, 2], bytes } };
    expect(await vectorOf('red blue reds', tensors)).toEqual(
      await vectorOf('red blue reds', { embeddings }),
    );
    expect(await vectorOf('blue', tensors)).toEqual([-2, 0]);
  });

  it('of bytes may have an odd length', async () => {
    const rows = Int8Array.from({ length: 18 }, (_, at) => (at % 5) - 2);
    const odd = { dtype: 'I8', shape: [6, 3], bytes: bytesOf(rows) };
    expect(await vectorOf('red', { embeddings: odd })).toEqual([...rows.slice(6, 9)]);
  });

  it('are found under the name that sentence-transformers gives', async () => {
    expect(await vectorOf('blue', { 'embedding.weight': embeddings })).toEqual([-2, 0]);
  });

  it('have a weight for each token when there is one', async () => {
    const weights = floats([6], [1, 1, 4, 2, 1, 1]);
    expect(await vectorOf('red green', { embeddings, weights })).toEqual([2, 1]);
  });

  it.each<[string, Uint8Array]>([
    ['I64', bytesOf(BigInt64Array.of(0n, 0n, 1n, 2n, 1n, 2n))],
    ['I32', bytesOf(Int32Array.of(0, 0, 1, 2, 1, 2))],
  ])('may be shared by tokens, through a mapping of %s', async (dtype, bytes) => {
    const tensors = {
      embeddings: floats([3, 2], [0, 0, 1, 0, 0, 1]),
      mapping: { dtype, shape: [6], bytes },
    };
    expect(await vectorOf('red blue', tensors)).toEqual([1, 0]);
    expect(await vectorOf('green', tensors)).toEqual([0, 1]);
  });

  it('of bytes agree with floats, with weights and without', async () => {
    const packed = { dtype: 'I8', shape: [6, 2], bytes: bytesOf(Int8Array.from(ROWS)) };
    const weights = floats([6], [1, 1, 4, 2, 1, 1]);
    expect(await vectorOf('red green', { embeddings: packed, weights })).toEqual([2, 1]);
    const extremes = bytesOf(Int8Array.from([0, 0, 9, 9, 127, -128, -128, 127, 0, 0, 0, 0]));
    const far = { dtype: 'I8', shape: [6, 2], bytes: extremes };
    const text = Array(300).fill('red').join(' ');
    expect(await vectorOf(text, { embeddings: far })).toEqual([127, -128]);
  });
});

describe('other tokenizers', () => {
  it('are read by the general one', async () => {
    const tokenizer = {
      ...tokenizerOf(),
      normalizer: { type: 'Lowercase' },
      pre_tokenizer: { type: 'Whitespace' },
      post_processor: null,
      decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    };
    const folder = await modelFolder({ 'tokenizer.json': JSON.stringify(tokenizer) });
    const { embed, countTokens } = await loadStaticEmbedder(folder);
    expect((await embed(['RED purple blue'], 'query', signal)).map((v) => [...v])).toEqual([
      [-0.5, 0],
    ]);
    expect(countTokens('red reds')).toBe(3);
  });
});

function bits(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0;
}

/** Small whole numbers to IEEE 754 binary16. */
function half(value: number): number {
  if (value === 0) return 0;
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  const fraction = Math.abs(value) / 2 ** exponent - 1;
  return (value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | (fraction * 1_024);
}
