import { describe, expect, it } from 'vitest';
import { hasBrokenFence } from '../../scripts/bench/chunk/broken-fence.ts';
import { scoresOf } from '../../scripts/bench/chunk/excerpts.ts';
import { generatedPages } from '../../scripts/bench/chunk/generated.ts';

describe('a broken fence', () => {
  it.each([
    '```\na',
    'a\n```',
    '```\na\n```\n```js',
    '````\n```',
    '~~~\n```',
    '```\na\n``` b',
    '> ```\n> a',
    '- ```\n  a',
    '```\r\na',
  ])('is in %j', (text) => expect(hasBrokenFence(text)).toBe(true));
  it.each([
    'a',
    '```\na\n```',
    '```js\na\n````',
    '```a``` b',
    '~~~\n```\n~~~',
    '> ```\n> a\n> ```',
    '1. ```\n   a\n   ```',
    '    - ```\n      a\n      ```',
    '```\r\na\r\n```\r\n',
  ])('is not in %j', (text) => expect(hasBrokenFence(text)).toBe(false));
});

describe('scores of excerpts', () => {
  const excerpts = [
    { start: 10, end: 20 },
    { start: 40, end: 50 },
  ];
  it('are whole for the excerpts themselves', () =>
    expect(scoresOf(excerpts, { own: excerpts, others: 0 })).toEqual({
      recall: 1,
      precision: 1,
      iou: 1,
    }));
  it('count what is held, given and missed', () =>
    expect(scoresOf(excerpts, { own: [{ start: 0, end: 15 }], others: 10 })).toEqual({
      recall: 5 / 20,
      precision: 5 / 25,
      iou: 5 / 40,
    }));
  it('hold once what two chunks hold, and give it twice', () =>
    expect(
      scoresOf(excerpts, {
        own: [
          { start: 10, end: 20 },
          { start: 15, end: 25 },
        ],
        others: 0,
      }),
    ).toEqual({ recall: 0.5, precision: 0.5, iou: 1 / 3 }));
  it('are nothing for nothing', () =>
    expect(scoresOf(excerpts, { own: [], others: 0 })).toEqual({
      recall: 0,
      precision: 0,
      iou: 0,
    }));
});

it('generates the same pages each time', () => {
  const pages = generatedPages(3);
  expect(pages).toEqual(generatedPages(3));
  expect(new Set(pages).size).toBe(3);
  for (const page of pages) expect(hasBrokenFence(page)).toBe(false);
});
