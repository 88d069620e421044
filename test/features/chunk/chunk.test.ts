import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Chunk, framedText } from '#domain/chunk.ts';
import { CHUNKER, chunkMarkdown, headingPathTokensMax } from '#features/chunk/chunk.ts';
import { body, roughMarkdown } from './markdown-arbitrary.ts';

/** Words, so that the expectations can be counted by hand. */
const countWords = (text: string): number => text.match(/\S+/g)?.length ?? 0;
/** Counts white space as well and starts a new token every third character: not additive at all. */
const countThirds = (text: string): number => Math.ceil([...text].length / 3);

const chunk = (markdown: string, tokensMax: number, countTokens = countWords): readonly Chunk[] =>
  chunkMarkdown(markdown, { spec: { ...CHUNKER, tokensMax }, countTokens });

const check = (markdown: string, tokensMax: number, expected: readonly string[]): void =>
  expect(chunk(markdown, tokensMax).map(({ text }) => text)).toEqual(expected);

const checkPaths = (markdown: string, tokensMax: number, expected: readonly string[][]): void =>
  expect(chunk(markdown, tokensMax).map(({ headingPath }) => headingPath)).toEqual(expected);

describe('sections', () => {
  it('has no chunk for nothing', () => check(' \n\t\n', 8, []));
  it('keeps a short text whole', () => check('One two.\n\nThree.\n', 8, ['One two.\n\nThree.']));
  it('starts a chunk at each heading of level 1 and 2', () =>
    check('# A\na\n## B\nb\n# C\nc', 99, ['# A\na', '## B\nb', '# C\nc']));
  it('joins deeper sections that fit whole', () =>
    check('## A\na\n### B\nb\n### C\nc c', 8, ['## A\na\n### B\nb', '### C\nc c']));
  it('moves a deeper section on rather than cut it', () =>
    check('## A\na a a\n### B\nb b b\n\nb b', 8, ['## A\na a a', '### B\nb b b\n\nb b']));
  it('leaves none of several headings in a row behind', () =>
    check('# A\na a a a a a a a a\n### B\n### C\n### D\nThe end.', 18, [
      '# A\na a a a a a a a a',
      '### B\n### C\n### D\nThe end.',
    ]));
  it('takes an empty section for part of the next one', () => {
    check('## A\na\n### B\n#### C\nc c c c', 8, ['## A\na', '### B\n#### C\nc c c c']);
    check('## A\na\n### B\n## C\nc', 8, ['## A\na', '### B\n## C\nc']);
  });
  it('keeps a heading with what follows it', () =>
    check('# A\n\n## B\n\nb', 8, ['# A\n\n## B\n\nb']));
  it('cuts what follows rather than leave a heading behind', () =>
    check('## A\n\na b c d e f', 6, ['## A\n\na b c', 'd e f']));
  it('reads setext headings', () => check('A\n===\na\n\nB\n---\nb', 9, ['A\n===\na', 'B\n---\nb']));
  it('gives headings that nothing follows their own chunk', () =>
    check('a\n\n# B', 9, ['a', '# B']));
  it('sees no heading in code', () =>
    check('```sh\n# a\n```\n\n    # b', 9, ['```sh\n# a\n```\n\n    # b']));
});

describe('heading paths', () => {
  it('lists the headings above, outermost first', () =>
    checkPaths('# A\na\n## B\nb\n### C\nc c c c c c', 7, [
      ['A'],
      ['A', 'B'],
      ['A', 'B', 'C'],
      ['A', 'B', 'C'],
    ]));
  it('forgets a deeper heading when a higher one comes', () =>
    checkPaths('# A\n### B\nb\n## C\nc\n# D\nd', 9, [['A', 'B'], ['A', 'C'], ['D']]));
  it('is empty before the first heading', () => checkPaths('a\n# B\nb', 9, [[], ['B']]));
  it('takes inline marks off', () =>
    checkPaths('## The *`new_api()`* of [Foo](http://x) ![i](y) <b>C#</b> \\* 2 * 3 ##\nx', 40, [
      ['The new_api() of Foo i C# * 2 * 3'],
    ]));
  it('takes a setext heading’s underline off', () => checkPaths('A b\nc\n---\nx', 9, [['A b c']]));
  it('ends an endless heading with an ellipsis', () => {
    const [path] = chunk(`# ${'word '.repeat(100)}\nx`, 200).map(({ headingPath }) => headingPath);
    expect(path?.[0]).toMatch(/^(word )+word…$/);
    expect(path?.[0]?.length).toBeLessThanOrEqual(161);
  });
  it('drops the outermost headings of a path over its budget', () => {
    const title = 'w '.repeat(20);
    checkPaths(`# A ${title}\n## B ${title}\nb`, 80, [[`B ${title}`.trim()]]);
    expect(headingPathTokensMax(80)).toBe(32);
    expect(headingPathTokensMax(400)).toBe(100);
  });
});

