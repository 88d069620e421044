import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '#domain/answer.ts';
import { rewrite } from '#inference/rewrite.ts';

const HISTORY: readonly ChatMessage[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'What is Pellworm?' },
  { role: 'assistant', content: 'A crawler, and pirates.' },
  { role: 'user', content: 'Who built Pellworm?' },
  { role: 'assistant', content: 'Tobias.' },
  { role: 'user', content: 'When was Pellworm built?' },
];
const check = (text: string, expected: string, fits = (_: string) => true) =>
  expect(rewrite({ text, history: HISTORY }, fits)).toBe(expected);

const LAST_TWO = 'Who built Pellworm?\nWhen was Pellworm built?';

describe('rewrite', () => {
  it('leaves a question alone that can stand alone', () =>
    check(
      'How many pinned entries does Quayside have?',
      'How many pinned entries does Quayside have?',
    ));

  it('puts the last two user turns before a pointing question', () =>
    check(
      'How many pages does it fetch per night?',
      `${LAST_TWO}\nHow many pages does it fetch per night?`,
    ));

  it('puts them before a short one', () => check('And in May?', `${LAST_TWO}\nAnd in May?`));

  it('takes fewer turns when the text would be too long', () => {
    const fits = (text: string) => text.length < 45;
    check('And in May?', 'When was Pellworm built?\nAnd in May?', fits);
    check('And in May?', 'And in May?', () => false);
  });

  it('never takes what the assistant or the system said', () => {
    const text = rewrite({ text: 'And it?', history: HISTORY }, () => true);
    expect(text).not.toMatch(/pirates|brief|Tobias/);
  });

  it('has nothing to add without earlier turns', () =>
    expect(rewrite({ text: '  And it? ', history: [] }, () => true)).toBe('And it?'));

  it('does not see a pointing word inside another', () =>
    check('Does Pellworm visit items within themes?', 'Does Pellworm visit items within themes?'));
});
