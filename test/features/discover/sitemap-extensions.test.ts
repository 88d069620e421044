import { describe, expect, it } from 'vitest';
import { parseSitemap } from '#features/discover/sitemap.ts';
import { rawPage } from '../raw-page.ts';
import { bareUrl } from './entries.ts';

const parse = (body: string) =>
  parseSitemap(rawPage(body, { url: 'https://blog.example/sitemap.xml', contentType: '' }));
const SPACES = [
  'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"',
  'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"',
  'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"',
  'xmlns:video="http://www.google.com/schemas/sitemap-video/1.1"',
  'xmlns:xhtml="http://www.w3.org/1999/xhtml"',
].join(' ');
const urlset = (...urls: string[]) =>
  `<urlset ${SPACES}>${urls.map((inside) => `<url>${inside}</url>`).join('')}</urlset>`;
const A = 'https://blog.example/a';

describe('extensions', () => {
  it('of news give hints', () =>
    expect(
      parse(
        urlset(`<loc>${A}</loc><news:news><news:publication><news:name>The Paper</news:name>
          <news:language>en</news:language></news:publication>
          <news:publication_date>2024-05-01T10:00:00+02:00</news:publication_date>
          <news:title>Fish &amp; chips</news:title><news:keywords>food, fish ,, food</news:keywords>
          </news:news><lastmod>2024-05-02</lastmod>`),
      )?.urls,
    ).toEqual([
      {
        url: A,
        modifiedAt: '2024-05-02',
        publishedAt: '2024-05-01T08:00:00Z',
        title: 'Fish & chips',
        language: 'en',
        tags: ['food', 'fish'],
      },
    ]));

  it('of images and videos do not pass for the page', () =>
    expect(
      parse(
        urlset(`<image:image><image:loc>https://blog.example/i.png</image:loc>
          <image:title>No</image:title></image:image><loc>${A}</loc><video:video>
          <video:content_loc>https://blog.example/v.mp4</video:content_loc><video:title>No</video:title>
          <video:publication_date>2024-05-01</video:publication_date></video:video>`),
      )?.urls,
    ).toEqual([{ ...bareUrl(A), publishedAt: '2024-05-01' }]));

  it('of languages list the other versions, each once, and say the language', () => {
    const link = (tag: string, path: string) =>
      `<xhtml:link rel="alternate" hreflang="${tag}" href="https://blog.example${path}"/>`;
    const alternates = `${link('en', '/a')}${link('de-AT', '/de/a')}${link('x-default', '/any')}`;
    const urls = parse(
      urlset(
        `<loc>${A}</loc>${alternates}<xhtml:link rel="canonical" href="/no"/>`,
        `${alternates}<loc>https://blog.example/de/a</loc><lastmod>2024-05-01</lastmod>`,
      ),
    )?.urls;
    expect(urls).toEqual([
      { ...bareUrl(A), language: 'en' },
      { ...bareUrl('https://blog.example/de/a'), language: 'de-AT' },
      bareUrl('https://blog.example/any'),
    ]);
  });

  it('of one entry are not those of the next', () => {
    const first = '<loc>/1</loc><news:news><news:title>One</news:title></news:news>';
    expect(parse(urlset(first, '<loc>/2</loc>'))?.urls.map(({ title }) => title)).toEqual([
      'One',
      null,
    ]);
  });
});

describe('feeds as sitemaps', () => {
  it('lists what a feed has, and its further pages', () => {
    const feed = `<feed xmlns="http://www.w3.org/2005/Atom"><link rel="next" href="?page=2"/>
      <entry><title>A</title><link href="/a"/><updated>2024-05-02T10:00:00Z</updated>
      <published>2024-05-01T10:00:00Z</published><category term="t"/></entry>
      <entry><link href="/a"/></entry><entry><title>No page</title></entry></feed>`;
    expect(parse(feed)).toEqual({
      urls: [
        {
          url: A,
          modifiedAt: '2024-05-02T10:00:00Z',
          publishedAt: '2024-05-01T10:00:00Z',
          title: 'A',
          language: null,
          tags: ['t'],
        },
      ],
      sitemaps: ['https://blog.example/sitemap.xml?page=2'],
      refused: 0,
    });
  });

  it.each([
    '<rss><channel><item><link>/a</link></item></channel></rss>',
    '{"version":"https://jsonfeed.org/version/1","items":[{"url":"/a"}]}',
  ])('whatever kind it is of: %.40s', (feed) => expect(parse(feed)?.urls).toEqual([bareUrl(A)]));
});

describe('what is broken', () => {
  it('gives the entries before it', () => {
    const cut = urlset('<loc>/a</loc>', '<loc>/b</loc>').slice(0, -30);
    expect(parse(cut)?.urls[0]).toEqual(bareUrl(A));
    const deep = `<urlset><url><loc>/a</loc></url>${'<x>'.repeat(100_000)}`;
    expect(parse(deep)?.urls).toEqual([bareUrl(A)]);
  });

  it('is read past what a server wrote ahead of it', () => {
    const warned = `Warning: 1 > 0 <br /><b>Notice</b>\n${urlset('<loc>/a</loc>')}`;
    expect(parse(warned)?.urls).toEqual([bareUrl(A)]);
  });

  it('is a list when most of its lines are URLs', () => {
    const lines = ['# ours', 'https://blog.example/a', 'https://blog.example/b', 'and more'];
    expect(parse(lines.join('\n'))?.urls).toHaveLength(2);
    expect(parse(['https://blog.example/a', 'some', 'text'].join('\n'))).toBeNull();
  });
});
