import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jaccard, minHashOf, mix32, shinglesOf } from '#domain/minhash.ts';

const words = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, at) => `${prefix}${at}`);

describe('shinglesOf', () => {
  it('has one shingle per window of five words', () => {
    expect(shinglesOf(words(9, 'w').join(' ')).size).toBe(5);
    expect(shinglesOf('one two three').size).toBe(1);
    expect(shinglesOf(' — ').size).toBe(0);
  });

  it('does not see case, punctuation or white space, and sees the order', () => {
    const plain = shinglesOf('one two three four five six');
    expect(shinglesOf('One, two\n\nTHREE — four (five) six!')).toEqual(plain);
    expect(shinglesOf('six five four three two one')).not.toEqual(plain);
  });

  it('takes each character of a script without spaces for a word', () => {
    expect(shinglesOf('我们今天发布了新版本').size).toBe(10 - 4);
    expect(shinglesOf('私はTypeScriptが好き').size).toBe(6 - 4);
  });

  it('does not cut words at their marks', () => {
    expect(shinglesOf('हिन्दी में पाँच शब्द हैं')).toHaveProperty('size', 1);
    expect(shinglesOf('e\u0301te\u0301 à b c d e')).toEqual(shinglesOf('été à b c d e'));
  });
});

describe('jaccard', () => {
  const sets = fc.uniqueArray(fc.nat(30), { maxLength: 20 });
  it('is the share of the union that both hold, either way round', () => {
    fc.assert(
      fc.property(sets, sets, (left, right) => {
        const [a, b] = [new Set(left), new Set(right)];
        const union = a.union(b).size;
        expect(jaccard(a, b)).toBe(union === 0 ? 0 : a.intersection(b).size / union);
        expect(jaccard(a, b)).toBe(jaccard(b, a));
      }),
    );
  });
});

describe('minHashOf', () => {
  const hashes = fc.uniqueArray(fc.nat(1_000_000), { minLength: 1, maxLength: 40 });

  it('gives the least of each order, so that a union has the lesser of both', () => {
    fc.assert(
      fc.property(hashes, hashes, (a, b) => {
        const [left, right] = [minHashOf(a, 16), minHashOf(b, 16)];
        const union = minHashOf([...a, ...b], 16);
        expect([...union]).toEqual([...left].map((hash, at) => Math.min(hash, right[at] ?? 0)));
      }),
    );
  });

  it('begins with the orders of a shorter one, and depends on no order of members', () => {
    fc.assert(
      fc.property(hashes, (set) => {
        expect(minHashOf(set, 32).slice(0, 8)).toEqual(minHashOf(set.toReversed(), 8));
      }),
    );
    expect(minHashOf([], 3)).toEqual(Uint32Array.of(0xffffffff, 0xffffffff, 0xffffffff));
  });

  it.each([0.2, 0.5, 0.85])('agrees on about %f of the orders of sets that similar', (share) => {
    const orders = 4_096;
    const size = 1_000;
    const shared = Math.round((2 * size * share) / (1 + share));
    const a = Array.from({ length: size }, (_, at) => mix32(at));
    const b = Array.from({ length: size }, (_, at) => mix32(at < shared ? at : at + 1_000_000));
    const [left, right] = [minHashOf(a, orders), minHashOf(b, orders)];
    const agreed = left.filter((hash, at) => hash === right[at]).length / orders;
    const deviation = Math.sqrt((share * (1 - share)) / orders);
    expect(Math.abs(agreed - jaccard(new Set(a), new Set(b)))).toBeLessThan(4 * deviation);
  });
});

describe('mix32', () => {
  it('gives no two numbers the same hash, and moves about half of the bits', () => {
    expect(new Set(Array.from({ length: 100_000 }, (_, at) => mix32(at))).size).toBe(100_000);
    fc.assert(
      fc.property(fc.nat(), fc.nat(31), (value, bit) => {
        const moved = mix32(value) ^ mix32(value ^ (1 << bit));
        const count = moved.toString(2).replace(/[^1]/g, '').length;
        expect(count).toBeGreaterThan(0);
        expect(mix32(value)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
