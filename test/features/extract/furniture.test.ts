import { describe, expect, it } from 'vitest';
import { besideText, extractHtml, PROSE, postHtml } from './post-page.ts';

const links = (count: number) =>
  Array.from({ length: count }, (_, at) => `<li><a href="/p${at}">Another post of ours</a></li>`);

describe('what stands beside the text, by its classes', () => {
  it.each([
    ['a share bar', '<div class="share-bar"><a href="/x">Share this on Mastodon</a></div>'],
    [
      'related posts',
      `<section class="relatedPosts"><h3>More</h3><ul>${links(3).join('')}</ul></section>`,
    ],
    [
      'a sign-up',
      '<div class="newsletter-signup"><p>One letter a month, no more than that.</p></div>',
    ],
    ['an advertisement', '<div class="ad ad-slot"><p>Buy sails at Smith and Sons today.</p></div>'],
    ['a cookie notice', '<div class="cookie-notice"><p>We keep one cookie about you.</p></div>'],
    ['breadcrumbs', '<ul class="breadcrumb"><li>Home</li><li>Sea</li></ul>'],
    ['a byline', '<p class="byline">Words by Ann Bee of the harbour office</p>'],
    ['tags', '<p class="tags">boats, sand, tides</p>'],
    ['words for screen readers', '<span class="sr-only">Opens in a new window</span>'],
  ])('is left out: %s', (_name, html) => expect(besideText({ between: html })).toBe(''));

  it.each([
    ['code', '<div class="promo"><pre>npm install boats</pre></div>', 'npm install boats'],
    [
      'a quotation',
      '<div class="social"><blockquote>So it goes.</blockquote></div>',
      '> So it goes.',
    ],
    ['a table', '<div class="ads"><table><tr><th>A<th>B<tr><td>1<td>2</table></div>', '| A | B |'],
    [
      'a topic',
      '<p class="tag-newsletter">A word on letters that were sent by boat.</p>',
      'A word on letters',
    ],
    [
      'pictures of a gallery',
      '<div class="gallery"><img src="/a.png" alt="A hull"></div>',
      'A hull',
    ],
  ])('stays when it is %s', (_name, html, kept) =>
    expect(besideText({ between: html })).toContain(kept),
  );

  it('stays when it is most of the text', () => {
    const page = `<html><title>Boats</title><article class="post"><div class="social"><p>${PROSE.repeat(9)}</p></div></article></html>`;
    expect(extractHtml(page).words).toBeGreaterThan(100);
  });
});

describe('the edges of a text', () => {
  it.each([
    ['its title once more', '<h2>Boats</h2>'],
    ['its date', '<p>Posted on 3 May 2024 at 10:15</p>'],
    ['a date in another language', '<p>Veröffentlicht am 3. Mai 2024 um 10:15 Uhr</p>'],
    ['how long it takes', '<p>May 3, 2024 · 7 min read</p>'],
    ['a section above the date', '<p>Sea and land</p><p>3 May 2024</p>'],
  ])('before it lose %s', (_name, before) => expect(besideText({ before })).toBe(''));

  it.each([
    ['sign-ups', '<p>Subscribe to our newsletter for more of this.</p>'],
    ['where else to look', '<p>Follow us on Twitter.</p>'],
    ['rights', '<p>© 2024 The harbour. All rights reserved.</p>'],
    ['calls to comment', '<p>Comments are closed.</p>'],
    ['where it is filed', '<p>Filed under: boats, sand</p>'],
    ['a date', '<p>Updated 4 May 2024</p>'],
  ])('after it lose %s', (_name, after) => expect(besideText({ after })).toBe(''));

  it('lose the life of the author, but not a sentence about somebody else', () => {
    const head = '<meta name="author" content="Ann Bee">';
    expect(besideText({ head, after: '<p>Ann Bee is a writer in Leeds.</p>' })).toBe('');
    const other = '<p>Bo Cee is a writer in Leeds, and was there that day.</p>';
    expect(besideText({ head, after: other })).toContain('Bo Cee');
  });

  it.each([
    [
      'a sentence with a year',
      '<p>In 2024 the old pier was pulled down, to nobody’s surprise.</p>',
    ],
    ['a heading', '<h2>What came of it</h2><p>Nothing at all came of it in the end.</p>'],
    ['a list', '<ul><li>Subscribe to nothing at all</li><li>Read the tide table</li></ul>'],
  ])('keep %s', (_name, html) => {
    expect(besideText({ before: html })).not.toBe('');
    expect(besideText({ after: html })).not.toBe('');
  });

  it('lose words of players and advertisements between paragraphs, and credits', () => {
    const stray = ['Advertisement', 'Continue reading below', 'Anzeige', 'Photo credit: Bo Cee'];
    for (const text of stray) expect(besideText({ between: `<p>${text}</p>` })).toBe('');
    expect(besideText({ between: '<h2>Share</h2><p>They share the pier.</p>' })).toContain('Share');
  });
});

