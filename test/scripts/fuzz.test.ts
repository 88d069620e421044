import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mutate } from '../../scripts/fuzz/mutate.ts';
import { PARSERS } from '../../scripts/fuzz/parsers.ts';
import { createRandom } from '../../scripts/random.ts';

describe.each(PARSERS)('$name', ({ parse }) => {
  it('come back from whatever bytes there are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        await parse(bytes);
      }),
      { numRuns: 40 },
    );
  });
});

describe('mutations', () => {
  it('are the same for the same seed, and others for another', () => {
    const seed = new TextEncoder().encode('<p>a page of text</p>'.repeat(10));
    const made = (start: number) => {
      const random = createRandom(start);
      return Array.from({ length: 20 }, () =>
        Buffer.from(mutate(seed, seed, random)).toString('hex'),
      );
    };
    expect(made(1)).toEqual(made(1));
    expect(made(1)).not.toEqual(made(2));
    expect(new Set(made(1)).size).toBeGreaterThan(10);
  });

  it('leave their seed as it is', () => {
    const seed = new TextEncoder().encode('abc');
    const random = createRandom(3);
    for (let at = 0; at < 100; at += 1) mutate(seed, seed, random);
    expect(new TextDecoder().decode(seed)).toBe('abc');
  });
});
