import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cutText } from '#features/chunk/cut-text.ts';

const countWords = (text: string): number => text.match(/\S+/g)?.length ?? 0;

const cut = (
  text: string,
  tokensMax: number,
  more: { prose?: boolean; charactersMax?: number } = {},
) => {
  const found = cutText(text, {
    start: 0,
    end: text.length,
    tokensMax,
    charactersMax: more.charactersMax ?? 10_000,
    tokenCharacters: 4,
    prose: more.prose ?? true,
    countTokens: countWords,
  });
  return found === null ? null : text.slice(0, found.end);
};

it.each<[string, number, string]>([
  ['one two', 5, 'one two'],
  ['one two three', 2, 'one two'],
  ['One two. Three four.', 3, 'One two.'],
  ['One. Two three four five', 4, 'One. Two three four'],
  ['Is it so? “Yes.” He went.', 5, 'Is it so? “Yes.”'],
  ['See v. 3 of it, e.g. here now', 7, 'See v. 3 of it, e.g. here'],
  ['一二。 三四。 五', 2, '一二。 三四。'],
])('cuts %j within %i words to %j', (text, tokensMax, expected) => {
  expect(cut(text, tokensMax)).toBe(expected);
});

it('does not look for sentences in code', () =>
  expect(cut('a.b. C d e', 3, { prose: false })).toBe('a.b. C d'));

it('keeps to the limit of characters', () => {
  expect(cut('aaaa bbbb cccc', 9, { charactersMax: 10 })).toBe('aaaa bbbb');
  expect(cut('a'.repeat(50), 9, { charactersMax: 10 })).toBe('a'.repeat(10));
});

it('says when nothing fits', () => expect(cut('one', 0)).toBeNull());

it('cuts between words whenever the first word fits, and fills the limit', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'é', '😀'), minLength: 1, maxLength: 80 });
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 40 }),
      (words, max) => {
        const text = words.join(' ');
        const found = cut(text, max);
        const count = countWords(found ?? '');
        expect(words.slice(0, count).join(' ')).toBe(found);
        expect(count).toBeGreaterThanOrEqual(Math.floor(Math.min(max, words.length) * 0.9));
        expect(count).toBeLessThanOrEqual(max);
      },
    ),
  );
});

it('counts no more than a few times the text when it is cut up from end to end', () => {
  const text = 'lorem ipsum dolor sit amet '.repeat(20_000);
  let counted = 0;
  for (let start = 0; start < text.length; ) {
    const found = cutText(text, {
      start,
      end: text.length,
      tokensMax: 100,
      charactersMax: 3_200,
      tokenCharacters: 4,
      prose: true,
      countTokens: (part) => {
        counted += part.length;
        return countWords(part);
      },
    });
    start = (found?.end ?? text.length) + 1;
  }
  expect(counted).toBeLessThan(5 * text.length);
});
