import { describe, expect, it } from 'vitest';
import { searchResultSchema } from '#http/routes/search.ts';
import { createWorld, post } from '../world.ts';

const search = async (body: object) => {
  const world = await createWorld({ limits: { hitsMax: 20 } });
  const request = { model: 'production', query: 'roll back', ...body };
  return { ...world, response: await world.app.request('/v1/search', post(request)) };
};

describe('a search', () => {
  it('gives hits with their scores, and where they were looked for', async () => {
    const { response, pairing } = await search({ epoch: 3 });
    const { data, lockstep } = searchResultSchema.parse(await response.json());
    expect(data.map((hit) => [hit.number, hit.point_id, hit.score, hit.dense_rank])).toEqual([
      [1, 'point-1', 0.75, 1],
      [2, 'point-2', 0.25, 2],
    ]);
    expect(lockstep).toEqual({ pairing: pairing.id, view: 'posts@v1', epoch: 3 });
  });

  it('asks what was asked', async () => {
    const { response, answerer } = await search({ limit: 1 });
    expect(searchResultSchema.parse(await response.json()).data).toHaveLength(1);
    expect(answerer.questions).toEqual([
      { text: 'roll back', history: [], target: 'production', epoch: null },
    ]);
  });

  it.each([
    ['no query', { query: undefined }, 'query'],
    ['a blank query', { query: ' ' }, 'query'],
    ['no model', { model: undefined }, 'model'],
    ['limit 0', { limit: 0 }, 'limit'],
    ['a limit over the cap', { limit: 21 }, 'limit'],
    ['half a limit', { limit: 1.5 }, 'limit'],
    ['a limit in words', { limit: '5' }, 'limit'],
    ['epoch 0', { epoch: 0 }, 'epoch'],
    ['a mistyped field', { topk: 5 }, 'topk'],
  ])('refuses %s', async (_what, body, param) => {
    const { response, answerer } = await search(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'invalid_input', param } });
    expect(answerer.questions).toEqual([]);
  });
});
