import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { sha256 } from '#domain/hash.ts';
import type { VectorCache, VectorSpace } from '#ports/vector-cache.ts';

const SPACE: VectorSpace = { fingerprint: 'emb-1', purpose: 'document' };

/** What every `VectorCache` promises. `open` gives an empty one before each case. */
export function vectorCacheContract(open: () => Promise<VectorCache>): void {
  let cache: VectorCache;
  beforeEach(async () => {
    cache = await open();
  });
  const hash = (text: string) => sha256(text);
  const put = (texts: Readonly<Record<string, readonly number[]>>, space = SPACE) =>
    cache.putMany(
      space,
      new Map(Object.entries(texts).map(([text, all]) => [hash(text), Float32Array.from(all)])),
    );
  const get = async (texts: readonly string[], space = SPACE) => {
    const found = await cache.getMany(space, texts.map(hash));
    return texts.map((text) => found.get(hash(text)) ?? null);
  };

  it('gives what was put, and leaves out what was not', async () => {
    await put({ a: [1, 2], b: [3, 4] });
    expect(await get(['b', 'c', 'a'])).toEqual([
      Float32Array.of(3, 4),
      null,
      Float32Array.of(1, 2),
    ]);
    expect((await cache.getMany(SPACE, [])).size).toBe(0);
    await cache.putMany(SPACE, new Map());
  });

  it('keeps every bit', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.float({ noNaN: true }), { minLength: 1, maxLength: 40 }),
        fc.string(),
        async (all, text) => {
          const space = { ...SPACE, fingerprint: `emb ${text.replaceAll('\0', '')} ${all.length}` };
          const vector = Float32Array.from(all);
          await cache.putMany(space, new Map([[hash(text), vector]]));
          const [kept] = await get([text], space);
          expect(Buffer.from(kept?.buffer ?? new ArrayBuffer())).toEqual(
            Buffer.from(vector.buffer),
          );
          await cache.forget(space.fingerprint);
        },
      ),
      { numRuns: 30 },
    ));

  it('keeps embedders and purposes apart', async () => {
    await put({ a: [1] });
    expect(await get(['a'], { ...SPACE, fingerprint: 'emb-2' })).toEqual([null]);
    expect(await get(['a'], { ...SPACE, purpose: 'query' })).toEqual([null]);
  });

  it('keeps the first vector of a text', async () => {
    await put({ a: [1] });
    await put({ a: [2], b: [3] });
    expect(await get(['a', 'b'])).toEqual([Float32Array.of(1), Float32Array.of(3)]);
  });

  it('hands vectors over, and keeps none of the caller', async () => {
    const mine = Float32Array.of(1, 2);
    await cache.putMany(SPACE, new Map([[hash('a'), mine]]));
    mine.fill(9);
    const [first] = await get(['a']);
    first?.fill(8);
    expect(await get(['a'])).toEqual([Float32Array.of(1, 2)]);
  });

  it('takes vectors of different lengths, views into larger ones, and many at once', async () => {
    const whole = Float32Array.from({ length: 1_000 }, (_, at) => at);
    await cache.putMany(
      SPACE,
      new Map([
        [hash('part'), whole.subarray(10, 13)],
        [hash('other'), Float32Array.of(7)],
      ]),
    );
    expect(await get(['part', 'other'])).toEqual([Float32Array.of(10, 11, 12), Float32Array.of(7)]);
    const texts = Array.from({ length: 2_500 }, (_, at) => `text ${at}`);
    const vectors = texts.map((text, at) => [hash(text), new Float32Array(768).fill(at)] as const);
    await cache.putMany(SPACE, new Map(vectors));
    const found = await cache.getMany(SPACE, texts.map(hash));
    expect(found.size).toBe(texts.length);
    for (const at of [0, 1, 1_365, 1_366, 2_499]) {
      expect(found.get(hash(`text ${at}`))).toEqual(new Float32Array(768).fill(at));
    }
  });

  it('lets writers of the same texts be', async () => {
    await Promise.all(Array.from({ length: 5 }, () => put({ a: [1], b: [2], c: [3] })));
    expect(await get(['a', 'b', 'c'])).toEqual([1, 2, 3].map((one) => Float32Array.of(one)));
  });

  it('forgets an embedder, and no other', async () => {
    await put({ a: [1], b: [2] });
    await put({ a: [1] }, { ...SPACE, purpose: 'query' });
    await put({ a: [1] }, { ...SPACE, fingerprint: 'emb-11' });
    expect(await cache.forget('emb-1')).toBe(3);
    expect(await cache.forget('emb-1')).toBe(0);
    expect(await get(['a', 'b'])).toEqual([null, null]);
    expect(await get(['a'], { ...SPACE, fingerprint: 'emb-11' })).toEqual([Float32Array.of(1)]);
  });
}
