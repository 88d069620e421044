import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeRanges, createLookup, urlRanges } from '#features/clean/pii/ranges.ts';

const parts = (text: string, ranges: readonly (readonly [number, number])[]) =>
  ranges.map(([start, end]) => text.slice(start, end));

describe('code', () => {
  it.each([
    ['a `b` c `d`', ['`b`', '`d`']],
    ['```js\na\n```\nb', ['```js', 'a', '```']],
    ['- ~~~\n  a\n  ~~~\n- b', ['- ~~~', '  a', '  ~~~']],
    ['a ` b', []],
    ['a', []],
    ['', []],
  ])('is found in %j', (text, code) => expect(parts(text, codeRanges(text))).toEqual(code));
});

describe('URLs', () => {
  it.each([
    [
      'see https://a.example/b?c=1, or http://d.example.',
      ['https://a.example/b?c=1,', 'http://d.example.'],
    ],
    ['[a](https://a.example/b) <ws://c/>', ['https://a.example/b', 'ws://c/']],
    ['a://b //c https:/d', []],
  ])('are found in %j', (text, urls) => expect(parts(text, urlRanges(text))).toEqual(urls));
});

it('knows of every offset whether it is in a range, in whatever order it is asked', () => {
  const gaps = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 1, max: 4 })));
  fc.assert(
    fc.property(gaps, fc.array(fc.nat(60)), (steps, offsets) => {
      const ranges: [number, number][] = [];
      let at = 0;
      for (const [gap, length] of steps) {
        ranges.push([at + gap, at + gap + length]);
        at += gap + length;
      }
      const isIn = createLookup(ranges);
      for (const offset of offsets) {
        const expected = ranges.some(([start, end]) => start <= offset && offset < end);
        expect(isIn(offset)).toBe(expected);
      }
    }),
  );
});
