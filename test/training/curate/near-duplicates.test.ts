import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jaccard, shinglesOf } from '#domain/minhash.ts';
import {
  clustersOf,
  NEAR_DUPLICATE_MIN,
  nearDuplicates,
} from '#training/curate/near-duplicates.ts';
import { never } from '../world.ts';

const words = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, at) => `${prefix}${at}`);

describe('nearDuplicates', () => {
  /** A text and a copy with its last words replaced: the fewer, the more alike. */
  const edited = (replaced: number) => {
    const base = words(100, 'w');
    return [base.join(' '), [...base.slice(0, 100 - replaced), ...words(replaced, 'x')].join(' ')];
  };

  it.each([
    [0, 1],
    [5, 1],
    [10, 1],
    [20, 0],
    [60, 0],
  ])('with %i of 100 words replaced finds %i pairs', async (replaced, pairs) => {
    const texts = edited(replaced);
    const [a, b] = texts.map(shinglesOf);
    const similarity = jaccard(a ?? new Set(), b ?? new Set());
    expect(similarity >= NEAR_DUPLICATE_MIN ? 1 : 0).toBe(pairs);
    expect(await nearDuplicates(texts, never())).toEqual(
      pairs === 1 ? [{ a: 0, b: 1, similarity }] : [],
    );
  });

  it('finds what comparing all pairs finds, up to joins through others', async () => {
    const text = fc
      .record({ base: fc.nat(4), cut: fc.nat(12), tail: fc.nat(3) })
      .map(({ base, cut, tail }) =>
        [...words(60, `b${base}-`).slice(0, 60 - cut), ...words(cut, `t${tail}-`)].join(' '),
      );
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 12 }), async (texts) => {
        const clusters = await clustersOf(texts, never());
        const shingles = texts.map(shinglesOf);
        shingles.forEach((a, i) => {
          shingles.forEach((b, j) => {
            if (jaccard(a, b) >= NEAR_DUPLICATE_MIN) expect(clusters[i]).toBe(clusters[j]);
          });
          expect(clusters[i]).toBeLessThanOrEqual(i);
        });
        for (const { a, b } of await nearDuplicates(texts, never())) {
          const similarity = jaccard(shingles[a] ?? new Set(), shingles[b] ?? new Set());
          expect(similarity).toBeGreaterThanOrEqual(NEAR_DUPLICATE_MIN);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('gives n − 1 pairs for n copies, and none for texts without words', async () => {
    const copies = Array.from({ length: 20 }, () => words(30, 'w').join(' '));
    expect(await nearDuplicates(copies, never())).toHaveLength(19);
    expect(await nearDuplicates(['', '…', ' '], never())).toEqual([]);
  });

  it('stops when it is told to, also while it computes', async () => {
    await expect(nearDuplicates(['a', 'b'], AbortSignal.abort())).rejects.toThrow();
    const stop = new AbortController();
    const texts = Array.from({ length: 1_000 }, (_, at) => words(20, `t${at}-`).join(' '));
    const finding = nearDuplicates(texts, stop.signal);
    setImmediate(() => stop.abort());
    await expect(finding).rejects.toMatchObject({ name: 'AbortError' });
  });
});
