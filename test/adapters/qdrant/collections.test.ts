import { describe, expect, it } from 'vitest';
import { createQdrantIndex } from '#adapters/qdrant/qdrant-index.ts';
import { systemClock } from '#adapters/system/system.ts';
import type { IndexStorage } from '#domain/feature-view.ts';
import type { LogFields } from '#ports/system.ts';
import { load, point, signal, viewNumber } from '../../contracts/feature-index/points.ts';
import { indexAt } from './index-at.ts';
import { countOf, useServer } from './using-server.ts';

const view = viewNumber(1, 3, 'collections');
const INDEXED = ['document', 'from', 'language', 'published', 'source', 'tags', 'to'];

describe('qdrant collections', () => {
  const { server, index } = useServer();
  const made = () => server().collections.get(view.collection);

  it('have named vectors, an index for all that is filtered by, and say whose they are', async () => {
    await index().ensure(view, signal);
    expect(made()?.config).toMatchObject({
      vectors: { dense: { size: 3, distance: 'Dot', memory: 'cached' } },
      sparse_vectors: { sparse: { modifier: 'idf', index: { memory: 'pinned' } } },
      metadata: { view: view.id, specHash: view.specHash, fingerprint: view.fingerprint },
    });
    expect([...(made()?.indexed.keys() ?? [])].sort()).toEqual(INDEXED);
    expect(made()?.config).not.toHaveProperty('shard_number');
  });

  it('are stored as they are told to', async () => {
    const storage = {
      vectors: 'disk',
      terms: 'disk',
      quantisation: 'int8',
      shards: 6,
      replicas: 2,
    } as const;
    const stored = (of: IndexStorage) => ({ ...view, spec: { ...view.spec, storage: of } });
    await index().ensure(stored(storage), signal);
    expect(made()?.config).toMatchObject({
      vectors: {
        dense: { memory: 'cold', quantization_config: { scalar: { type: 'int8' } } },
      },
      sparse_vectors: { sparse: { index: { memory: 'cold' } } },
      shard_number: 6,
      replication_factor: 2,
      write_consistency_factor: 2,
    });
    await index().drop(view, signal);
    await index().ensure(stored({ ...storage, quantisation: 'binary' }), signal);
    expect(made()?.config).toMatchObject({
      vectors: { dense: { quantization_config: { binary: {} } } },
    });
  });

  it('are made once by many at once', async () => {
    await Promise.all(Array.from({ length: 6 }, () => index().ensure(view, signal)));
    expect(server().collections.size).toBe(1);
    expect(made()?.indexed.size).toBe(INDEXED.length);
  });

  it('are finished by the next when making them was cut off', async () => {
    server().fail(/PUT .*\/index/, ...Array.from({ length: 5 }, () => ({ status: 500 })));
    await expect(index().ensure(view, signal)).rejects.toMatchObject({ retryable: true });
    expect(made()?.indexed.size).toBe(0);
    await index().ensure(view, signal);
    expect([...(made()?.indexed.keys() ?? [])].sort()).toEqual(INDEXED);
  });

  it('are looked at once when everything is there', async () => {
    await index().ensure(view, signal);
    const before = server().requests.length;
    const mine = index();
    await mine.ensure(view, signal);
    expect(server().requests.slice(before)).toEqual([
      'GET /',
      `GET /collections/${view.collection}`,
    ]);
  });

  it.each([
    ['another embedder of the same dimension', { fingerprint: 'emb-other' }, /fingerprint/],
    ['another spec', { specHash: 'other' }, /specHash/],
    ['another view', { id: 'other@v1' }, /view/],
  ])('are refused when they were made for %s', async (_, changes, why) => {
    await index().ensure(view, signal);
    await expect(index().ensure({ ...view, ...changes }, signal)).rejects.toMatchObject({
      code: 'index_mismatch',
      message: expect.stringMatching(why),
    });
  });

  it.each([
    ['vectors of another name', { vectors: { other: { size: 3, distance: 'Dot' } } }],
    ['another distance', { vectors: { dense: { size: 3, distance: 'Cosine' } } }],
    [
      'terms without rarity',
      {
        vectors: { dense: { size: 3, distance: 'Dot' } },
        sparse_vectors: { sparse: {} },
      },
    ],
    [
      'no word of whose they are',
      {
        vectors: { dense: { size: 3, distance: 'Dot' } },
        sparse_vectors: { sparse: { modifier: 'idf' } },
      },
    ],
  ])('are refused when they have %s', async (_, config) => {
    await fetch(`${server().url}/collections/${view.collection}`, {
      method: 'PUT',
      body: JSON.stringify(config),
    });
    await expect(index().ensure(view, signal)).rejects.toMatchObject({
      code: 'index_mismatch',
      message: expect.stringContaining('drop the collection'),
    });
  });

  it('do not go by without an answer when something else takes the name', async () => {
    const other = viewNumber(2, 3, 'collections');
    await index().ensure(other, signal);
    await index().announce?.({ ...other, name: view.collection }, signal);
    await expect(index().ensure(view, signal)).rejects.toMatchObject({ name: 'AppError' });
  });
});