describe('links to other posts', () => {
  it.each([
    ['introduced as such', '<p>Read more:</p><p><a href="/b">How the old pier was built</a></p>'],
    ['with their introduction', '<p>Related: <a href="/b">How the old pier was built</a></p>'],
    ['a paragraph that is one', '<p><a href="/b">How the old pier was built at last</a></p>'],
  ])('are left out: %s', (_name, html) => expect(besideText({ between: html })).toBe(''));

  it('are left out in a list at the end, with its heading', () =>
    expect(besideText({ after: `<h3>Elsewhere here</h3><ul>${links(4).join('')}</ul>` })).toBe(''));

  it.each([
    [
      'in a sentence',
      '<p>It is told in <a href="/b">the story of the old pier</a>, at length.</p>',
    ],
    ['to other sites', '<p><a href="https://sea.example/b">The story of the old pier</a></p>'],
    ['within the page', '<p><a href="#b">The part about the old pier</a></p>'],
  ])('stay %s', (_name, html) => expect(besideText({ between: html })).toContain('old pier'));

  it('are what a listing is of, and stay there so that it can be told as one', () => {
    const teaser = (at: number) =>
      `<h2><a href="/p${at}">The story of pier ${at}</a></h2><p>${PROSE.repeat(2)}</p>`;
    const { markdown } = extractHtml(
      `<html><title>Boats</title><main>${[1, 2, 3, 4, 5].map(teaser).join('')}</main></html>`,
    );
    expect(markdown.match(/^## \[The story/gm)).toHaveLength(5);
  });
});

describe('captions', () => {
  it.each([
    [
      'of a figure',
      '<figure><img src="/a.png" alt="A hull"><figcaption>At dawn</figcaption></figure>',
    ],
    ['by their class', '<div><img src="/a.png" alt="A hull"><p class="caption">At dawn</p></div>'],
  ])('go with their images: %s', (_name, html) =>
    expect(besideText({ between: html })).toBe('![A hull](https://blog.example/a.png "At dawn")'),
  );

  it('stand for a picture that is gone, and stay below code', () => {
    const film = '<figure><video src="/a.mp4"></video><figcaption>The film</figcaption></figure>';
    expect(besideText({ between: film })).toBe('![The film]()');
    const code = '<figure><pre>a()</pre><figcaption>Listing 1</figcaption></figure>';
    expect(besideText({ between: code })).toContain('Listing 1');
  });
});

describe('quotations', () => {
  it('are kept whatever is around them', () => {
    const quoted =
      '<blockquote class="share"><p>It went <a href="https://a.example/1">down</a>.</p></blockquote>';
    const html = `<div class="social-embed"><div>${quoted}</div></div>`;
    expect(besideText({ between: html })).toBe('> It went [down](https://a.example/1).');
  });
});

describe('what a page says that its text is', () => {
  const lines = Array.from(
    { length: 30 },
    (_, at) => `Line ${at} of what the page states. ${PROSE}`,
  );
  const jsonLd = (body: string) =>
    `<script type="application/ld+json">${JSON.stringify({
      '@context': 'https://schema.org',
      '@type': 'Article',
      headline: 'Boats',
      articleBody: body,
    })}</script>`;

  it('is taken when far less of it is found', () => {
    const html = `<html><head><title>Boats</title>${jsonLd(lines.join('\n'))}</head><body><article><p>${PROSE}</p></article></body></html>`;
    const { markdown } = extractHtml(html);
    expect(markdown).toContain('Line 0 of what the page states');
    expect(markdown).toContain('Line 29 of what the page states');
  });

  it('is not taken when it is an excerpt, or all is there', () => {
    const excerpt = postHtml({ head: jsonLd('A short excerpt of it.') });
    expect(extractHtml(excerpt).markdown).not.toContain('excerpt');
    const whole = postHtml({ head: jsonLd(PROSE.repeat(16)), between: '<h2>Its own heading</h2>' });
    expect(extractHtml(whole).markdown).toContain('## Its own heading');
  });
});
