import { describe, expect, it } from 'vitest';
import { embeddingListSchema } from '#http/routes/embeddings.ts';
import { createWorld, post } from '../world.ts';

const embed = async (body: object) => {
  const { app, pairing } = await createWorld({ limits: { textsMax: 3 } });
  const response = await app.request('/v1/embeddings', post({ model: 'production', ...body }));
  return { response, pairing };
};

describe('vectors', () => {
  it('come in the order of the texts, with what they came from', async () => {
    const { response, pairing } = await embed({ input: ['a', 'bbb'] });
    expect(embeddingListSchema.parse(await response.json())).toEqual({
      object: 'list',
      data: [
        { object: 'embedding', index: 0, embedding: [1, 0.5] },
        { object: 'embedding', index: 1, embedding: [3, 0.5] },
      ],
      model: 'production',
      usage: { prompt_tokens: 6, total_tokens: 6 },
      lockstep: { pairing: pairing.id, embedder: 'lite', purpose: 'document' },
    });
  });

  it('come for one text, and for a question when it is one', async () => {
    const { response } = await embed({ input: 'ab', lockstep: { purpose: 'query' } });
    const { data, lockstep } = embeddingListSchema.parse(await response.json());
    expect(data.map(({ embedding }) => embedding)).toEqual([[2, 1]]);
    expect(lockstep.purpose).toBe('query');
  });

  it('come as little-endian floats in base64', async () => {
    const { response } = await embed({ input: 'abcd', encoding_format: 'base64' });
    const { data } = embeddingListSchema.parse(await response.json());
    const bytes = Buffer.from(String(data[0]?.embedding), 'base64');
    expect([bytes.length, bytes.readFloatLE(0), bytes.readFloatLE(4)]).toEqual([8, 4, 0.5]);
  });

  it('come whole out of a larger buffer', async () => {
    const all = new Float32Array([1, 2, 3, 4]);
    const { app } = await createWorld({
      embedTexts: async () => ({
        vectors: [all.subarray(2, 4)],
        tokens: 1,
        pairingId: 'pairing-1',
        model: 'lite',
      }),
    });
    const body = { model: 'production', input: 'a', encoding_format: 'base64' };
    const response = await app.request('/v1/embeddings', post(body));
    const { data } = embeddingListSchema.parse(await response.json());
    const bytes = Buffer.from(String(data[0]?.embedding), 'base64');
    expect([bytes.length, bytes.readFloatLE(0), bytes.readFloatLE(4)]).toEqual([8, 3, 4]);
  });
});

describe('refusals', () => {
  it.each([
    ['token numbers', { input: [1, 2] }, 'input', 'token numbers are not read'],
    ['lists of token numbers', { input: [[1, 2]] }, 'input', 'token numbers are not read'],
    ['nothing', {}, 'input', 'give a text'],
    ['no text', { input: [] }, 'input', '1 to 3 texts, not 0'],
    ['too many texts', { input: ['a', 'b', 'c', 'd'] }, 'input', '1 to 3 texts, not 4'],
    ['an empty text', { input: '' }, 'input', 'empty'],
    ['an empty text among others', { input: ['a', ''] }, 'input[1]', 'empty'],
    ['another encoding', { input: 'a', encoding_format: 'int8' }, 'encoding_format', 'base64'],
    ['other dimensions', { input: 'a', dimensions: 256 }, 'dimensions', '2 dimensions, not 256'],
    ['an unknown purpose', { input: 'a', lockstep: { purpose: 'x' } }, 'lockstep.purpose', 'query'],
  ])('names what is wrong with %s', async (_what, body, param, reason) => {
    const { response } = await embed(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: 'invalid_input', param, message: expect.stringContaining(reason) },
    });
  });

  it('takes the dimension that the view has', async () => {
    const { response } = await embed({ input: 'a', dimensions: 2 });
    expect(response.status).toBe(200);
  });
});
