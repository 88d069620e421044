import { describe, expect, it } from 'vitest';
import { DEPTHS_MAX, ELEMENTS_MAX, NESTING_MAX, readPage } from '#features/extract/read-page.ts';
import { PAGE_URL } from '../raw-page.ts';

const read = (html: string, xhtml = false) => readPage(html, PAGE_URL, { xhtml });
/** The document that is left of a page. */
const bodyOf = (html: string) =>
  (read(html).document.body as unknown as { readonly innerHTML: string }).innerHTML;

describe('the document', () => {
  it.each([
    ['scripts and styles', 'a<script>x</script><style>y</style><noscript>z</noscript>b', 'ab'],
    ['comments', 'a<!-- x -->b', 'ab'],
    ['graphics', '<p>a<svg><title>x</title><text>y</text></svg></p>', '<p>a</p>'],
    [
      'forms',
      '<p>a<button>x</button><select><option>y</select><textarea>z</textarea></p>',
      '<p>a</p>',
    ],
    ['navigation', '<nav>x</nav><aside>y</aside><footer>z</footer><p>a</p>', '<p>a</p>'],
    ['roles', '<div role=navigation>x</div><div role=main>a</div>', '<div role="main">a</div>'],
    [
      'what is hidden',
      '<p hidden>x</p><p aria-hidden=true>y</p><p style="color:red; display : none">z',
      '',
    ],
    [
      'share links',
      '<a href="https://www.facebook.com/sharer/sharer.php?u=x">x</a><a href="mailto:?subject=y">y</a>',
      '',
    ],
    ['attributes that nobody reads', '<p onclick=x data-y=z class=c>a</p>', '<p class="c">a</p>'],
    [
      'white space between blocks',
      '<ul>\n <li>a</li>\n <li>b</li>\n</ul>',
      '<ul><li>a</li><li>b</li></ul>',
    ],
  ])('is without %s', (_name, html, body) => expect(bodyOf(html)).toBe(body));

  it.each([
    [
      'a page that is hidden until its script runs',
      '<html style="display:none"><body hidden><main hidden>a</main>',
      '<main>a</main>',
    ],
    [
      'white space between words',
      '<p><b>a</b> <i>b</i>\n<u>c</u></p>',
      '<p><b>a</b> <i>b</i> <u>c</u></p>',
    ],
    ['white space of code', '<pre>\n a\n\n  b </pre>', '<pre>\n a\n\n  b </pre>'],
    [
      'people by address',
      '<a href="mailto:a@b.example">a</a>',
      '<a href="mailto:a@b.example">a</a>',
    ],
    ['entities as characters', '<p>&eacute;&#x41;&amp;&nbsp;x', '<p>éA&amp; x</p>'],
    [
      'boxes of task lists',
      '<ul><li><input type=checkbox checked>a<li><input type=checkbox>b</ul>',
      '<ul><li>[x] a</li><li>[ ] b</li></ul>',
    ],
    ['what is outside of a body', 'a<html><head><body><p>b', 'a<p>b</p>'],
  ])('keeps %s', (_name, html, body) => expect(bodyOf(html)).toBe(body));

  it('leaves out attributes that are too long', () => {
    expect(bodyOf(`<a href="${'x'.repeat(3_000)}" class=c>a</a>`)).toBe('<a class="c">a</a>');
  });

  it('takes a closed element for closed in XHTML only', () => {
    expect(read('<title/><p>a</p>', true).document.body.textContent).toBe('a');
    expect(read('<title/><p>a</p>', false).document.body.textContent).toBe('');
  });
});

describe('the facts', () => {
  it('are of the whole page, also of what is hidden', () => {
    const { facts } = read(`<html lang=de><head><base href="/docs/"><title>T &amp; t</title>
      <meta name=Description content=" d "><meta property="og:title article:tag" content=o>
      <link rel="Alternate feed" type="application/rss+xml; x=y" href=f>
      <script type="application/ld+json">{"a":"<b>"}</script><script>no()</script></head>
      <nav><a href=n>n</a></nav><map><area href=m></map><a href=a>a</a><div hidden><a href=h>h</a></div>
      <svg><title>no</title></svg><template><a href=t>t</a></template></html>`);
    expect(facts).toMatchObject({
      base: 'https://blog.example/docs/',
      language: 'de',
      title: 'T & t',
      metas: [
        { name: 'description', content: 'd' },
        { name: 'og:title', content: 'o' },
        { name: 'article:tag', content: 'o' },
      ],
      links: [{ rel: ['alternate', 'feed'], type: 'application/rss+xml', href: 'f' }],
      jsonLd: ['{"a":"<b>"}'],
      anchors: ['n', 'm', 'a', 'h'],
    });
  });

  it('do not take what a page says to readers without scripts', () =>
    expect(
      read('<noscript><meta http-equiv=refresh content="0;url=/x"></noscript>').facts.metas,
    ).toEqual([]));
});

describe('what is given up', () => {
  it('names nesting, number, and both together', () => {
    expect(read('<div>'.repeat(NESTING_MAX)).malformed).toBeNull();
    expect(read('<div>'.repeat(NESTING_MAX + 1)).malformed).toContain('nest');
    expect(read('<p>'.repeat(ELEMENTS_MAX)).malformed).toBeNull();
    expect(read('<p>'.repeat(ELEMENTS_MAX + 1)).malformed).toContain(`${ELEMENTS_MAX} elements`);
    const rows = Math.ceil((3 * DEPTHS_MAX) / 150 ** 3) + 1;
    const deep = ('<div>'.repeat(150) + '</div>'.repeat(150)).repeat(rows);
    expect(150 * rows).toBeLessThan(ELEMENTS_MAX);
    expect(read(deep).malformed).toContain('too deep for so many');
  });

  it('names code of white space alone', () => {
    const blanks = (length: number) => `<pre>a${' '.repeat(length)}b</pre>`;
    expect(read(blanks(5_000)).malformed).toBeNull();
    expect(read(blanks(10_000)).malformed).toContain('white space');
    expect(read(blanks(100).repeat(1_000)).malformed).toBeNull();
  });

  it('does not read on', () => {
    const { malformed, facts } = read(`${'<div>'.repeat(1_000)}${'<a href=x>'.repeat(100_000)}`);
    expect(malformed).not.toBeNull();
    expect(facts.anchors.length).toBeLessThan(10_000);
  });
});
