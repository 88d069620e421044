import { describe, expect, it } from 'vitest';
import { createKeyRing } from '#http/middleware/key-ring.ts';
import { createFakeClock } from '../../fakes/clock.ts';
import { createKeysInMemory } from '../world.ts';

const LIMITS = { keyCacheMs: 5_000, keysCachedMax: 2 };

function createRing(requireKey = false) {
  const keys = createKeysInMemory();
  const clock = createFakeClock();
  return { keys, clock, ring: createKeyRing({ keys, clock, requireKey, limits: LIMITS }) };
}

describe('demanded', () => {
  it('is what the server says, without asking', async () => {
    const { ring, keys } = createRing(true);
    expect(await ring.demanded()).toBe(true);
    expect(keys.reads.list).toBe(0);
  });

  it('begins with the first key, and does not end with the last', async () => {
    const { ring, keys, clock } = createRing();
    expect(await ring.demanded()).toBe(false);
    const id = await keys.make('sesame');
    await clock.advance(LIMITS.keyCacheMs);
    expect(await ring.demanded()).toBe(true);
    await keys.revoke(id, clock.now());
    await clock.advance(LIMITS.keyCacheMs);
    expect(await ring.demanded()).toBe(true);
  });

  it('asks the registry once in a while', async () => {
    const { ring, keys, clock } = createRing();
    for (let request = 0; request < 10; request += 1) await ring.demanded();
    expect(keys.reads.list).toBe(1);
    await clock.advance(LIMITS.keyCacheMs);
    await ring.demanded();
    expect(keys.reads.list).toBe(2);
  });
});

describe('find', () => {
  it('knows keys by their hash', async () => {
    const { ring, keys } = createRing();
    const id = await keys.make('sesame');
    expect(await ring.find('sesame')).toBe(id);
    expect(await ring.find('Sesame')).toBeNull();
  });

  it('lets a new key in at once, and a revoked one no longer than it is believed', async () => {
    const { ring, keys, clock } = createRing();
    expect(await ring.find('sesame')).toBeNull();
    const id = await keys.make('sesame');
    expect(await ring.find('sesame')).toBe(id);
    await keys.revoke(id, clock.now());
    await clock.advance(LIMITS.keyCacheMs);
    expect(await ring.find('sesame')).toBeNull();
  });

  it('remembers no more keys than it may', async () => {
    const { ring, keys } = createRing();
    for (const secret of ['a', 'b', 'c']) await keys.make(secret);
    for (const secret of ['a', 'b', 'c', 'c', 'b']) await ring.find(secret);
    expect(keys.reads.find).toBe(3);
    await ring.find('a');
    expect(keys.reads.find).toBe(4);
  });
});
