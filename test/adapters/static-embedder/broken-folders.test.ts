import { describe, expect, it } from 'vitest';
import { loadStaticEmbedder } from '#adapters/static-embedder/static-embedder.ts';
import { bytesOf, floats, modelFolder, ROWS, safetensors, tokenizerOf } from './model-folder.ts';

const embeddings = floats([6, 2], ROWS);
const whole = safetensors({ embeddings });
const table = { dtype: 'F32', shape: [6, 2] };

/** A safetensors file with a header of one's own before twelve floats. */
function headed(header: string, length = Buffer.byteLength(header)): Buffer {
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(length));
  return Buffer.concat([size, Buffer.from(header), Buffer.alloc(48)]);
}

const entry = (parts: object): Buffer => headed(JSON.stringify({ embeddings: parts }));

async function expectRefused(_: string, name: string, content: string | Uint8Array) {
  const folder = await modelFolder({ [name]: content });
  await expect(loadStaticEmbedder(folder)).rejects.toMatchObject({
    name: 'AppError',
    code: 'invalid_input',
    message: expect.stringContaining(`${folder}/${name}`),
  });
}

describe('a broken model folder', () => {
  it.each(['model.safetensors', 'tokenizer.json', 'config.json'])('lacks %s', async (name) => {
    const folder = await modelFolder({ [name]: null });
    await expect(loadStaticEmbedder(folder)).rejects.toMatchObject({
      name: 'AppError',
      code: 'not_found',
      message: expect.stringContaining(`${folder}/${name}`),
    });
  });

  it('is not there', async () => {
    await expect(loadStaticEmbedder('/nowhere/model')).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('/nowhere/model'),
    });
  });

  it.each<[string, string, string | Uint8Array]>([
    ['no JSON', 'config.json', '{'],
    ['a list for a config', 'config.json', '[]'],
    ['a config of other types', 'config.json', '{"normalize":"yes"}'],
    ['no JSON', 'tokenizer.json', 'vocab'],
    ['a tokenizer without a model', 'tokenizer.json', '{}'],
    ['a tokenizer of no kind', 'tokenizer.json', '{"model":{"type":"Magic","vocab":{}}}'],
    ['nothing', 'model.safetensors', ''],
    ['a header that is cut off', 'model.safetensors', whole.subarray(0, 40)],
    ['a table that is cut off', 'model.safetensors', whole.subarray(0, whole.length - 4)],
    ['a header longer than the file', 'model.safetensors', headed('{}', 1_000_000)],
    ['a header longer than any number', 'model.safetensors', Buffer.alloc(64, 0xff)],
    ['a header that is no JSON', 'model.safetensors', headed('{"embeddings":')],
    ['a header that is no object', 'model.safetensors', headed('null')],
    ['a header that is a list', 'model.safetensors', headed('[1]')],
    ['a tensor without a shape', 'model.safetensors', entry({ dtype: 'F32' })],
    ['offsets that go back', 'model.safetensors', entry({ ...table, data_offsets: [48, 0] })],
    ['offsets before the file', 'model.safetensors', entry({ ...table, data_offsets: [-48, 0] })],
    ['offsets after the file', 'model.safetensors', entry({ ...table, data_offsets: [48, 96] })],
    [
      'an unknown element type',
      'model.safetensors',
      entry({ dtype: 'Q4', shape: [6, 2], data_offsets: [0, 48] }),
    ],
  ])('holds %s in %s', expectRefused);

  it.each<[string, string, string | Uint8Array]>([
    [
      'a vocabulary without its unknown token',
      'tokenizer.json',
      JSON.stringify(tokenizerOf(['red', 'green'])),
    ],
    [
      'a negative side',
      'model.safetensors',
      entry({ dtype: 'F32', shape: [-6, -2], data_offsets: [0, 48] }),
    ],
    [
      'a table of integers',
      'model.safetensors',
      entry({ dtype: 'I32', shape: [6, 2], data_offsets: [0, 48] }),
    ],
    ['no table', 'model.safetensors', safetensors({ others: embeddings })],
    ['a table of one side', 'model.safetensors', safetensors({ embeddings: floats([12], ROWS) })],
    [
      'fewer rows than the vocabulary has tokens',
      'model.safetensors',
      safetensors({ embeddings: floats([3, 2], ROWS.slice(0, 6)) }),
    ],
    [
      'fewer weights than tokens',
      'model.safetensors',
      safetensors({ embeddings, weights: floats([2], [1, 1]) }),
    ],
    [
      'a mapping of floats',
      'model.safetensors',
      safetensors({ embeddings, mapping: floats([6], [0, 0, 0, 0, 0, 0]) }),
    ],
    [
      'a mapping to rows that are not there',
      'model.safetensors',
      safetensors({
        embeddings,
        mapping: { dtype: 'I32', shape: [6], bytes: bytesOf(Int32Array.of(0, 1, 2, 3, 4, 6)) },
      }),
    ],
  ])('holds %s in %s', expectRefused);
});