describe('blocks', () => {
  it('keeps a code fence whole', () =>
    check('a b c\n\n```js\nf()\n\ng()\n```\n\nd', 6, ['a b c', '```js\nf()\n\ng()\n```\n\nd']));
  it('cuts a fence that is too long between lines', () =>
    check('```\na b\nc d\n\ne f\n```', 4, ['```\na b', 'c d', 'e f\n```']));
  it('ends an open fence with the text', () => check('~~~\na\n\n# b', 9, ['~~~\na\n\n# b']));
  it('closes a fence with its own mark only', () =>
    check('````\n```\n````\n# A\na', 9, ['````\n```\n````', '# A\na']));
  it('keeps table rows whole, and the head with its delimiters', () =>
    check('| a |\n|---|\n| b |\n| c |', 6, ['| a |\n|---|', '| b |\n| c |']));
  it('keeps list items whole', () =>
    check('- a b\n- c d\n  e\n- f', 6, ['- a b', '- c d\n  e\n- f']));
  it('keeps the blocks of an item that is too long', () =>
    check('- a b c\n\n  ```\n  d e\n  ```\n- f', 5, ['- a b c', '  ```\n  d e\n  ```', '- f']));
  it('keeps the blocks of a quote that is too long', () =>
    check('> a b c\n>\n> ```\n> d\n> ```', 7, ['> a b c\n>', '> ```\n> d\n> ```']));
  it('keeps the blocks of a comment that is too long', () =>
    check('<!-- a\n\n```\nb c\n```\n\nd e f -->', 6, ['<!-- a\n\n```\nb c\n```', 'd e f -->']));
  it('keeps raw HTML together over blank lines', () =>
    check('<pre>\na\n\nb</pre>\n\nc c c', 4, ['<pre>\na\n\nb</pre>', 'c c c']));
  it('covers a quotation mark with nothing behind it', () =>
    check('>\n    indented code > lorem\n>\n', 5, ['>\n    indented code > lorem', '>']));
  it('begins a long list below its introduction', () =>
    check('Such as:\n\n- a b\n- c d\n- e f', 8, ['Such as:\n\n- a b\n- c d', '- e f']));
  it('takes a number in prose for prose', () =>
    check('in the year\n1984. Then', 9, ['in the year\n1984. Then']));
});

describe('text that is too long', () => {
  it('is cut after sentences', () =>
    check('One two. Three four five. Six seven.', 6, ['One two. Three four five.', 'Six seven.']));
  it('is cut after lines that end a sentence, and keeps those that fit whole', () =>
    check('One two three.\nFour. Five six\nseven.\nEight.', 5, [
      'One two three.',
      'Four. Five six\nseven.\nEight.',
    ]));
  it('is cut between rows of cells', () =>
    check('a b | c\nd | e f\ng | h i', 9, ['a b | c\nd | e f', 'g | h i']));
  it('is cut between lines when it has no sentences', () =>
    check('a b c\nd e\nf g h i', 6, ['a b c\nd e', 'f g h i']));
  it('does not begin in a chunk that has other text', () =>
    check('a b\n\nc d e f g h i j k l', 8, ['a b', 'c d e f g h i j', 'k l']));
  it('does not take an abbreviation for the end of a sentence', () =>
    check('One two three, e.g. four five six seven.', 6, [
      'One two three, e.g. four five',
      'six seven.',
    ]));
  it('is cut between words when it has no sentences', () =>
    check('a b c d e', 2, ['a b', 'c d', 'e']));
  it('is cut between code points when it has no words', () =>
    expect(chunk('😀'.repeat(7), 2, countThirds).map(({ text }) => text)).toEqual([
      '😀'.repeat(4),
      '😀'.repeat(3),
    ]));
  it('never splits a surrogate pair', () => {
    for (const { text } of chunk('😀'.repeat(50), 2, countThirds))
      expect(text).not.toMatch(/\p{Cs}/u);
  });
  it('is cut by characters when the tokenizer sees one word', () => {
    const chunks = chunk('x'.repeat(1_000), 4);
    expect(chunks.map(({ text }) => text.length)).toEqual([...Array(7).fill(128), 104]);
  });
  it('is an error when not even one character fits', () =>
    expect(() => chunk('abc', 3, (text) => text.length * 5)).toThrow(
      expect.objectContaining({ code: 'invalid_input', param: 'tokensMax' }),
    ));
});

