import fc from 'fast-check';
import { expect, it } from 'vitest';
import { holdsAnswer } from '#training/evaluate/answer-words.ts';

it.each([
  ['It took 47 minutes [1].', '47 minutes', true],
  ['It took forty-seven minutes.', '47 minutes', false],
  ['About 26,000 a second [2]', '26000 a second', true],
  ['A share of 2 %, then', '2%', true],
  ['A share of 0.2%', '2%', false],
  ['Room 12 of 20', '2', false],
  ['It costs €46 [1][2].', '€46', true],
  ['It costs 46 kroner', '€46', false],
  ['Write to privacy-desk@slowgradient.example, please', 'privacy-desk@slowgradient.example', true],
  ['The **minutes** were 47', '47 minutes', false],
  ['47 [3] minutes', '47 minutes', true],
  ['NAÏVE Bayes', 'naïve bayes', true],
  ['anything', '…', false],
  ['', 'x', false],
])('%j holds %j: %s', (text, golden, expected) => {
  expect(holdsAnswer(text, golden)).toBe(expected);
});

it('finds an answer wherever its words stand', () => {
  const words = fc.array(fc.stringMatching(/^[a-z0-9]{1,6}$/), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(words, words, words, (before, answer, after) => {
      const text = `${before.join(' ')}. ${answer.join(', ').toUpperCase()} [1] ${after.join(' ')}`;
      expect(holdsAnswer(text, answer.join(' '))).toBe(true);
    }),
  );
});
