import fc from 'fast-check';
import { expect, it } from 'vitest';
import { countWords } from '#features/extract/words.ts';

it.each([
  ['', 0],
  [' .,;! — ', 0],
  ['one two  three', 3],
  ["don't count well-known v1.2.3 twice", 5],
  ['naïve Straße 42', 3],
  ['привет мир', 2],
  ['你好世界', 2],
  ['你好世界和平', 3],
  ['हिन्दी भाषा', 2],
])('%j has %i words', (text, words) => expect(countWords(text)).toBe(words));

it('reads any text without overflow', () => {
  expect(countWords('a.'.repeat(3_000_000))).toBeGreaterThan(1);
  expect(countWords('a'.repeat(3_000_000))).toBe(1);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(countWords(text)).toBeLessThanOrEqual(text.length);
    }),
  );
});