it.each([0, -1, 1.5, Number.NaN])('refuses tokensMax %s', (tokensMax) => {
  expect(() => chunk('a', tokensMax)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
});

const tokenizers = fc.constantFrom(countWords, countThirds);

describe('whatever the text', () => {
  it('gives exact spans in order that hold everything but white space', () => {
    fc.assert(
      fc.property(
        roughMarkdown,
        fc.integer({ min: 4, max: 60 }),
        tokenizers,
        (text, max, count) => {
          let at = 0;
          for (const { start, end, text: chunkText } of chunk(text, max, count)) {
            expect(text.slice(at, start).trim()).toBe('');
            expect(end).toBeGreaterThan(start);
            expect(text.slice(start, end)).toBe(chunkText);
            at = end;
          }
          expect(text.slice(at).trim()).toBe('');
        },
      ),
      { numRuns: 400 },
    );
  });

  it('counts exactly and never goes over the limit', () => {
    fc.assert(
      fc.property(
        roughMarkdown,
        fc.integer({ min: 4, max: 60 }),
        tokenizers,
        (text, max, count) => {
          for (const found of chunk(text, max, count)) {
            expect(found.tokens).toBe(count(framedText(found)));
            expect(found.tokens).toBeLessThanOrEqual(max);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('gives the same chunks again', () => {
    fc.assert(
      fc.property(roughMarkdown, (text) => {
        expect(chunk(text, 20)).toEqual(chunk(text, 20));
      }),
    );
  });
});

const section = fc.tuple(fc.integer({ min: 1, max: 2 }), body);
const page = (sections: readonly (readonly [number, string])[]): string =>
  sections.map(([level, text], at) => `${'#'.repeat(level)} Section${at}\n\n${text}`).join('\n\n');

it('leaves the chunks of the other sections as they were when one changes', () => {
  fc.assert(
    fc.property(
      fc.array(section, { minLength: 2, maxLength: 5 }),
      fc.nat(),
      body,
      (all, at, other) => {
        const changed = at % all.length;
        const next = all.map(
          ([level, text], index) => [level, index === changed ? other : text] as const,
        );
        const outside = (chunks: readonly Chunk[]) =>
          chunks
            .filter(({ headingPath }) => headingPath.at(-1) !== `Section${changed}`)
            .map(({ text, headingPath, tokens }) => ({ text, headingPath, tokens }));
        expect(outside(chunk(page(next), 25))).toEqual(outside(chunk(page(all), 25)));
      },
    ),
  );
});

it('never ends a chunk with a heading that something follows', () => {
  const deep = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.oneof(body, fc.constant('')));
  fc.assert(
    fc.property(
      fc.array(deep, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 30, max: 60 }),
      (all, max) => {
        const chunks = chunk(`${page(all)}\n\nThe end.`, max);
        for (const { text } of chunks) expect(text).not.toMatch(/#+ Section\d+$/);
      },
    ),
  );
});

it.each<[string, string]>([
  ['fences', '```\n'.repeat(100_000)],
  ['one endless word', 'a'.repeat(10_000_000)],
  ['one endless line', 'lorem ipsum. '.repeat(400_000)],
  ['deep quotes', '>'.repeat(1_000_000)],
  ['deep lists', '- '.repeat(300_000)],
  ['headings', '# a\n'.repeat(100_000)],
  ['a heading of open links', `# ${'[]('.repeat(500_000)}`],
  ['open HTML', '<pre>\n'.repeat(100_000)],
  ['pipes', '|'.repeat(1_000_000)],
])('gets through %s', (_name, markdown) => {
  const chunks = chunk(markdown, 256);
  expect(chunks.length).toBeGreaterThan(0);
  expect(chunks.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(
    markdown.length,
  );
});
