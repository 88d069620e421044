import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BlockFacts, blockHash, factsOf } from '#features/clean/template-hash.ts';

const kind = fc.constantFrom(
  ...(['text', 'item', 'quote', 'table', 'html', 'code', 'rule'] as const),
);
const facts: fc.Arbitrary<BlockFacts> = fc.oneof(
  fc.record({ kind, level: fc.constant(0), words: fc.nat(4_095) }),
  fc.record({
    kind: fc.constant('heading' as const),
    level: fc.integer({ min: 1, max: 7 }),
    words: fc.nat(4_095),
  }),
);

describe('blockHash', () => {
  it('tells kind, level and words of a block, whatever its text', () => {
    fc.assert(
      fc.property(fc.string(), facts, (text, fact) => {
        const hash = blockHash(text, fact);
        expect(factsOf(hash)).toEqual(fact);
        expect(BigInt.asUintN(64, hash)).toBe(hash);
      }),
    );
  });

  it('counts no more words than it has room for', () => {
    const fact = { kind: 'text', level: 0, words: 1_000_000 } as const;
    expect(factsOf(blockHash('long', fact))).toEqual({ ...fact, words: 4_095 });
  });

  it('differs with text and kind', () => {
    const text = { kind: 'text', level: 0, words: 1 } as const;
    const hashes = [
      blockHash('a', text),
      blockHash('b', text),
      blockHash('a', { ...text, kind: 'item' }),
    ];
    expect(new Set(hashes).size).toBe(3);
  });
});

describe('factsOf', () => {
  it('takes a hash that no block has for code, which never goes', () => {
    expect(factsOf(0n).kind).toBe('code');
    expect(factsOf(0xffffn).kind).toBe('code');
  });
});
