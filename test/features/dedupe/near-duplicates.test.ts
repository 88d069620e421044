import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jaccard, shinglesOf } from '#domain/minhash.ts';
import { estimateSimilarity, SIGNATURE_BYTES, signatureOf } from '#features/dedupe/minhash.ts';
import {
  findNearDuplicates,
  SIMILARITY_MIN,
  type Signed,
} from '#features/dedupe/near-duplicates.ts';
import { isPreferred } from '#features/dedupe/preference.ts';
import { createWriter } from './texts.ts';

const entryOf = (id: string, url: string, markdown: string): Signed => ({
  id,
  url,
  signature: signatureOf(markdown),
});

/** A signature of which the hashes from `from` on are other ones than those of its likes. */
function artificial(base: number, from: number, variant: number): Uint8Array {
  const hashes = Uint16Array.from({ length: 256 }, (_, at) =>
    at < from ? (base * 7_919 + at) & 0xffff : (variant * 104_729 + at * 31 + 1) & 0xffff,
  );
  return new Uint8Array(hashes.buffer);
}

describe('findNearDuplicates', () => {
  const { words, reword } = createWriter(1);
  const post = words(300);
  const page = (list: readonly string[]) => list.join(' ');

  it('links copies to the one with the shortest URL, then the first by code unit', () => {
    const entries = [
      entryOf('1', 'https://a.example/post?print=1', page(post)),
      entryOf('2', 'https://a.example/post', page(post)),
      entryOf('3', 'https://b.example/post', page(post)),
      entryOf('4', 'https://a.example/other', page(words(300))),
    ];
    expect(findNearDuplicates(entries)).toEqual([
      { id: '1', canonicalId: '2', similarity: 1 },
      { id: '3', canonicalId: '2', similarity: 1 },
    ]);
  });

  it('tells two entries of one URL apart by their ids', () => {
    const entries = ['b', 'a'].map((id) => entryOf(id, 'https://a.example/', page(post)));
    expect(findNearDuplicates(entries)).toEqual([{ id: 'b', canonicalId: 'a', similarity: 1 }]);
  });

  it('does not judge texts that are too short', () => {
    const entries = ['1', '2'].map((id) => entryOf(id, `https://a.example/${id}`, 'The same.'));
    expect(entries.map(({ signature }) => signature)).toEqual([null, null]);
    expect(findNearDuplicates(entries)).toEqual([]);
    expect(findNearDuplicates([])).toEqual([]);
  });

  it.each([
    [0.003, true],
    [0.01, true],
    [0.05, false],
    [0.3, false],
  ])('of posts in which %f of the words are others', (share, isFound) => {
    const copy = reword(post, share);
    const similarity = jaccard(shinglesOf(page(post)), shinglesOf(page(copy)));
    expect(similarity >= SIMILARITY_MIN).toBe(isFound);
    const entries = [
      entryOf('1', 'https://a.example/', page(post)),
      entryOf('2', 'https://a.example/2', page(copy)),
    ];
    expect(findNearDuplicates(entries)).toHaveLength(isFound ? 1 : 0);
  });

  it('takes no chain of small changes for one post', () => {
    // Each is .9 alike to the next one, and the third .8 to the first.
    const drift = [0, 26, 52].map((replaced, at) => {
      const hashes = new Uint16Array(256).map((_, hash) =>
        hash < replaced ? 40_000 + hash : hash + 1,
      );
      return {
        id: `${at}`,
        url: `https://a.example/${'x'.repeat(at)}`,
        signature: new Uint8Array(hashes.buffer),
      };
    });
    const [a, b, c] = drift.map(({ signature }) => signature);
    expect(estimateSimilarity(b ?? new Uint8Array(), c ?? new Uint8Array())).toBeGreaterThan(0.85);
    expect(estimateSimilarity(a ?? new Uint8Array(), c ?? new Uint8Array())).toBeLessThan(0.85);
    expect(findNearDuplicates(drift).map(({ id, canonicalId }) => [id, canonicalId])).toEqual([
      ['1', '0'],
    ]);
  });

  it('chooses the most similar of those that are kept', () => {
    const far = { id: 'far', url: 'https://a.example/', signature: artificial(1, 0, 5) };
    const near = { id: 'near', url: 'https://a.example/b', signature: artificial(1, 0, 6) };
    const mixed = new Uint8Array(far.signature);
    mixed.set(near.signature.subarray(0, 300), 0);
    const between = { id: 'between', url: 'https://a.example/ccc', signature: mixed };
    const found = findNearDuplicates([between, far, near], { similarityMin: 0.5 });
    expect(found).toEqual([{ id: 'between', canonicalId: 'near', similarity: 150 / 256 }]);
  });

  it('refuses signatures of another version, and thresholds that bands do not serve', () => {
    const other = { id: '1', url: 'https://a.example/x', signature: new Uint8Array(128) };
    expect(() => findNearDuplicates([other])).toThrow(/a\.example\/x has 128 bytes.*reextract/);
    expect(() => findNearDuplicates([], { similarityMin: 0.2 })).toThrow(/similarityMin/);
    expect(() => findNearDuplicates([], { similarityMin: Number.NaN })).toThrow(/similarityMin/);
  });

  describe('of any documents', () => {
    const documents = fc
      .array(
        fc.record({
          base: fc.nat(2),
          from: fc.integer({ min: 180, max: 256 }),
          variant: fc.nat(4),
        }),
        {
          maxLength: 24,
        },
      )
      .map((list) =>
        list.map(({ base, from, variant }, at) => ({
          id: `${at}`,
          url: `https://a.example/${'p'.repeat(at % 4)}${at}`,
          signature: artificial(base, from, variant),
        })),
      );

    it('gives the same in whatever order they come', () => {
      fc.assert(
        fc.property(documents, fc.infiniteStream(fc.nat()), (entries, order) => {
          const shuffled = entries
            .map((entry) => ({ entry, key: Number(order.next().value) }))
            .sort((a, b) => a.key - b.key)
            .map(({ entry }) => entry);
          expect(findNearDuplicates(shuffled)).toEqual(findNearDuplicates(entries));
        }),
      );
    });

    it('links each to a preferred one that is kept and similar, and misses none', () => {
      fc.assert(
        fc.property(documents, (entries) => {
          const byId = new Map(entries.map((entry) => [entry.id, entry]));
          const found = new Map(findNearDuplicates(entries).map((link) => [link.id, link]));
          const kept = entries.filter(({ id }) => !found.has(id));
          for (const { id, canonicalId, similarity } of found.values()) {
            const [own, canonical] = [byId.get(id), byId.get(canonicalId)];
            if (own === undefined || canonical === undefined) throw new Error('an unknown id');
            expect(found.has(canonicalId)).toBe(false);
            expect(similarity).toBe(estimateSimilarity(own.signature, canonical.signature));
            expect(similarity).toBeGreaterThanOrEqual(SIMILARITY_MIN);
            expect(isPreferred(canonical.url, own.url)).toBe(true);
          }
          for (const a of kept) {
            for (const b of kept) {
              if (a === b) continue;
              expect(estimateSimilarity(a.signature, b.signature)).toBeLessThan(SIMILARITY_MIN);
            }
          }
        }),
        { numRuns: 300 },
      );
    });
  });

  it('compares with few even when all share a band, or all are the same', () => {
    const count = 10_000;
    const alike = artificial(1, 256, 0);
    const same = Array.from({ length: count }, (_, at) => ({
      id: `${at}`,
      url: `https://a.example/${at}`,
      signature: alike,
    }));
    expect(findNearDuplicates(same)).toHaveLength(count - 1);
    // Half of the hashes are everyone's: 16 bands of them in one bucket each, and none alike.
    const sharing = same.map((entry, at) => ({ ...entry, signature: artificial(1, 128, at + 1) }));
    expect(findNearDuplicates(sharing)).toEqual([]);
    const pair = { id: 'x', url: 'https://a.example/', signature: artificial(1, 128, 5_000) };
    expect(findNearDuplicates([...sharing, pair])).toEqual([
      { id: '4999', canonicalId: 'x', similarity: 1 },
    ]);
  });

  it('reads a signature as its bytes say, wherever they lie in their buffer', () => {
    const signature = artificial(1, 256, 0);
    const within = new Uint8Array(SIGNATURE_BYTES + 1);
    within.set(signature, 1);
    const entries = [
      { id: '1', url: 'https://a.example/1', signature },
      { id: '2', url: 'https://a.example/2', signature: within.subarray(1) },
    ];
    expect(findNearDuplicates(entries)).toHaveLength(1);
  });
});
