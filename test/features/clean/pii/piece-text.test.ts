import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PiiSpan } from '#features/clean/pii/kinds.ts';
import { applyEdits, createPieceText, joinEdits } from '#features/clean/pii/piece-text.ts';

const span = (start: number, end: number): PiiSpan => ({ kind: 'email', start, end });

describe('a text made of pieces', () => {
  const MARKUP = '<p>jo<b>&amp;</b>ib</p>';
  const read = () => {
    const text = createPieceText();
    text.insert('\n', 0);
    text.insert('\n', 3);
    text.add({ text: 'jo', start: 3, end: 5 }, false);
    text.add({ text: '&', start: 8, end: 13 }, true);
    text.add({ text: 'ib', start: 17, end: 19 }, true);
    return text;
  };

  it('is one text, in which lines end once', () => {
    expect(read().text()).toBe('\njo&ib');
    expect(read().code()).toEqual([[3, 6]]);
  });

  it.each([
    [[span(1, 6)], '<p>[email]<b></b></p>'],
    [[span(2, 5)], '<p>j[email]<b></b>b</p>'],
    [[span(3, 4)], '<p>jo<b>[email]</b>ib</p>'],
    [[span(0, 2)], '<p>[email]o<b>&amp;</b>ib</p>'],
    [[span(1, 2), span(2, 3), span(5, 6)], '<p>[email][email]<b>&amp;</b>i[email]</p>'],
    [[], MARKUP],
  ])('is masked where it came from: %j', (spans, masked) =>
    expect(applyEdits(MARKUP, joinEdits(read().edits(spans)))).toBe(masked),
  );

  it('has an entity of two characters as one piece', () => {
    const text = createPieceText();
    text.add({ text: 'a', start: 0, end: 4 }, false);
    text.add({ text: 'b', start: 0, end: 4 }, false);
    expect(text.text()).toBe('ab');
    expect(text.edits([span(1, 2)])).toEqual([{ kind: 'email', start: 0, end: 4 }]);
  });
});

describe('edits', () => {
  it('that begin within another go on where it ends', () =>
    expect(
      joinEdits([
        { kind: 'email', start: 4, end: 8 },
        { kind: 'ip', start: 2, end: 6 },
        { kind: 'ip', start: 2, end: 6 },
        { kind: null, start: 9, end: 9 },
      ]),
    ).toEqual([
      { kind: 'ip', start: 2, end: 6 },
      { kind: null, start: 6, end: 8 },
      { kind: null, start: 9, end: 9 },
    ]));

  it('leave nothing standing of what any of them covers', () => {
    const edit = fc
      .tuple(fc.nat(40), fc.integer({ min: 1, max: 10 }))
      .map(([start, length]) => ({ kind: 'ip' as const, start, end: start + length }));
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 12 }), (edits) => {
        const text = Array.from({ length: 50 }, (_none, at) => String.fromCharCode(0x4e00 + at));
        const left = applyEdits(text.join(''), joinEdits(edits)).replaceAll('[ip]', '');
        const kept = text.filter(
          (_one, at) => !edits.some(({ start, end }) => start <= at && at < end),
        );
        expect(left).toBe(kept.join(''));
      }),
    );
  });
});
