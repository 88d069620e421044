import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { knownHabits } from '#adapters/transformers/known-models.ts';
import { readSettings } from '#adapters/transformers/model-settings.ts';
import { poolStates } from '#adapters/transformers/pool-states.ts';
import { readWeights } from '#adapters/transformers/weights.ts';
import { rejection } from '../../fakes/collect.ts';

function folderOf(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-model-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

describe('pooling', () => {
  // Two texts of three rows of two; the second has one row of filling.
  const states = {
    values: Float32Array.of(1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 99, 99),
    lengths: [3, 2],
    length: 3,
    width: 2,
  };
  it.each([
    ['mean', [3, 4, 20, 30]],
    ['cls', [1, 2, 10, 20]],
    ['last', [5, 6, 30, 40]],
  ] as const)('by %s leaves filling out', (pooling, expected) => {
    expect([...poolStates(states, pooling, false)]).toEqual(expected);
  });
  it('gives unit length when asked, and leaves zeros', () => {
    const one = { values: Float32Array.of(3, 4, 0, 0), lengths: [1, 1], length: 1, width: 2 };
    expect([...poolStates(one, 'mean', true)]).toEqual([Math.fround(0.6), Math.fround(0.8), 0, 0]);
  });
});

describe('habits of known models', () => {
  it.each([
    ['intfloat/multilingual-e5-small', 'mean', 'query: ', 'passage: '],
    [
      'Xenova/bge-small-en-v1.5',
      'cls',
      'Represent this sentence for searching relevant passages: ',
      '',
    ],
    ['BAAI/bge-m3', 'cls', '', ''],
    ['nomic-ai/nomic-embed-text-v1.5', 'mean', 'search_query: ', 'search_document: '],
    ['Xenova/gte-small', 'mean', '', ''],
    ['Alibaba-NLP/gte-base-en-v1.5', 'cls', '', ''],
    ['/models/all-MiniLM-L6-v2', 'mean', '', ''],
    ['Snowflake/snowflake-arctic-embed-m-v2.0', 'cls', 'query: ', ''],
  ])('%s', (model, pooling, queryPrefix, documentPrefix) => {
    expect(knownHabits(model)).toEqual({ pooling, queryPrefix, documentPrefix });
  });
  it('are unknown of others', () => {
    expect(knownHabits('someone/else')).toBeNull();
    expect(knownHabits('e5-small/other')).toBeNull();
  });
});

describe('weights', () => {
  it('are known by the content of all their files', async () => {
    const folder = folderOf({ 'model.onnx': 'graph', 'model.onnx_data': 'tensors', other: 'x' });
    const hash = createHash('sha256').update('graphtensors').digest('hex');
    expect(await readWeights(folder, 'model.onnx')).toEqual({ hash, quantisesBatches: false });
  });

  it.each([0, 1, 7, (1 << 20) - 8, (1 << 20) - 1, 1 << 20])(
    'tell of an operator at byte %i that looks at a whole batch',
    async (at) => {
      const bytes = Buffer.alloc((1 << 20) + 100, '.');
      bytes.write('DynamicQuantizeLinear', at);
      const folder = folderOf({ 'model.onnx': bytes });
      expect((await readWeights(folder, 'model.onnx')).quantisesBatches).toBe(true);
    },
  );

  it('that are missing are named', async () => {
    const missing = await rejection(readWeights(folderOf({}), 'model.onnx'));
    expect(missing).toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('model.onnx'),
    });
  });
});

describe('settings', () => {
  const read = (files: Readonly<Record<string, object>>) =>
    readSettings(
      folderOf({
        'tokenizer.json': '{}',
        ...Object.fromEntries(
          Object.entries(files).map(([name, file]) => [name, JSON.stringify(file)]),
        ),
      }),
    );
  it('take the least of the lengths that are given', async () => {
    const config = { model_type: 'bert', max_position_embeddings: 512 };
    expect((await read({ 'config.json': config })).lengthMax).toBe(512);
    const limited = { 'config.json': config, 'tokenizer_config.json': { model_max_length: 128 } };
    expect((await read(limited)).lengthMax).toBe(128);
    const endless = { 'config.json': config, 'tokenizer_config.json': { model_max_length: 1e30 } };
    expect((await read(endless)).lengthMax).toBe(512);
    expect((await read({ 'config.json': {} })).lengthMax).toBeNull();
  });
  it('leave out the places before which the positions of some models begin', async () => {
    const config = { model_type: 'xlm-roberta', max_position_embeddings: 514, pad_token_id: 1 };
    expect((await read({ 'config.json': config })).lengthMax).toBe(512);
  });
});