describe('qdrant aliases', () => {
  const { server, index } = useServer();

  it('follow what is announced', async () => {
    const [one, two] = [view, viewNumber(2, 3, 'collections')];
    for (const each of [one, two]) await index().ensure(each, signal);
    await index().announce?.(one, signal);
    expect(server().aliases.get('collections')).toBe(one.collection);
    await index().announce?.(two, signal);
    await index().announce?.(two, signal);
    expect([...server().aliases]).toEqual([['collections', two.collection]]);
    await index().drop(two, signal);
    expect(server().aliases.size).toBe(0);
  });

  it('are logged, and nothing else, when they cannot be moved', async () => {
    const said: (readonly [string, LogFields | undefined])[] = [];
    const log = { warn: (text: string, fields?: LogFields) => void said.push([text, fields]) };
    await index().ensure(view, signal);
    server().fail(/aliases/, { status: 400, body: { status: { error: 'Wrong input: no' } } });
    await index({ log }).announce?.(view, signal);
    expect(said).toEqual([
      [
        'the alias of a view was not moved',
        { view: view.id, error: expect.stringContaining('Wrong input: no') },
      ],
    ]);
  });
});

describe('qdrant sealing', () => {
  const { server, index } = useServer();
  const looks = () => countOf(server(), /^GET \/collections\/collections_v1$/);

  it('waits until all is indexed, and wakes what sleeps', async () => {
    await index().ensure(view, signal);
    const before = looks();
    server().optimise('yellow', 'grey', 'yellow', 'green', 'red');
    await index().seal(view, 1, signal);
    expect(looks() - before).toBe(4);
    expect(countOf(server(), /^PATCH/)).toBe(1);
  });

  it('goes on after the time it has, and says so', async () => {
    const said: string[] = [];
    let now = 0;
    const mine = index({
      clock: {
        monotonicMs: () => now,
        sleep: async (ms) => {
          now += ms;
        },
      },
      log: { warn: (text) => void said.push(text) },
      limits: { indexingMsMax: 1_000 },
    });
    await mine.ensure(view, signal);
    server().optimise(...Array.from({ length: 50 }, () => 'yellow' as const));
    await mine.seal(view, 1, signal);
    expect(said).toEqual([expect.stringContaining('still indexing')]);
    expect(looks()).toBeLessThan(12);
  });
});

describe('the address of a qdrant', () => {
  const { server } = useServer();

  it.each([
    ['', ''],
    ['/', ''],
    ['/some/path/', '/some/path'],
  ])('may end in "%s"', async (end, path) => {
    server().fail(/./, { status: 404, body: 'not here' });
    await expect(indexAt(`${server().url}${end}`).check(signal)).rejects.toMatchObject({
      code: 'invalid_config',
      param: 'QDRANT_URL',
    });
    expect(server().requests).toEqual([`GET ${path}/`]);
  });

  it.each([
    ['http://127.0.0.1', '127.0.0.1:6333'],
    ['http://127.0.0.1:80', '127.0.0.1:80'],
    ['https://127.0.0.1:443/', '127.0.0.1:443'],
    ['http://127.0.0.1:1', '127.0.0.1:1'],
  ])('%s is reached at %s', async (url, at) => {
    const limits = { retriesMax: 0, timeoutMs: 2_000 };
    await expect(indexAt(url, { limits }).check(signal)).rejects.toThrow(at);
  });

  it('is no https of something that speaks http', async () => {
    const url = server().url.replace('http:', 'https:');
    await expect(indexAt(url).check(signal)).rejects.toMatchObject({
      code: 'invalid_config',
      message: expect.stringContaining('certificate'),
    });
  });

  it('is warned of when a key goes there in clear', () => {
    const warned = (url: string, apiKey: string | null) => {
      const said: string[] = [];
      const log = { warn: (text: string) => void said.push(text) };
      createQdrantIndex({ url, apiKey, log, clock: systemClock, random: () => 0 });
      return said.length;
    };
    expect(warned('http://qdrant.internal:6333', 'key')).toBe(1);
    expect(warned('https://qdrant.internal:6333', 'key')).toBe(0);
    expect(warned('http://127.0.0.1:6333', 'key')).toBe(0);
    expect(warned('http://[::1]:6333', 'key')).toBe(0);
    expect(warned('http://qdrant.internal:6333', null)).toBe(0);
  });

  it('holds what is loaded there', async () => {
    const mine = indexAt(server().url);
    await mine.ensure(view, signal);
    await load(mine, view, [point('a')]);
    expect(server().collections.get(view.collection)?.points.size).toBe(1);
  });
});
