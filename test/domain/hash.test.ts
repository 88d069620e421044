import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, hasherOf, hashOf, type Json, sha256, uuidOf } from '#domain/hash.ts';

const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 5 }),
  ),
})).value;

/** The same value with the members of every object in another order. */
function reordered(value: Json): Json {
  if (Array.isArray(value)) return value.map(reordered);
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).reverse();
  return Object.fromEntries(
    members.map(([key, member]) => [key, member === undefined ? member : reordered(member)]),
  );
}

describe('canonicalJson', () => {
  it.each<[Json, string]>([
    [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
    [{ a: undefined, b: 2 }, '{"b":2}'],
    [{ é: 1, z: 2, '\ud83d\ude00': 3, '\ufb33': 4 }, '{"z":2,"é":1,"\ud83d\ude00":3,"\ufb33":4}'],
    [[1e21, 1e-7, 0.1, -0, 333333333.3333333], '[1e+21,1e-7,0.1,0,333333333.3333333]'],
    ['\u2028"\\\n', '"\u2028\\"\\\\\\n"'],
  ])('writes %j', (value, expected) => {
    expect(canonicalJson(value)).toBe(expected);
  });

  it('is JSON that means the same', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('does not depend on the order of members, and is canonical itself', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(reordered(value))).toBe(text);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });

  it('tells different values apart', () => {
    fc.assert(
      fc.property(json, json, (one, other) => {
        const same = canonicalJson(one) === canonicalJson(other);
        expect(hashOf(one) === hashOf(other)).toBe(same);
      }),
    );
    const alike: Json[] = [1, '1', [1], ['1'], { 0: 1 }, [[1]], [], {}, '', null, 'null', [null]];
    expect(new Set(alike.map(hashOf)).size).toBe(alike.length);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, [1, Number.NaN], { a: { b: Number.NaN } }])(
    'refuses %j, which JSON cannot hold',
    (value) => {
      expect(() => canonicalJson(value)).toThrow(RangeError);
    },
  );
});

describe('sha256', () => {
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ])('of %j', (text, expected) => {
    expect(sha256(text)).toBe(expected);
    expect(sha256(new TextEncoder().encode(text))).toBe(expected);
  });

  it('takes text as UTF-8', () => {
    expect(sha256('é')).toBe(
      createHash('sha256')
        .update(Buffer.from([0xc3, 0xa9]))
        .digest('hex'),
    );
  });
});

describe('uuidOf', () => {
  const parts = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 4 });

  it('is a UUID of version 8, the same for the same parts', () => {
    fc.assert(
      fc.property(parts, (given) => {
        expect(uuidOf(...given)).toMatch(
          /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        );
        expect(uuidOf(...given)).toBe(uuidOf(...given));
      }),
    );
  });

  it('tells parts apart, wherever they are cut', () => {
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other);
        expect(uuidOf(...one) === uuidOf(...other)).toBe(same);
      }),
    );
    expect(uuidOf('ab', 'c')).not.toBe(uuidOf('a', 'bc'));
    expect(uuidOf('a', '')).not.toBe(uuidOf('a'));
    expect(uuidOf('1:a')).not.toBe(uuidOf('', 'a'));
  });
});

describe('hasherOf', () => {
  const hashed = (texts: readonly string[]) => {
    const hasher = hasherOf();
    for (const text of texts) hasher.add(text);
    return hasher.end();
  };

  it('hashes texts as one, each on a line of its own', () => {
    expect(hashed([])).toBe(sha256(''));
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (texts) => {
        expect(hashed(texts)).toBe(sha256(texts.map((text) => `${text}\n`).join('')));
      }),
    );
  });

  it('tells where one text ends and the next begins, and their order', () => {
    const all = [['ab', 'c'], ['a', 'bc'], ['abc'], ['c', 'ab'], ['ab', 'c', '']];
    expect(new Set(all.map(hashed)).size).toBe(all.length);
  });
});
