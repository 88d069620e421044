import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  loadTransformersEmbedder,
  type TransformersEmbedder,
  type TransformersEmbedderOptions,
} from '#adapters/transformers/transformers-embedder.ts';
import { embedderContract } from '../../contracts/embedder.ts';
import { tinyBertFolder } from '../../fakes/tiny-bert.ts';

const signal = new AbortController().signal;
const folders = { fp32: tinyBertFolder(), q8: tinyBertFolder({ dtype: 'q8' }) };
const cacheFolder = mkdtempSync(join(tmpdir(), 'lockstep-models-'));
const opened: TransformersEmbedder[] = [];
afterAll(async () => {
  await Promise.all(opened.map((embedder) => embedder.close()));
  for (const folder of [cacheFolder, ...Object.values(folders)])
    rmSync(folder, { recursive: true });
});

async function open(options: Partial<TransformersEmbedderOptions> = {}) {
  const embedder = await loadTransformersEmbedder({
    model: folders.fp32,
    cacheFolder,
    threads: 2,
    ...options,
  });
  opened.push(embedder);
  return embedder;
}

/** A copy of the tiny model's folder with files of one's own in it. */
function folderWith(files: Readonly<Record<string, object | string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-bert-'));
  cpSync(folders.fp32, folder, { recursive: true });
  cpSync(join(folders.fp32, 'config.json'), join(folder, '1_Pooling', 'config.json'));
  rmSync(join(folder, '1_Pooling', 'config.json'));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(
      join(folder, name),
      typeof content === 'string' ? content : JSON.stringify(content),
    );
  }
  return folder;
}

describe('transformers embedder', () => {
  embedderContract({ make: open, again: () => open({ threads: 1 }) });
});

describe('transformers embedder of bytes', () => {
  const q8 = { model: folders.q8, dtype: 'q8' } as const;
  embedderContract({ make: () => open(q8), again: () => open({ ...q8, threads: 1 }) });
});

describe('the spec of a transformers embedder', () => {
  it('says what the model is, with its weights and tokenizer by content', async () => {
    const { spec } = await open();
    expect(spec).toEqual({
      provider: 'transformers',
      model: basename(folders.fp32),
      revision: expect.stringMatching(/^[0-9a-f]{64}-fp32$/),
      dimension: 32,
      pooling: 'mean',
      normalisation: 'l2',
      queryPrefix: '',
      documentPrefix: '',
      tokensMax: 62,
      tokenizer: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const other = tinyBertFolder({ seed: 6 });
    expect((await open({ model: other })).spec.revision).not.toBe(spec.revision);
  });

  it('takes what is given, then what the folder says, then what is known of the name', async () => {
    const said = folderWith({
      '1_Pooling/config.json': { pooling_mode_cls_token: true },
      'sentence_bert_config.json': { max_seq_length: 20 },
      'config_sentence_transformers.json': { prompts: { query: 'ask: ', document: 'told: ' } },
    });
    expect((await open({ model: said })).spec).toMatchObject({
      pooling: 'cls',
      tokensMax: 18,
      queryPrefix: 'ask: ',
      documentPrefix: 'told: ',
    });
    const given = { pooling: 'last', queryPrefix: '', tokensMax: 9, normalise: false } as const;
    expect((await open({ model: said, ...given })).spec).toMatchObject({
      pooling: 'last',
      normalisation: 'none',
      tokensMax: 9,
      queryPrefix: '',
      documentPrefix: 'told: ',
    });
    const named = join(mkdtempSync(join(tmpdir(), 'lockstep-')), 'e5-small-v2');
    cpSync(folders.fp32, named, { recursive: true });
    expect((await open({ model: named })).spec).toMatchObject({
      queryPrefix: 'query: ',
      documentPrefix: 'passage: ',
    });
  });

  it('refuses more tokens than the model has places for', async () => {
    await expect(open({ tokensMax: 63 })).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

describe('vectors of a transformers embedder', () => {
  it('are pooled as asked, prefixes included', async () => {
    const texts = ['roll back the index', 'eggs and butter'];
    const of = async (options: Partial<TransformersEmbedderOptions>) =>
      (await open(options)).embed(texts, 'query', signal);
    const mean = await of({});
    expect(await of({ pooling: 'cls' })).not.toEqual(mean);
    expect(await of({ pooling: 'last' })).not.toEqual(await of({ pooling: 'cls' }));
    const prefixed = await of({ queryPrefix: 'search ' });
    const [first] = await (await open()).embed(['search roll back the index'], 'document', signal);
    expect(prefixed[0]).toEqual(first);
    for (const vector of await of({ normalise: false })) {
      expect(Math.abs(Math.hypot(...vector) - 1)).toBeGreaterThan(0.1);
    }
  });

  it('count the prefix against the limit, and not the special tokens', async () => {
    const { embed, spec } = await open({ documentPrefix: 'the text ' });
    const words = (count: number) => Array(count).fill('index').join(' ');
    expect(await embed([words(spec.tokensMax - 2)], 'document', signal)).toHaveLength(1);
    expect(await embed([words(spec.tokensMax)], 'query', signal)).toHaveLength(1);
    await expect(embed([words(spec.tokensMax - 1)], 'document', signal)).rejects.toMatchObject({
      code: 'text_too_long',
    });
  });

  it('come from whatever tokens there are, even none', async () => {
    const { embed, countTokens } = await open();
    const vectors = await embed(['', ' \n', '😀', '[SEP]'], 'query', signal);
    expect(vectors.every((vector) => vector.every(Number.isFinite))).toBe(true);
    expect(vectors[0]).toEqual(vectors[1]);
    expect(countTokens('')).toBe(0);
  });
});

describe('a folder that is no model', () => {
  const refused = async (options: Partial<TransformersEmbedderOptions>) =>
    open(options).then(
      () => null,
      (thrown) => ({ code: thrown.code, message: thrown.message }),
    );

  it('is refused with what it has', async () => {
    expect(await refused({ dtype: 'q8' })).toEqual({
      code: 'not_found',
      message: expect.stringMatching(/model_quantized\.onnx.*it has fp32/),
    });
    expect(await refused({ model: '/nowhere/at/all' })).toMatchObject({ code: 'not_found' });
    expect(await refused({ model: 'two words' })).toMatchObject({ code: 'invalid_input' });
  });

  it.each([
    ['onnx/model.onnx', 'not protobuf', 'invalid_input'],
    ['tokenizer.json', '{', 'invalid_input'],
    ['tokenizer.json', '{"model": {"type": "Unheard"}}', 'invalid_input'],
    ['config.json', '[]', 'invalid_input'],
    [
      '1_Pooling/config.json',
      '{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true}',
      'invalid_input',
    ],
    ['tokenizer_config.json', '{"model_max_length": "long"}', 'invalid_input'],
  ])('is refused when %s is %s', async (name, content, code) => {
    expect(await refused({ model: folderWith({ [name]: content }) })).toMatchObject({ code });
  });

  it.each(['config.json', 'tokenizer.json'])('is refused without %s', async (name) => {
    const folder = folderWith({});
    rmSync(join(folder, name));
    const refusal = await refused({ model: folder });
    expect(['not_found', 'invalid_input']).toContain(refusal?.code);
    expect(refusal?.message).toContain(folder);
  });
});
