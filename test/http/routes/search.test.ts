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
    expect(lockstep).toMatchObject({ pairing: pairing.id, view: 'posts@v1', epoch: 3 });
  });

  it('tells how each hit was found', async () => {
    const { response } = await search({});
    const { data, lockstep } = searchResultSchema.parse(await response.json());
    expect(data[0]).toMatchObject({
      dense_part: 0.75,
      sparse_part: 0,
      fused_rank: 1,
      mmr: { position: 1, relevance: 1, similarity: 0, score: 0.5 },
      widened: { revision_id: 'revision-0', start: 0, end: 20, point_ids: ['point-1', 'point-9'] },
    });
    // An answer of before it was kept says that it does not know.
    expect(data[1]).toMatchObject({ dense_part: null, fused_rank: null, mmr: null, widened: null });
    expect(lockstep.retrieval).toEqual({
      searched_for: 'roll back',
      fusion: 'sum',
      dense_weight: 0.75,
      rrf_k: null,
      candidates: 100,
      dense: { points: 2, least: 0.1, greatest: 0.5 },
      sparse: null,
      fused: { points: 2, least: 0.25, greatest: 0.75 },
      hits_per_document: null,
      mmr_lambda: 0.5,
    });
  });

  it.each([
    [{ tags: 'ops' }, { tags: ['ops'] }],
    [
      { tags: ['ops', 'db'], languages: ['en'], sources: 'blog', since: '2026-01-01' },
      { tags: ['ops', 'db'], languages: ['en'], sources: ['blog'], since: '2026-01-01' },
    ],
    [{ until: '2026-01-31T12:00:00Z' }, { until: '2026-01-31T12:00:00Z' }],
    [{}, {}],
  ])('filters by %j', async (filter, expected) => {
    const { response, answerer } = await search({ filter });
    expect(response.status).toBe(200);
    expect(answerer.questions[0]?.filter).toEqual(expected);
  });

  it.each([3, null])('asks for %j hits of a document', async (count) => {
    const { answerer } = await search({ hits_per_document: count });
    expect(answerer.questions[0]?.hitsPerDocumentMax).toBe(count);
  });

  it('asks what was asked', async () => {
    const { response, answerer } = await search({ limit: 1 });
    expect(searchResultSchema.parse(await response.json()).data).toHaveLength(1);
    expect(answerer.questions).toEqual([
      { text: 'roll back', history: [], target: 'production', epoch: null, filter: null },
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
    ['an unknown filter', { filter: { author: 'me' } }, 'filter.author'],
    ['a filter that is a text', { filter: 'ops' }, 'filter'],
    ['a filter of nothing', { filter: { tags: [] } }, 'filter.tags'],
    ['a blank tag', { filter: { tags: [''] } }, 'filter.tags[0]'],
    ['a number for a source', { filter: { sources: 7 } }, 'filter.sources'],
    ['a date in numbers', { filter: { since: 2026 } }, 'filter.since'],
    ['no hits of a document', { hits_per_document: 0 }, 'hits_per_document'],
  ])('refuses %s', async (_what, body, param) => {
    const { response, answerer } = await search(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'invalid_input', param } });
    expect(answerer.questions).toEqual([]);
  });
});
