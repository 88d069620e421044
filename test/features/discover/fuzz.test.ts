import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFeed } from '#features/discover/feed.ts';
import { isoDate } from '#features/discover/iso-date.ts';
import { parseRobots } from '#features/discover/robots.ts';
import { parseSitemap } from '#features/discover/sitemap.ts';
import { canonicalUrl, sameSite } from '#features/discover/url.ts';
import { rawPage } from '../raw-page.ts';

const URL_OF_FILE = 'https://blog.example/file';
const runs = { numRuns: 300 };

function checkUrl(url: string): void {
  expect(canonicalUrl(url, 'https://other.example/')).toBe(url);
}

function checkDate(date: string | null): void {
  if (date !== null) expect(isoDate(date)).toBe(date);
}

/** What holds of every feed, whatever the bytes were. */
function checkFeed(body: Uint8Array, contentType: string): void {
  const feed = parseFeed(rawPage(body, { contentType, url: URL_OF_FILE }));
  if (feed === null) return;
  expect([feed.refused, feed.textsRefused]).toEqual([0, 0]);
  feed.pages.forEach(checkUrl);
  for (const { url, title, author, content, contentBase, summary, ...rest } of feed.entries) {
    checkUrl(url);
    checkDate(rest.publishedAt);
    checkDate(rest.modifiedAt);
    for (const text of [title, author, content, summary, rest.id, ...rest.tags]) {
      expect(text).toBe(text?.trim() ?? null);
      expect(text).not.toBe('');
    }
    expect(contentBase === null).toBe(content === null);
    expect(rest.language ?? 'en').toMatch(/^[a-z]{2,8}(-[a-z0-9]{1,8})*$/i);
    expect(new Set(rest.tags).size).toBe(rest.tags.length);
  }
}

/** What holds of every sitemap, whatever the bytes were. */
function checkSitemap(body: Uint8Array, contentType: string): void {
  const sitemap = parseSitemap(rawPage(body, { contentType, url: URL_OF_FILE }));
  if (sitemap === null) return;
  const urls = sitemap.urls.map(({ url }) => url);
  [...urls, ...sitemap.sitemaps].forEach(checkUrl);
  expect(new Set(urls).size).toBe(urls.length);
  expect(new Set(sitemap.sitemaps).size).toBe(sitemap.sitemaps.length);
  for (const { modifiedAt, publishedAt, title } of sitemap.urls) {
    checkDate(modifiedAt);
    checkDate(publishedAt);
    expect(title).not.toBe('');
  }
}

function checkRobots(body: Uint8Array): void {
  const text = new TextDecoder().decode(body);
  const { allows, crawlDelayMs, sitemaps } = parseRobots(text, 'Lockstep/1.0');
  expect(typeof allows(URL_OF_FILE)).toBe('boolean');
  expect(Number.isSafeInteger(crawlDelayMs ?? 0) || (crawlDelayMs ?? 0) > 2 ** 53).toBe(true);
  expect(crawlDelayMs ?? 0).toBeGreaterThanOrEqual(0);
  expect(sitemaps.every((at) => at === at.trim())).toBe(true);
}

const FEEDS = [
  `<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">
    <channel><title>S</title><item><title>Q&amp;A <![CDATA[<b>é</b>]]></title><link>/a?b=1&amp;c#d</link>
    <guid isPermaLink="false">1</guid><pubDate>Thu, 01 Jan 2004 19:48:21 GMT</pubDate>
    <dc:date>2004-01-01T00:00:00Z</dc:date><dc:creator>Jane &lt;j@x.example&gt;</dc:creator>
    <description>&lt;p&gt;s</description><content:encoded><![CDATA[<p>A &amp; <br/>]]></content:encoded>
    <category>t</category><dc:language>en_US</dc:language></item></channel></rss>`,
  `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
    <channel/><item rdf:about="/a"><title>A</title><link>/a</link></item></rdf:RDF>`,
  `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/x/"><link rel="next" href="?page=2"/>
    <entry><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A <i>b</i></div></title>
    <link rel="alternate" type="text/html" href="%7ea"/><updated>2024-05-02T10:00:00+02:00</updated>
    <published>9999-12-31T23:59:59Z</published><content type="xhtml" xml:lang="fr" xml:base="../y">
    <div><p class="a&quot;">A<br/></p></div></content><summary mode="base64">PHA+</summary>
    <author><name>Jane</name></author><category term="t"/><id>/i</id></entry></feed>`,
  `{"version":"https://jsonfeed.org/version/1.1","next_url":"/2","items":[{"id":"https://blog.example/i",
    "url":"/a","title":"A","date_published":"2024-05-01T10:00:00Z","content_text":"A\\n\\nb","tags":["t"],
    "authors":[{"name":"Jane"}],"language":"en","summary":"s"},{"external_url":"//b.example/"}]}`,
];
const SITEMAPS = [
  `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>
    https://blog.example/a?b=1&amp;c </loc><lastmod>2024-05-01</lastmod></url><url><loc>/b</loc></url></urlset>`,
  `<!DOCTYPE urlset [<!ENTITY h "https://blog.example">]><urlset xmlns:news="n" xmlns:xhtml="x"><url>
    <loc>&h;/c</loc><news:news><news:title>T</news:title></news:news>
    <xhtml:link rel="alternate" hreflang="de" href="/de"/></url></urlset>`,
  '<sitemapindex><sitemap><loc>/1.xml</loc></sitemap><sitemap><loc>/2.xml.gz</loc></sitemap></sitemapindex>',
  'https://blog.example/a\r\nhttps://blog.example/b\n\nhttps://blog.example/%c3%a9?utm_source=x',
];
const ROBOTS = [
  `User-agent: *\nDisallow: /a*b$ # no\nAllow: /%c3%a9\nCrawl-delay: 2.5\r\n
    User-agent: lockstep\nUser-agent: other/2\nDisallow: /*?print\nSitemap: https://blog.example/s.xml`,
];

