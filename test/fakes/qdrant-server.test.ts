import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type QdrantServer, startQdrantServer } from './qdrant-server.ts';

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** The layout of the server's own example for rarity by corpus: tenants, and the terms of points. */
const POINTS = [
  ['a', [0, 1]],
  ['a', [0]],
  ['b', [0, 1, 2]],
  ['b', [1]],
] as const;

const rarity = (n: number, df: number): number => Math.log((n - df + 0.5) / (df + 0.5) + 1);

describe('the server that speaks as Qdrant does', () => {
  let server: QdrantServer;
  const call = async (line: string, body?: unknown) => {
    const [method = '', path] = line.split(' ');
    const response = await fetch(`${server.url}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    return { status: response.status, result: answer.result, error: answer.status?.error };
  };
  beforeAll(async () => {
    server = await startQdrantServer();
    await call('PUT /collections/c', {
      vectors: { dense: { size: 2, distance: 'Dot' } },
      sparse_vectors: { text: { modifier: 'idf' } },
    });
    for (const [field_name, type] of [
      ['tenant', 'keyword'],
      ['n', 'integer'],
    ]) {
      await call('PUT /collections/c/index?wait=true', { field_name, field_schema: { type } });
    }
    await call('PUT /collections/c/points?wait=true', {
      points: POINTS.map(([tenant, indices], n) => ({
        id: uuid(n),
        vector: { dense: [1, n], text: { indices, values: indices.map(() => 1) } },
        payload: { tenant, n },
      })),
    });
  });
  afterAll(() => server.close());

  const tenant = (value: string) => ({ must: [{ key: 'tenant', match: { value } }] });
  const sparse = async (more: object = {}) => {
    const query = { indices: [0, 1, 2], values: [1, 1, 1] };
    const searches = [{ query, using: 'text', limit: 10, ...more }];
    const { result } = await call('POST /collections/c/points/query/batch', { searches });
    return new Map<string, number>(
      result[0].points.map(({ id, score }: { id: string; score: number }) => [id, score]),
    );
  };

  it('counts rarity over all points, or over a corpus, whatever the filter', async () => {
    const all = await sparse();
    expect(all.get(uuid(0))).toBeCloseTo(2 * rarity(4, 3), 5);
    expect(all.get(uuid(2))).toBeCloseTo(2 * rarity(4, 3) + rarity(4, 1), 5);
    const params = { idf: { corpus: tenant('a') } };
    const one = await sparse({ params });
    expect(one.get(uuid(1))).toBeCloseTo(rarity(2, 2), 5);
    expect(one.get(uuid(2))).toBeCloseTo(rarity(2, 2) + rarity(2, 1) + rarity(2, 0), 5);
    const filtered = await sparse({ params, filter: tenant('b') });
    expect([...filtered.keys()]).toEqual([uuid(2), uuid(3)]);
    expect(filtered.get(uuid(2))).toBe(one.get(uuid(2)));
    const nothing = { idf: { corpus: { must: [{ key: 'n', range: { lt: 0 } }] } } };
    expect((await sparse({ params: nothing })).get(uuid(3))).toBeCloseTo(Math.LN2, 6);
  });

  it('filters by lookup, range, id and vector', async () => {
    const count = async (filter: object) =>
      (await call('POST /collections/c/points/count', { filter, exact: true })).result?.count;
    expect(await count({ must: [{ key: 'n', range: { gte: 1, lt: 3 } }] })).toBe(2);
    expect(await count({ must_not: [{ key: 'tenant', match: { any: ['a'] } }] })).toBe(2);
    expect(await count({ should: [{ has_id: [uuid(0), uuid(9)] }] })).toBe(1);
    expect(await count({ must: [{ has_vector: 'text' }] })).toBe(4);
    expect(await count({ must: { key: 'tenant', match: { any: [] } } })).toBe(0);
  });

  it('scrolls by id from an offset that it gives', async () => {
    const page = async (offset?: string) =>
      (await call('POST /collections/c/points/scroll', { limit: 3, offset, with_payload: ['n'] }))
        .result;
    const first = await page();
    expect(first.points.map(({ payload }: { payload: unknown }) => payload)).toEqual(
      [0, 1, 2].map((n) => ({ n })),
    );
    expect(first.next_page_offset).toBe(uuid(3));
    expect(await page(uuid(3))).toMatchObject({
      points: [{ id: uuid(3) }],
      next_page_offset: null,
    });
  });

  it.each([
    ['POST /collections/none/points/count', {}, 404, "Collection `none` doesn't exist!"],
    ['PUT /collections/c', { vectors: { v: { size: 1, distance: 'Dot' } } }, 409, 'already exists'],
    [
      'PUT /collections/c/points?wait=true',
      { points: [{ id: uuid(9), vector: { other: [1] } }] },
      400,
      'Not existing vector name error: other',
    ],
    [
      'PUT /collections/c/points?wait=true',
      { points: [{ id: uuid(9), vector: { dense: [1, 2, 3] } }] },
      400,
      'Vector dimension error: expected dim: 2, got 3',
    ],
    ['PUT /collections/c/points?wait=true', { points: [{ id: 'x', vector: {} }] }, 400, 'point ID'],
    [
      'POST /collections/c/points/payload?wait=true',
      { payload: { n: 1 }, points: [uuid(9)] },
      404,
      'No point with id',
    ],
    [
      'POST /collections/c/points/count',
      { filter: { must: [{ key: 'other', match: { value: 'x' } }] } },
      400,
      'Index required',
    ],
    [
      'POST /collections/aliases',
      { actions: [{ create_alias: { alias_name: 'c', collection_name: 'c' } }] },
      409,
      'already exists',
    ],
  ])('refuses %s', async (line, body, status, words) => {
    const refused = await call(line, body);
    expect(refused.status).toBe(status);
    expect(refused.error).toContain(words);
  });

  it('takes its time with a write that nobody waits for', async () => {
    const point = { id: uuid(7), vector: { dense: [1, 7] } };
    const written = await call('PUT /collections/c/points', { points: [point] });
    expect(written.result.status).toBe('acknowledged');
    const read = async () =>
      (await call('POST /collections/c/points', { ids: [uuid(7)], with_vector: ['dense'] })).result;
    expect(await read()).toEqual([]);
    await call('POST /collections/c/points/delete?wait=true', { points: [uuid(8)] });
    expect(await read()).toMatchObject([{ id: uuid(7), vector: { dense: [1, 7] } }]);
  });
});
