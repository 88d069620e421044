import { load } from 'cheerio';
import { describe, expect, it } from 'vitest';
import { MOVED, STUB } from '../../../scripts/sample-site/awkward.ts';
import { barsOf, chartAlt, chartSvg } from '../../../scripts/sample-site/charts.ts';
import { plainText } from '../../../scripts/sample-site/parsed-html.ts';
import { renderPost } from '../../../scripts/sample-site/render-post.ts';
import { postOf } from './post-file.ts';

const render = (markdown: string, slug = 'a') => renderPost(postOf({ slug }, markdown));

it('renders fenced code with its language and ends it with a line break', () => {
  expect(render('```bash\nls <dir>\n```').body.markup).toBe(
    '<pre><code class="language-bash">ls &lt;dir&gt;\n</code></pre>\n',
  );
  expect(render('```\nx\n```').body.markup).toContain('class="language-text"');
});

it('gives headings ids of their own, with a link to them', () => {
  const $ = load(render('## Été & `x`\n\n## Été & x\n').body.markup);
  expect(
    $('h2')
      .map((_, heading) => $(heading).attr('id'))
      .get(),
  ).toEqual(['ete-x', 'ete-x-2']);
  expect($('h2 a.anchor').first().attr('href')).toBe('#ete-x');
  expect($('h2 code').text()).toBe('x');
});

it('renders tables, emphasis and addresses', () => {
  const $ = load(render('|a|b|\n|---|---|\n|1|**2**|\n\nWrite to me@x.example.').body.markup);
  expect(
    $('tbody td')
      .map((_, cell) => $(cell).text())
      .get(),
  ).toEqual(['1', '2']);
  expect($('a[href="mailto:me@x.example"]').text()).toBe('me@x.example');
});

describe('links', () => {
  const linkOf = (slug: string, to: string) =>
    load(render(`[*there*](${to})`, slug).body.markup)('a').attr('href');

  it('stay as they are written', () => {
    expect(linkOf('a', '/posts/b/')).toBe('/posts/b/');
    expect(linkOf('a', 'https://x.example/?a=1&b=2')).toBe('https://x.example/?a=1&b=2');
    expect(linkOf('a', MOVED.to)).toBe(MOVED.to);
  });

  it('lead to old addresses from the posts that have not heard of the new ones', () => {
    expect(linkOf(MOVED.linkedFrom[0], MOVED.to)).toBe(MOVED.from);
    expect(linkOf(STUB.linkedFrom[0], STUB.to)).toBe(STUB.from);
    expect(linkOf(STUB.linkedFrom[0], MOVED.to)).toBe(MOVED.to);
  });
});

describe('charts', () => {
  const table = '|what|n|\n|---|---|\n|a|1,200 ms|\n|b|–|\n|c|7%|\n';

  it('draw the first table of a post that has one declared, with its numbers as text', () => {
    const { body, chart } = render(`Before.\n\n${table}`, 'the-index-that-lied');
    const $ = load(body.markup);
    expect($('table + figure img').attr('src')).toBe('/images/the-index-that-lied.svg');
    expect($('figure img').attr('alt')).toContain('a 1,200 ms; c 7%.');
    expect(load(chart?.markup ?? '', { xml: true })('rect')).toHaveLength(2);
    expect(render(table).chart).toBeNull();
  });

  it('fail where the declared post has no table', () => {
    expect(() => render('No table.', 'the-index-that-lied')).toThrow('no table to draw');
  });

  it('read the first number of a cell and leave out cells without one', () => {
    const rows = [
      ['a', '1,200 ms'],
      ['b', '–'],
      ['c', '±9.5 of 3'],
    ];
    const bars = barsOf(
      rows.map((row) => row.map((text) => ({ text }))),
      1,
    );
    expect(bars.map(({ value }) => value)).toEqual([1200, 9.5]);
    expect(chartAlt('Times', bars)).toBe('Bar chart. Times: a 1,200 ms; c ±9.5 of 3.');
  });

  it('scale the largest bar to the full width', () => {
    const bars = [
      { label: 'a<b', value: 4, shown: '4' },
      { label: 'c', value: 2, shown: '2' },
    ];
    const $ = load(chartSvg('T', bars).markup, { xml: true });
    const widths = $('rect')
      .map((_, bar) => Number($(bar).attr('width')))
      .get();
    expect(widths).toEqual([220, 110]);
    expect($('text').first().text()).toBe('a<b');
  });
});

it('reads the plain text of an article without charts and anchors', () => {
  const { body } = render(
    '## Head\n\nOne\n*two*.\n\n- a\n- b\n\n|x|y|\n|-|-|\n|1|2|\n',
    'the-index-that-lied',
  );
  expect(plainText(body.markup)).toBe('Head One two. a b x y 1 2');
});
