import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ENTRIES_MAX, parseSitemap } from '#features/discover/sitemap.ts';
import { rawPage } from '../raw-page.ts';
import { bareUrl } from './entries.ts';

const NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"';
const parse = (body: string | Uint8Array) =>
  parseSitemap(rawPage(body, { url: 'https://blog.example/sitemap.xml', contentType: '' }));

it('reads a urlset, without what its images and its alternates say', () =>
  expect(
    parse(`<?xml version="1.0"?><urlset ${NAMESPACE} xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
      <url><loc> https://blog.example/a?x=1&amp;y=2 </loc><lastmod>2024-05-01</lastmod>
        <image:image><image:loc>https://blog.example/i.png</image:loc></image:image></url>
      <url><image:loc>https://blog.example/no</image:loc><loc>/b</loc>
        <lastmod>2024-05-01T10:00:00+02:00</lastmod></url>
      <url><loc>https://blog.example/a?y=2&amp;x=1</loc><lastmod>never</lastmod></url>
      <url><loc>https://blog.example/b#again</loc></url><url><loc>ftp://x/</loc></url><url/></urlset>`),
  ).toEqual({
    urls: [
      { ...bareUrl('https://blog.example/a?x=1&y=2'), modifiedAt: '2024-05-01' },
      { ...bareUrl('https://blog.example/b'), modifiedAt: '2024-05-01T08:00:00Z' },
      { ...bareUrl('https://blog.example/a?y=2&x=1'), modifiedAt: null },
    ],
    sitemaps: [],
    refused: 0,
  }));

it('reads an index', () =>
  expect(
    parse(`<sitemapindex ${NAMESPACE}><sitemap><loc>https://blog.example/1.xml</loc></sitemap>
      <sitemap><loc>/2.xml.gz</loc><lastmod>2024-05-01</lastmod></sitemap></sitemapindex>`),
  ).toEqual({
    urls: [],
    sitemaps: ['https://blog.example/1.xml', 'https://blog.example/2.xml.gz'],
    refused: 0,
  }));

it.each([
  [
    'prefixed',
    '<s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9"><s:url><s:loc>/a</s:loc></s:url></s:urlset>',
  ],
  ['without a namespace', '<urlset><url><loc>/a</loc></url></urlset>'],
  [
    'of another namespace',
    '<urlset xmlns="http://www.google.com/schemas/sitemap/0.84"><url><loc>/a</loc></url></urlset>',
  ],
  ['cut off', '<urlset><url><loc>/a</loc></url><url><loc>https://blog.exa'],
  ['in CDATA', '<urlset><url><loc><![CDATA[/a]]></loc></url></urlset>'],
])('reads one %s', (_name, text) =>
  expect(parse(text)?.urls[0]).toEqual(bareUrl('https://blog.example/a')),
);

it('reads a list of lines', () =>
  expect(
    parse('\ufeffhttps://blog.example/a\r\n\r\n  https://blog.example/b\nhttps://blog.example/a')
      ?.urls,
  ).toEqual([bareUrl('https://blog.example/a'), bareUrl('https://blog.example/b')]));

it('takes no blank location for the sitemap itself', () =>
  expect(
    parse('<urlset><url><loc> </loc></url><url><loc/><loc>/a</loc></url></urlset>')?.urls,
  ).toEqual([bareUrl('https://blog.example/a')]));

it('reads past any white space ahead', () => {
  const blank = ' \n'.repeat(5_000);
  expect(parse(`${blank}<urlset><url><loc>/a</loc></url></urlset>`)?.urls).toHaveLength(1);
  expect(parse(`${blank}https://blog.example/a`)?.urls).toHaveLength(1);
});

it('reads UTF-16, and leaves gzip to the fetcher', () => {
  const text = '\ufeff<urlset><url><loc>/\u00fc</loc></url></urlset>';
  expect(parse(Buffer.from(text, 'utf16le'))?.urls[0]?.url).toBe('https://blog.example/%C3%BC');
  expect(parse(gzipSync(text))).toBeNull();
});

describe('what is none, or hostile', () => {
  it.each(['', 'not found', 'https://blog.example/a\nsome text', '<html/>', '{}'])(
    'is none: %j',
    (text) => expect(parse(text)).toBeNull(),
  );

  it('says how many entries it refused', () => {
    const entries = (name: string, loc: string) =>
      Array.from(
        { length: ENTRIES_MAX + 2 },
        (_, at) => `<${name}><loc>/${loc}${at}</loc></${name}>`,
      );
    const pages = parse(`<urlset>${entries('url', '').join('')}</urlset>`);
    expect([pages?.urls.length, pages?.refused]).toEqual([ENTRIES_MAX, 2]);
    const index = parse(`<sitemapindex>${entries('sitemap', 's').join('')}</sitemapindex>`);
    expect([index?.sitemaps.length, index?.refused]).toEqual([ENTRIES_MAX, 2]);
    const lines = Array.from({ length: ENTRIES_MAX + 2 }, (_, at) => `https://blog.example/${at}`);
    const list = parse(lines.join('\r\n'));
    expect([list?.urls.length, list?.refused]).toEqual([ENTRIES_MAX, 2]);
  });

  it('bounds nesting, attributes and texts', () => {
    expect(parse(`<urlset>${'<url>'.repeat(300_000)}`)).toBeNull();
    expect(parse('\n'.repeat(10_000_000))).toBeNull();
    expect(
      parse(`<urlset a="${'x'.repeat(5_000_000)}"><url><loc>/a</loc></url>`)?.urls,
    ).toHaveLength(1);
    expect(parse(`<urlset><url><loc>/${'x'.repeat(5_000_000)}</loc></url>`)?.urls).toEqual([]);
  });

  it('never throws', () => {
    const piece = fc.constantFrom(
      '<url>',
      '</url>',
      '<loc>',
      '</loc>',
      '/a',
      '<sitemap>',
      '&#0;',
      '&#x110000;',
      '\0',
      '<!--',
      '-->',
      '<?',
      '?>',
    );
    const soup = fc
      .array(fc.oneof(piece, fc.string()), { maxLength: 40 })
      .map((all) => `<urlset>${all.join('')}`);
    fc.assert(
      fc.property(soup, (text) => {
        expect(parse(text)?.refused ?? 0).toBe(0);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(parse(bytes)?.refused ?? 0).toBe(0);
      }),
    );
  });
});