type Edit = { readonly at: number; readonly removed: number; readonly added: readonly number[] };

const MARKS = ['<', '>', '&', '"', '%', ':', '/', '\0', '\n', '\ufeff', '</', ']]>', '&#x80;', '*'];
const added = fc.oneof(
  fc.constantFrom(...MARKS).map((mark) => [...new TextEncoder().encode(mark)]),
  fc.array(fc.nat({ max: 255 }), { maxLength: 6 }),
);
const edit = fc.record<Edit>({
  at: fc.nat({ max: 999 }),
  removed: fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 300 })),
  added,
});

/** Bytes of a valid document after a few cuts, inserts and moves. */
const mutated = (documents: readonly string[]) =>
  fc
    .tuple(fc.constantFrom(...documents), fc.array(edit, { maxLength: 8 }), fc.boolean())
    .map(([document, edits, isDoubled]) => {
      const bytes = [...new TextEncoder().encode(document)];
      for (const { at, removed, added: bits } of edits) {
        const start = Math.floor((at / 1_000) * bytes.length);
        const cut = bytes.splice(start, removed, ...bits);
        // The piece that was cut turns up again elsewhere.
        if (isDoubled) bytes.splice(Math.floor(start / 2), 0, ...cut);
      }
      return Uint8Array.from(bytes);
    });

const bytes = fc.uint8Array({ maxLength: 400 });
const contentType = fc.oneof(
  fc.string(),
  fc.constantFrom(
    '',
    'application/rss+xml',
    'text/xml; charset=utf-16be',
    'text/xml; charset="shift_jis"',
    'text/xml; charset=iso-2022-kr',
    'text/xml; charset=x-user-defined',
    'application/feed+json; charset=gb18030',
  ),
);

describe.each([
  ['parseFeed', FEEDS, checkFeed],
  ['parseSitemap', SITEMAPS, checkSitemap],
  ['parseRobots', ROBOTS, checkRobots],
] as const)('%s', (_name, documents, check) => {
  it('reads its valid documents', () => {
    for (const document of documents) check(new TextEncoder().encode(document), '');
  });

  it('stays within its promises for any bytes of any type', () =>
    fc.assert(fc.property(bytes, contentType, check), runs));

  it('stays within its promises for valid documents that were damaged', () =>
    fc.assert(fc.property(mutated(documents), contentType, check), { numRuns: 1_000 }));

  it('says the same of the same bytes', () =>
    fc.assert(
      fc.property(mutated(documents), (body) => {
        const page = rawPage(body, { contentType: '', url: URL_OF_FILE });
        expect(parseFeed(page)).toEqual(parseFeed(page));
        expect(parseSitemap(page)).toEqual(parseSitemap(page));
      }),
    ));
});

it('no page URL makes a parser throw', () => {
  const url = fc.oneof(fc.string(), fc.webUrl(), fc.constantFrom('', 'mailto:x', 'https://'));
  fc.assert(
    fc.property(url, fc.constantFrom(...FEEDS, ...SITEMAPS), (at, document) => {
      const page = rawPage(document, { contentType: '', url: at });
      parseFeed(page)?.entries.forEach((entry) => {
        checkUrl(entry.url);
      });
      parseSitemap(page)?.urls.forEach((entry) => {
        checkUrl(entry.url);
      });
    }),
  );
});

it('any two texts are of one site, or not, whichever comes first', () =>
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.webUrl()), fc.oneof(fc.string(), fc.webUrl()), (a, b) => {
      expect(sameSite(a, b)).toBe(sameSite(b, a));
    }),
    runs,
  ));
