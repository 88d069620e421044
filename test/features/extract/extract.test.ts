import { describe, expect, it } from 'vitest';
import { EXTRACTOR, extractPage } from '#features/extract/extract.ts';
import type { RawPage } from '#ports/page-fetcher.ts';
import { PAGE_URL, rawPage } from '../raw-page.ts';

const PROSE =
  'The harbour was quiet that morning, and the boats lay where the tide had left them, on the sand. ';
const extract = (html: string, rest: Partial<RawPage> = {}) => extractPage(rawPage(html, rest));
/** A page whose post holds a piece of HTML between two paragraphs. */
const post = (html: string, head = '') =>
  `<html lang=en><head><title>Boats</title>${head}</head><body><header><nav><a href="/">Home</a>
  <a href="/all">All posts</a></nav></header><main><article><h1>Boats</h1><p>${PROSE.repeat(5)}</p>
  ${html}<p>${PROSE.repeat(5)}</p></article></main><footer>All rights reserved.</footer></body></html>`;
/** The Markdown between the two paragraphs. */
const between = (html: string) => {
  const parts = extract(post(html)).markdown.split(PROSE.repeat(5).trim());
  expect(parts).toHaveLength(3);
  return parts[1]?.trim();
};

it('takes a page apart into post, metadata and links', () => {
  const page = extract(
    post(
      '<p>See <a href="../other?utm_source=x#y">the other</a>.</p>',
      `<link rel=canonical href="/posts/first"><link rel=alternate type="application/rss+xml" href="/f">
       <meta name=author content=Ann>`,
    ),
  );
  expect(page).toMatchObject({
    stage: 'extracted',
    url: PAGE_URL,
    canonical: PAGE_URL,
    refresh: null,
    noindex: false,
    nofollow: false,
    links: ['https://blog.example/', 'https://blog.example/all', 'https://blog.example/other'],
    feeds: ['https://blog.example/f'],
    metadata: { title: 'Boats', author: 'Ann', language: 'en' },
    codeLength: 0,
    malformed: null,
  });
  expect(page.markdown).not.toMatch(/Home|All posts|rights|# Boats/);
  expect(page.words).toBe(19 * 10 + 3);
  expect(page.linkShare).toBeCloseTo(2 / 193);
  expect(EXTRACTOR).toEqual({ name: 'readability', version: 2 });
});

describe('Markdown', () => {
  it.each([
    [
      'headings',
      '<h2 id=a>Sand <a class=anchor href="#a">#</a></h2><h3>Tide</h3>',
      '## Sand\n\n### Tide',
    ],
    ['emphasis', '<p>a <b>b </b><i>c</i> <code>d  e</code></p>', 'a **b** *c* `d e`'],
    [
      'nested lists',
      '<ul><li>one<ul><li>two</li></ul></li><li>three</li></ul>',
      '- one\n  - two\n- three',
    ],
    ['numbered lists', '<ol start=3><li>a</li><li>b</li></ol>', '3. a\n4. b'],
    ['task lists', '<ul><li><input type=checkbox checked> a</li></ul>', '- [x] a'],
    ['quotes', '<blockquote><p>a</p></blockquote>', '> a'],
    ['absolute links', '<p><a href="../b">b</a></p>', '[b](https://blog.example/b)'],
    ['links under a base', '<p><a href="#x">x</a></p>', 'x'],
    [
      'images with their words',
      '<p><img src=a.png alt="A boat on sand"></p>',
      '![A boat on sand](https://blog.example/posts/a.png)',
    ],
    [
      'tables',
      '<table><thead><tr><th>A<th>B</thead><tr><td>1|2<td>3</table>',
      '| A | B |\n| --- | --- |\n| 1\\|2 | 3 |',
    ],
    [
      'cells over rows',
      '<table><tr><th>A<th>B<tr><td rowspan=2>1<td>2<tr><td>3</table>',
      '| A | B |\n| --- | --- |\n| 1 | 2 |\n| 1 | 3 |',
    ],
  ])('has %s', (_name, html, markdown) => expect(between(html)).toBe(markdown));

  it('keeps code as it stands, whatever highlights it', () => {
    const code = 'def f(x):\n\n    if x  <  1:\n\treturn "`a`"  # **b**';
    const html = code.replace(/</g, '&lt;').replace(/f/g, '<span class="comment hidden">f</span>');
    const wrapped = `<div class="language-python highlighter-rouge"><div class="highlight"><pre class="highlight"><code>${html}</code></pre></div></div>`;
    expect(between(wrapped)).toBe(`\`\`\`python\n${code}\n\`\`\``);
    expect(extract(post(wrapped)).codeLength).toBe(code.replace(/\s/g, '').length);
  });

  it('fences code that holds fences', () =>
    expect(between('<pre><code class=language-md>```js\nx\n```</code></pre>')).toBe(
      '````md\n```js\nx\n```\n````',
    ));

  it('keeps code within a list in it', () =>
    expect(between('<ul><li>a<pre><code>b\n  c</code></pre></li></ul>')?.replace(/ +$/gm, '')).toBe(
      '- a\n\n  ```\n  b\n    c\n  ```',
    ));
});

describe('pages that are no posts', () => {
  it('follows a refresh that is meant as a redirect', () => {
    const refresh = (delay: number, html: string) =>
      extract(`<meta http-equiv=refresh content="${delay};url=/new">${html}`).refresh;
    expect(refresh(0, '<p>Moved.')).toBe('https://blog.example/new');
    expect(refresh(5, post(''))).toBe('https://blog.example/new');
    expect(refresh(60, post(''))).toBeNull();
    expect(refresh(60, '')).toBe('https://blog.example/new');
  });

  it('has no links when it asks not to be followed', () => {
    const page = extract(post('<a href="/x">x</a>'), { robotsTag: 'none' });
    expect(page).toMatchObject({ noindex: true, nofollow: true, links: [] });
  });

  it.each(['', ' ', '<html></html>', '<p></p>', '<script>x</script>'])('is empty: %j', (html) =>
    expect(extract(html)).toMatchObject({ words: 0, linkShare: 0, markdown: '', malformed: null }),
  );

  it('is mostly links', () => {
    const list = '<li><a href="/p">Another post of ours about boats</a> 2024</li>'.repeat(60);
    expect(extract(`<main><ul>${list}</ul></main>`).linkShare).toBeGreaterThan(0.6);
  });
});

describe('plain text', () => {
  const text = '# A title #\n\nfirst  line  \n\n```js\nconst a = 1;\n```\n<b>as it is</b>\n';

  it.each([
    ['text/plain', text, 9],
    ['text/markdown; charset=utf-8', text.slice(text.indexOf('first')), 7],
    ['TEXT/Markdown', text.slice(text.indexOf('first')), 7],
  ])('is kept as it is, Markdown without its title: %s', (contentType, markdown, words) =>
    expect(extract(text, { contentType })).toMatchObject({
      markdown,
      metadata: { title: 'A title', author: null, language: null },
      words,
      codeLength: 9,
      links: [],
      malformed: null,
    }),
  );

  it('is named by its URL without a heading', () => {
    const named = (url: string) =>
      extract('just text', { contentType: 'text/plain', url }).metadata.title;
    expect(named('https://blog.example/notes/read-me.txt')).toBe('read-me.txt');
    expect(named('https://blog.example/')).toBe('blog.example');
  });

  it('obeys its headers', () =>
    expect(extract(text, { contentType: 'text/plain', robotsTag: 'noindex' }).noindex).toBe(true));
});
