import fc from 'fast-check';
import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { bodyToMarkdown } from './to-markdown.ts';

const asHtml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const write = (html: string) => bodyToMarkdown(html).text;

describe('text that would start a block', () => {
  it.each([
    ['# a', '\\# a'],
    ['###### a', '\\###### a'],
    ['#', '\\#'],
    ['- a', '\\- a'],
    ['+ a', '\\+ a'],
    ['* a', '\\* a'],
    ['-', '\\-'],
    ['1. a', '1\\. a'],
    ['1986. A year', '1986\\. A year'],
    ['12) a', '12\\) a'],
    ['> a', '\\> a'],
    ['``` a', '\\``` a'],
    ['~~~', '\\~~~'],
    ['---', '\\---'],
    ['* * *', '\\* * *'],
    ['___', '\\___'],
    ['<div> a', '\\<div> a'],
    ['[a]: b', '\\[a]: b'],
  ])('is escaped: %s', (text, markdown) => {
    expect(write(`<p>${asHtml(text)}</p>`)).toBe(markdown);
    expect(write(`<p>x</p>\n ${asHtml(text)}`)).toBe(`x\n\n${markdown}`);
    expect(write(`<ul><li>${asHtml(text)}</ul>`)).toBe(`- ${markdown}`);
    expect(write(`x<br>${asHtml(text)}`)).toBe(`x  \n${markdown}`);
  });

  it('is escaped over parts of a line', () => {
    expect(write('<p><span>1</span><u>.</u> a</p>')).toBe('1\\. a');
    expect(write('<p><span>#</span> a</p>')).toBe('\\# a');
    expect(write('<p><a href="#x">- a</a></p>')).toBe('\\- a');
  });

  it('is escaped where it would underline the line before', () => {
    expect(write('<p>a<br>===</p>')).toBe('a  \n\\===');
    expect(write('<p>a<br>--</p>')).toBe('a  \n\\--');
    expect(write('<p>===</p><p>--</p>')).toBe('===\n\n--');
  });
});

it.each([
  ['#hashtag', '#hashtag'],
  ['-1 degrees', '-1 degrees'],
  ['1.5 litres', '1.5 litres'],
  ['*nota bene', '*nota bene'],
  ['a - b', 'a - b'],
  ['see 1. above # and > there', 'see 1. above # and > there'],
  ['< 5 boats', '< 5 boats'],
  ['[a] b', '[a] b'],
  ['snake_case * 2 [x] \\n', 'snake_case * 2 [x] \\n'],
])('prose has no stray backslashes: %s', (text, markdown) =>
  expect(write(`<p>${asHtml(text)}</p>`)).toBe(markdown),
);

it.each([
  ['after a mark of its own', '<p><b>1.</b> a</p><p><code># a</code></p>', '**1.** a\n\n`# a`'],
  ['within a line', '<p><b>a</b>- b <i>c</i># d</p>', '**a**- b *c*# d'],
  ['in links', '<p><a href="/x">1. a</a></p>', '[1. a](https://blog.example/x)'],
  ['in headings', '<h2>1. a</h2>', '## 1. a'],
  ['in cells', '<table><tr><td>- a<td>1. b</table>', '| - a | 1. b |\n| --- | --- |'],
])('leaves what starts no line: %s', (_name, html, markdown) => expect(write(html)).toBe(markdown));

it('makes paragraphs of paragraphs, whatever they say', () => {
  const sign = fc.constantFrom(
    '#',
    '-',
    '+',
    '*',
    '>',
    '1.',
    '2)',
    '=',
    '---',
    '`',
    '~~~',
    ' ',
    'a',
    '|',
  );
  const text = fc
    .array(sign, { minLength: 1, maxLength: 6 })
    .map((signs) => signs.join(''))
    .filter((line) => line.trim() !== '');
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (texts) => {
      const markdown = write(texts.map((line) => `<p>${asHtml(line)}</p>`).join(''));
      const kinds = marked.lexer(markdown).filter(({ type }) => type !== 'space');
      expect(kinds.map(({ type }) => type)).toEqual(texts.map(() => 'paragraph'));
    }),
  );
});
