import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitSentences } from '#adapters/extractive/sentences.ts';

const check = (paragraph: string, expected: readonly string[]) =>
  expect(splitSentences(paragraph)).toEqual(expected);

describe('splitSentences', () => {
  it('splits at full stops, question and exclamation marks', () =>
    check('It works. Does it? Yes!', ['It works.', 'Does it?', 'Yes!']));

  it('keeps closing quotes and brackets with their sentence', () =>
    check('She said "stop." (It did.) Then silence.', [
      'She said "stop."',
      '(It did.)',
      'Then silence.',
    ]));

  it.each([
    'Ask Dr. Brekke, cf. Weil et al. 2024, about e.g. BM25.',
    'It was J. R. Weil who built it.',
    'See Fig. 3 and No. 5 for more.',
    'It took approx. 40 minutes.',
    '1. First of all.',
  ])('sees no end in "%s"', (sentence) => check(sentence, [sentence]));

  it('ends a sentence at a word that is an abbreviation elsewhere', () =>
    check('The answer is no. We tried for 74 ms. On Monday too.', [
      'The answer is no.',
      'We tried for 74 ms.',
      'On Monday too.',
    ]));

  it('does not split numbers, versions or decimals', () =>
    check('Version 1.2.3 costs 3.4 cents. Fine.', ['Version 1.2.3 costs 3.4 cents.', 'Fine.']));

  it('does not split inside inline code', () =>
    check('Call `print(a. B)` twice. Done.', ['Call `print(a. B)` twice.', 'Done.']));

  it('splits before a number, a quote and emphasis', () =>
    check('Two fell. 17% stayed. "All good." **Never** again.', [
      'Two fell.',
      '17% stayed.',
      '"All good."',
      '**Never** again.',
    ]));

  it('splits French and German', () =>
    check("C'est fini. À demain. Über alles sprachen wir.", [
      "C'est fini.",
      'À demain.',
      'Über alles sprachen wir.',
    ]));

  it('loses nothing but blanks, whatever it is given', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (paragraph) => {
        const sentences = splitSentences(paragraph);
        expect(sentences.join('').replace(/\s+/g, '')).toBe(paragraph.replace(/\s+/g, ''));
        expect(sentences.every((sentence) => paragraph.includes(sentence))).toBe(true);
      }),
    ));

  it('is linear on hostile paragraphs', () => {
    const hostile = `${'a.'.repeat(100_000)} ${'`'.repeat(50_000)} ${'."'.repeat(50_000)}`;
    expect(splitSentences(hostile).join('').length).toBeGreaterThan(300_000);
  });
});
