import { describe, expect, it } from 'vitest';
import { rootPrefix } from '#features/chunk/block-parts.ts';
import { type Block, scanBlocks } from '#features/chunk/scan-blocks.ts';

const scan = (text: string): readonly Block[] =>
  scanBlocks(text, { from: 0, to: text.length, skipPrefix: rootPrefix });

/** Kinds and texts of a text's blocks. */
const check = (text: string, expected: readonly (readonly [Block['kind'], string])[]): void =>
  expect(scan(text).map(({ kind, start, end }) => [kind, text.slice(start, end)])).toEqual(
    expected,
  );

describe('headings', () => {
  it.each([
    ['# a', 1],
    ['   ###### a', 6],
    ['##', 2],
    ['#\ta', 1],
  ])('takes %j for one', (line, level) => {
    expect(scan(line)).toMatchObject([{ kind: 'heading', level }]);
  });
  it.each(['#a', '####### a', '\\# a', '#!'])('takes %j for text', (line) => {
    expect(scan(line)).toMatchObject([{ kind: 'text' }]);
  });
  it('underlines a whole paragraph', () =>
    check('a\nb\n===\nc', [
      ['heading', 'a\nb\n==='],
      ['text', 'c'],
    ]));
  it('does not underline across a blank line', () =>
    check('a\n\n---', [
      ['text', 'a'],
      ['rule', '---'],
    ]));
  it('interrupts a paragraph', () =>
    check('a\n# b\nc', [
      ['text', 'a'],
      ['heading', '# b'],
      ['text', 'c'],
    ]));
});

describe('code', () => {
  it('needs a closing fence that is as long, and bare', () =>
    check('```` js\n```\n```` x\n````\na', [
      ['fence', '```` js\n```\n```` x\n````'],
      ['text', 'a'],
    ]));
  it('takes backticks in one line for a span', () => check('```a``` b', [['text', '```a``` b']]));
  it('lets tildes hold backticks', () =>
    check('~~~ `a`\n```\n~~~', [['fence', '~~~ `a`\n```\n~~~']]));
  it('interrupts a paragraph', () =>
    check('a\n```\nb\n```', [
      ['text', 'a'],
      ['fence', '```\nb\n```'],
    ]));
  it('may be indented, over blank lines', () =>
    check('a\n\n    b\n\n\tc\n\nd', [
      ['text', 'a'],
      ['code', '    b\n\n\tc'],
      ['text', 'd'],
    ]));
  it('does not start within a paragraph by indentation', () =>
    check('a\n    b', [['text', 'a\n    b']]));
});

describe('lists', () => {
  const items = (text: string) =>
    scan(text).flatMap((block) => block.items.map(({ start, end }) => text.slice(start, end)));

  it.each(['- a\n- b', '* a\n* b', '+ a\n+ b', '1. a\n2. b', '1) a\n2) b'])(
    'takes %j for one',
    (text) => {
      check(text, [['list', text]]);
      expect(items(text)).toEqual(text.split('\n'));
    },
  );
  it.each(['-a', '1.a', '1234567890. a', '**a**'])('takes %j for text', (text) =>
    check(text, [['text', text]]),
  );
  it('goes on over blank lines and deeper lines', () =>
    expect(items('- a\n\n  b\n\n- c\n  - d\n')).toEqual(['- a\n\n  b', '- c\n  - d']));
  it('goes on over lazy lines but not over a blank one before them', () =>
    check('- a\nb\n\nc', [
      ['list', '- a\nb'],
      ['text', 'c'],
    ]));
  it('keeps a fence of an item with its hash signs', () =>
    check('1. a\n   ```\n   # b\n   ```\n2. c', [['list', '1. a\n   ```\n   # b\n   ```\n2. c']]));
  it('ends at a heading, a fence, a rule', () =>
    check('- a\n# b\n- c\n```\n```\n- d\n\n***', [
      ['list', '- a'],
      ['heading', '# b'],
      ['list', '- c'],
      ['fence', '```\n```'],
      ['list', '- d'],
      ['rule', '***'],
    ]));
  it('has an item for a bare marker', () => expect(items('-\n- a')).toEqual(['-', '- a']));
});

describe('tables', () => {
  it('need a delimiter row', () =>
    check('a | b\n--- | :-:\n1 | 2\n\nc | d', [
      ['table', 'a | b\n--- | :-:\n1 | 2'],
      ['text', 'c | d'],
    ]));
  it('may follow a paragraph at once', () =>
    check('a\n| b |\n|---|\n| c |', [
      ['text', 'a'],
      ['table', '| b |\n|---|\n| c |'],
    ]));
  it('end at another block', () =>
    check('|a|\n|-|\n# b', [
      ['table', '|a|\n|-|'],
      ['heading', '# b'],
    ]));
});

describe('other blocks', () => {
  it('reads quotes, with lazy lines', () =>
    check('> a\nb\n\nc', [
      ['quote', '> a\nb'],
      ['text', 'c'],
    ]));
  it('reads an element up to a blank line', () =>
    check('<div>\na\n\nb', [
      ['html', '<div>\na'],
      ['text', 'b'],
    ]));
  it('reads raw elements and comments up to their end', () =>
    check('<pre>\n\na</PRE>\nb\n\n<!-- c\n\nd -->', [
      ['html', '<pre>\n\na</PRE>'],
      ['text', 'b'],
      ['html', '<!-- c\n\nd -->'],
    ]));
  it('takes an inline element for text', () => check('<b>a</b>', [['text', '<b>a</b>']]));
  it('reads carriage returns as line ends', () =>
    check('# a\r\n\r\nb\r\n', [
      ['heading', '# a'],
      ['text', 'b'],
    ]));
  it('has no block for white space', () => check(' \n\t\n\u00a0', []));
});
