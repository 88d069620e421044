import fc from 'fast-check';
import { expect, it } from 'vitest';
import { blocksOf } from '#training/label/blocks.ts';

const kinds = (markdown: string) => blocksOf(markdown).map(({ kind, text }) => [kind, text]);

it('tells headings, paragraphs, lists, tables, quotes and code apart', () => {
  const markdown = [
    '# Title',
    'A paragraph\nover two lines.',
    '- one\n- two',
    '| a | b |\n|---|---|\n| 1 | 2 |',
    '> said',
    '```js\nf()\n\n# no heading\n```',
    '    indented',
    '3. third',
  ];
  expect(kinds(markdown.join('\n\n'))).toEqual([
    ['heading', markdown[0]],
    ['paragraph', markdown[1]],
    ['list', markdown[2]],
    ['table', markdown[3]],
    ['quote', markdown[4]],
    ['code', markdown[5]],
    ['code', markdown[6]],
    ['list', markdown[7]],
  ]);
});

it('ends a paragraph at a heading or a fence without a blank line between', () => {
  expect(kinds('text\n## Next\nmore\n~~~\ncode\n~~~\nend')).toEqual([
    ['paragraph', 'text'],
    ['heading', '## Next'],
    ['paragraph', 'more'],
    ['code', '~~~\ncode\n~~~'],
    ['paragraph', 'end'],
  ]);
});

it.each([
  ['Title\n=====', 1],
  ['Title\n---', 2],
  ['### Third', 3],
  ['####### seven', 0],
  ['#hashtag', 0],
])('gives %j level %i', (markdown, level) => {
  expect(blocksOf(markdown)[0]?.level).toBe(level);
});

it('closes a fence only by as many marks of its own kind', () => {
  const markdown = '````md\n```\ninner\n```\n~~~~\n````\nafter';
  expect(kinds(markdown)).toEqual([
    ['code', '````md\n```\ninner\n```\n~~~~\n````'],
    ['paragraph', 'after'],
  ]);
});

it('runs an unclosed fence to the end', () => {
  expect(kinds('```\n# not a heading\n\nstill code')).toEqual([
    ['code', '```\n# not a heading\n\nstill code'],
  ]);
});

it('takes CRLF for a line end', () => {
  expect(kinds('# A\r\n\r\ntext\r\n')).toEqual([
    ['heading', '# A'],
    ['paragraph', 'text'],
  ]);
});

const markdownish = fc
  .array(
    fc.constantFrom(
      '# h',
      '## q?',
      'text',
      '',
      '```',
      '~~~',
      '- a',
      '> q',
      '| t |',
      '===',
      '---',
      '\r',
    ),
    { maxLength: 40 },
  )
  .map((lines) => lines.join('\n'));

it('covers every word exactly once, in order, whatever the text', () => {
  fc.assert(
    fc.property(fc.oneof(markdownish, fc.string()), (markdown) => {
      const blocks = blocksOf(markdown);
      let at = 0;
      for (const block of blocks) {
        expect(markdown.slice(block.start, block.end)).toBe(block.text);
        expect(markdown.slice(at, block.start).trim()).toBe('');
        expect(block.start).toBeGreaterThanOrEqual(at);
        at = block.end;
      }
      expect(markdown.slice(at).trim()).toBe('');
    }),
  );
});
