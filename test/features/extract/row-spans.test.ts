import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readPage } from '#features/extract/read-page.ts';
import { fillRowSpans } from '#features/extract/row-spans.ts';
import { PAGE_URL } from '../raw-page.ts';

/** Rows of a table as texts, each as wide as it spans columns. */
const rowsOf = (html: string) => {
  const { document } = readPage(`<table>${html}</table>`, PAGE_URL, { xhtml: false });
  fillRowSpans(document, document.body);
  return [...document.body.getElementsByTagName('tr')].map((row) =>
    ['td', 'th']
      .flatMap((name) => [...row.getElementsByTagName(name)])
      .map((cell) => cell.textContent + '+'.repeat(Number(cell.getAttribute('colspan') ?? 1) - 1)),
  );
};

it.each([
  [
    'leaves a plain table',
    '<tr><td>a<td>b<tr><td>c<td>d',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  [
    'repeats a cell at the start',
    '<tr><td rowspan=2>a<td>b<tr><td>c',
    [
      ['a', 'b'],
      ['a', 'c'],
    ],
  ],
  [
    'in the middle',
    '<tr><td>a<td rowspan=2>b<td>c<tr><td>d<td>e',
    [
      ['a', 'b', 'c'],
      ['d', 'b', 'e'],
    ],
  ],
  [
    'at the end',
    '<tr><td>a<td rowspan=3>b<tr><td>c<tr><td>d',
    [
      ['a', 'b'],
      ['c', 'b'],
      ['d', 'b'],
    ],
  ],
  [
    'with its width',
    '<tr><td rowspan=2 colspan=2>a<td>b<tr><td>c',
    [
      ['a+', 'b'],
      ['a+', 'c'],
    ],
  ],
  [
    'beside another',
    '<tr><td rowspan=2>a<td rowspan=3>b<tr><td>c<tr><td>d',
    [
      ['a', 'b'],
      ['a', 'b', 'c'],
      ['d', 'b'],
    ],
  ],
  [
    'not into another part',
    '<thead><tr><th rowspan=9>a</th><th>b</th></tr></thead><tbody><tr><td>c<td>d',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  [
    'once when it is long',
    `<tr><td rowspan=2>${'x'.repeat(200)}<td>b<tr><td>c`,
    [
      ['x'.repeat(200), 'b'],
      ['', 'c'],
    ],
  ],
  [
    'no nonsense',
    '<tr><td rowspan=-1>a<td rowspan=x>b<tr><td colspan=1.5>c<td>d',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
])('%s', (_name, html, rows) => expect(rowsOf(html)).toEqual(rows));

it('bounds what hostile spans make', () => {
  const row = `<tr>${'<td rowspan=65534 colspan=1000>a'.repeat(50)}`;
  const rows = rowsOf(row.repeat(200));
  expect(rows.flat().length).toBeLessThan(50 * 200 + 20_001);
});

it('gives the rows of a part equal widths when their spans say so', () => {
  const height = fc.integer({ min: 1, max: 3 });
  fc.assert(
    fc.property(fc.array(height, { minLength: 1, maxLength: 5 }), (heights) => {
      const first = heights.map((rows) => `<td rowspan=${rows}>x`).join('');
      const second = heights
        .filter((rows) => rows < 2)
        .map(() => '<td>y')
        .join('');
      const third = heights
        .filter((rows) => rows < 3)
        .map(() => '<td>z')
        .join('');
      const widths = rowsOf(`<tr>${first}<tr>${second}<tr>${third}`).map((row) => row.length);
      expect(new Set(widths)).toEqual(new Set([heights.length]));
    }),
  );
});
