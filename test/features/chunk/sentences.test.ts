import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isSentenceEnd, lastSentenceEnd, sentenceStarts } from '#features/chunk/sentences.ts';

/** Sentences, as cut at their starts. */
const sentences = (text: string): readonly string[] => {
  const starts = [...sentenceStarts(text, 0, text.length)].reverse();
  return starts.map((start, at) => text.slice(start, starts[at + 1]).trimEnd());
};

it.each<[string, readonly string[]]>([
  ['One. Two! Three?', ['One.', 'Two!', 'Three?']],
  ['No stop', ['No stop']],
  ['See e.g. this. Then that…', ['See e.g. this.', 'Then that…']],
  ['He said “no.” She went. (So?) Yes', ['He said “no.”', 'She went.', '(So?)', 'Yes']],
  ['Version 1.2 is out. 3 are not', ['Version 1.2 is out.', '3 are not']],
  ['一二。三！ 四', ['一二。', '三！', '四']],
  ['a\n\nb\nc', ['a', 'b\nc']],
  ['- a\n  - b. c\n1. d', ['- a', '  - b. c', '1. d']],
  ['> - a\n> - b', ['> - a', '> - b']],
  ['', []],
])('reads the sentences of %j', (text, expected) => {
  expect(sentences(text)).toEqual(expected);
});

it('finds the last end in a stretch', () => {
  const text = 'One. Two. three';
  expect(lastSentenceEnd(text, 0, text.length)).toBe(4);
  expect(lastSentenceEnd(text, 4, text.length)).toBe(-1);
  expect(lastSentenceEnd('One. Two.', 0, 9)).toBe(9);
});

it('knows an end only where white space or the end follows', () => {
  expect(isSentenceEnd('a.b', 0, 2)).toBe(false);
  expect(isSentenceEnd('a. B', 0, 2)).toBe(true);
  expect(isSentenceEnd('a.', 0, 2)).toBe(true);
  expect(isSentenceEnd('")', 0, 2)).toBe(false);
});

it('goes back over any text to its start, each sentence before the last', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '.', ' ', '\n', '-', '。', ')') }),
      (text) => {
        const starts = [...sentenceStarts(text, 0, text.length)];
        expect(starts).toEqual(starts.toSorted((a, b) => b - a));
        expect(new Set(starts).size).toBe(starts.length);
        expect(starts.at(-1)).toBe(text === '' ? undefined : 0);
      },
    ),
  );
});
