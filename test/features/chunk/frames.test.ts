import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Chunk, framedText } from '#domain/chunk.ts';
import { CHUNKER, chunkMarkdown } from '#features/chunk/chunk.ts';
import { hasBrokenFence } from '../../../scripts/bench/chunk/broken-fence.ts';

const countWords = (text: string): number => text.match(/\S+/g)?.length ?? 0;

const chunk = (markdown: string, tokensMax: number): readonly Chunk[] =>
  chunkMarkdown(markdown, { spec: { ...CHUNKER, tokensMax }, countTokens: countWords });

/** The chunks as they are read. */
const check = (markdown: string, tokensMax: number, expected: readonly string[]): void =>
  expect(chunk(markdown, tokensMax).map(framedText)).toEqual(expected);

describe('a fence that is cut', () => {
  it('is closed and opened again with its language', () =>
    check('```js title="x"\na b c\nd e f g\n\nh i j\n```', 8, [
      '```js title="x"\na b c\n```',
      '```js\nd e f g\n```',
      '```js\nh i j\n```',
    ]));
  it('has no frame when it is whole', () =>
    expect(chunk('```js\na\n```\n\nb', 9).map(({ frame }) => frame)).toEqual([undefined]));
  it('keeps its exact span', () => {
    const markdown = 'a\n\n```js\nb c d\ne f g\nh\n```\n\ni';
    const chunks = chunk(markdown, 8);
    expect(chunks).toEqual([
      {
        start: 0,
        end: 14,
        text: 'a\n\n```js\nb c d',
        headingPath: [],
        tokens: 6,
        frame: { before: '', after: '```' },
      },
      {
        start: 15,
        end: 29,
        text: 'e f g\nh\n```\n\ni',
        headingPath: [],
        tokens: 7,
        frame: { before: '```js', after: '' },
      },
    ]);
  });
  it('keeps the length and kind of its mark', () =>
    check('~~~~\na b c d\n```\ne f g h\n~~~~', 8, [
      '~~~~\na b c d\n```\n~~~~',
      '~~~~\ne f g h\n~~~~',
    ]));
  it('is closed where the text ends without its mark', () =>
    check('```\na b c d e\nf g h', 8, ['```\na b c d e\n```', '```\nf g h\n```']));
  it('keeps the margin of what it stands in', () => {
    check('> ```sh\n> a b c d e f\n> g h i j k l\n> ```', 16, [
      '> ```sh\n> a b c d e f\n> ```',
      '> ```sh\n> g h i j k l\n> ```',
    ]);
    check('1. ```sh\n   a b c d\n   e f g h\n   ```', 8, [
      '1. ```sh\n   a b c d\n   ```',
      '   ```sh\n   e f g h\n   ```',
    ]);
  });
  it('names no endless language', () => {
    const [, second] = chunk(`\`\`\`${'x'.repeat(33)}\na b c d e\nf g\n\`\`\``, 8);
    expect(second?.frame?.before).toBe('```');
  });
  it('is framed around the pieces of a line that is too long', () =>
    check('```js\na b c d e f g h i j k\nl\n```', 8, [
      '```js\na b c d\n```',
      '```js\ne f g h\n```',
      '```js\ni j k\nl\n```',
    ]));
  it('does without a frame that would take more than a quarter of a chunk', () =>
    check('```js\na b c\nd e\nf g\n```', 4, ['```js\na b c', 'd e', '```js\nf g\n```']));
  it('does without a frame rather than cut a line that fits', () =>
    check('```js\na b c d e f g h\ni j\n```', 8, [
      '```js\n```',
      'a b c d e f g h',
      '```js\ni j\n```',
    ]));
});

describe('a table that is cut', () => {
  it('has its head above all its rows', () =>
    check('| a |\n|-|\n| b c d |\n| e f g |\n| h i |', 17, [
      '| a |\n|-|\n| b c d |\n| e f g |',
      '| a |\n|-|\n| h i |',
    ]));
  it('keeps its head once within a chunk, and outside of its span', () => {
    const markdown = `| a |\n|-|\n${'| b |\n'.repeat(20)}`;
    const chunks = chunk(markdown, 20);
    expect(chunks.map(({ text }) => text.includes('|-|'))).toEqual([
      true,
      ...chunks.slice(1).map(() => false),
    ]);
    for (const found of chunks) expect(framedText(found).split('|-|')).toHaveLength(2);
  });
  it('leaves a head of more than a quarter of a chunk to its first rows', () =>
    check('| a |\n|-|\n| b c d |\n| e f g |', 10, ['| a |\n|-|\n| b c d |', '| e f g |']));
});

const line = fc.array(fc.constantFrom('a', 'b()', '# c', 'é', '{'), { minLength: 1, maxLength: 8 });
const fenced = fc
  .tuple(
    fc.constantFrom('```', '````', '~~~'),
    fc.constantFrom('', 'js', ' python x'),
    fc.array(line, { maxLength: 30 }),
  )
  .map(([mark, info, lines]) => [mark + info, ...lines.map((all) => all.join(' ')), mark]);
const within = fc.constantFrom<(lines: readonly string[]) => string>(
  (lines) => lines.join('\n'),
  (lines) => lines.map((text) => `> ${text}`).join('\n'),
  (lines) => lines.map((text, at) => `${at === 0 ? '- ' : '  '}${text}`).join('\n'),
);

it('never leaves a reader within a fence, whatever is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fenced, within), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 24, max: 60 }),
      (all, max) => {
        const markdown = all.map(([lines, put]) => put(lines)).join('\n\nAnd then.\n\n');
        const chunks = chunk(markdown, max);
        for (const found of chunks) {
          expect(hasBrokenFence(framedText(found))).toBe(false);
          expect(markdown.slice(found.start, found.end)).toBe(found.text);
        }
      },
    ),
    { numRuns: 300 },
  );
});
