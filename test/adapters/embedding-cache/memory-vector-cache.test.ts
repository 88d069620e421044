import { describe, expect, it } from 'vitest';
import { createMemoryVectorCache } from '#adapters/embedding-cache/memory-vector-cache.ts';
import { vectorCacheContract } from '../../contracts/vector-cache.ts';

describe('vector cache in memory', () => {
  vectorCacheContract(async () => createMemoryVectorCache({ vectorsMax: 10_000 }));

  it('lets go of what was not used for longest', async () => {
    const cache = createMemoryVectorCache({ vectorsMax: 2 });
    const space = { fingerprint: 'emb-1', purpose: 'query' } as const;
    const put = (hash: string) => cache.putMany(space, new Map([[hash, Float32Array.of(1)]]));
    await put('a');
    await put('b');
    await cache.getMany(space, ['a']);
    await put('c');
    expect([...(await cache.getMany(space, ['a', 'b', 'c'])).keys()]).toEqual(['a', 'c']);
  });

  it('holds at least one', () => {
    expect(() => createMemoryVectorCache({ vectorsMax: 0 })).toThrow(/at least 1/);
  });
});
