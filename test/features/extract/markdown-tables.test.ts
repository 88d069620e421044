import fc from 'fast-check';
import { marked, type Tokens } from 'marked';
import { describe, expect, it } from 'vitest';
import { bodyToMarkdown } from './to-markdown.ts';

const write = (html: string) => bodyToMarkdown(`<table>${html}</table>`).text;

describe('a table', () => {
  it.each([
    [
      'with a head',
      '<thead><tr><th>a<th>b</thead><tbody><tr><td>1<td>2</tbody>',
      '| a | b |\n| --- | --- |\n| 1 | 2 |',
    ],
    [
      'without a head, whose first row is one',
      '<tr><td>a<td>b<tr><td>1<td>2',
      '| a | b |\n| --- | --- |\n| 1 | 2 |',
    ],
    [
      'with cells over columns',
      '<tr><th colspan=2>a<th>b<tr><td>1<td>2<td>3',
      '| a | | b |\n| --- | --- | --- |\n| 1 | 2 | 3 |',
    ],
    [
      'with cells over rows',
      '<tr><th>a<th>b<tr><td rowspan=2>1<td>2<tr><td>3',
      '| a | b |\n| --- | --- |\n| 1 | 2 |\n| 1 | 3 |',
    ],
    [
      'whose head is too short',
      '<tr><th>a<tr><td>1<td>2<td>3',
      '| a | | |\n| --- | --- | --- |\n| 1 | 2 | 3 |',
    ],
    ['with empty cells', '<tr><th><th>b<tr><td>1<td>', '|  | b |\n| --- | --- |\n| 1 |  |'],
    ['with empty rows', '<tr></tr><tr><th>a<th>b', '| a | b |\n| --- | --- |'],
    [
      'with pipes, lines and paragraphs in cells',
      '<tr><th>a|b<th><code>c|d</code><tr><td>1<br>2<td><p>3</p><p>4</p>',
      '| a\\|b | `c\\|d` |\n| --- | --- |\n| 1 2 | 3 4 |',
    ],
    ['with a caption', '<caption>c</caption><tr><th>a<th>b', 'c\n\n| a | b |\n| --- | --- |'],
    [
      'with links and emphasis',
      '<tr><th>a<th>b<tr><td><a href="/x">1</a><td><b>2</b>',
      '| a | b |\n| --- | --- |\n| [1](https://blog.example/x) | **2** |',
    ],
  ])('%s', (_name, html, markdown) => expect(write(html)).toBe(markdown));
});

describe('a layout', () => {
  it.each([
    ['of one column', '<tr><td>a<tr><td>b', 'a\n\nb'],
    ['of lists', '<tr><td><ul><li>a</ul><td>b', '- a\n\nb'],
    ['of code', '<tr><td>a<td><pre>b</pre>', 'a\n\n```\nb\n```'],
    ['of headings', '<tr><td><h2>a</h2><td>b', '## a\n\nb'],
    ['of a table', '<tr><td>a<td><table><tr><td>b<td>c</table>', 'a\n\n| b | c |\n| --- | --- |'],
  ])('is no table: %s', (_name, html, markdown) => expect(write(html)).toBe(markdown));

  it('that says so is no table', () =>
    expect(bodyToMarkdown('<table role=presentation><tr><td>- a<td>b</table>').text).toBe(
      '\\- a\n\nb',
    ));
});

it('reads back as the cells that were in it', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'b', '|', ' ', '1', '-', '#') });
  const row = fc.tuple(cell, cell, cell);
  fc.assert(
    fc.property(fc.array(row, { minLength: 2, maxLength: 6 }), (rows) => {
      const html = rows.map((cells) => `<tr>${cells.map((text) => `<td>${text}</td>`).join('')}`);
      const [table] = marked.lexer(write(html.join(''))) as Tokens.Table[];
      const read = [table?.header, ...(table?.rows ?? [])];
      expect(read.map((cells) => cells?.map(({ text }) => text))).toEqual(
        rows.map((cells) => cells.map((text) => text.replace(/ +/g, ' ').trim())),
      );
    }),
  );
});
