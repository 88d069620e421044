import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFeed } from '#features/discover/feed.ts';
import { ENTRIES_MAX } from '#features/discover/feed-entry.ts';
import { rawPage } from '../raw-page.ts';
import { EMPTY_ENTRY } from './entries.ts';

const XML = { contentType: 'application/xml', url: 'https://blog.example/feed.xml' };

const parse = (body: string | Uint8Array, rest = {}) =>
  parseFeed(rawPage(body, { ...XML, ...rest }));
const only = (body: string) => {
  const feed = parse(body);
  expect(feed?.entries).toHaveLength(1);
  return feed?.entries[0];
};
const rss = (entry: string) => `<rss version="2.0"><channel><item>${entry}</item></channel></rss>`;
const atom = (entry: string) =>
  `<feed xmlns="http://www.w3.org/2005/Atom"><entry>${entry}</entry></feed>`;

describe('RSS', () => {
  it('reads an entry', () =>
    expect(
      only(
        rss(`<title>Fish &amp;amp; <![CDATA[<b>chips</b> &copy;]]></title>
          <link> /a?x=1&amp;utm_source=rss </link><guid>https://blog.example/guid</guid>
          <pubDate>Thu, 01 Jan 2004 19:48:21 GMT</pubDate>
          <atom:updated xmlns:atom="http://www.w3.org/2005/Atom">2004-02-01T00:00:00Z</atom:updated>`),
      ),
    ).toEqual({
      ...EMPTY_ENTRY,
      id: 'https://blog.example/guid',
      url: 'https://blog.example/a?x=1',
      title: 'Fish & chips ©',
      publishedAt: '2004-01-01T19:48:21Z',
      modifiedAt: '2004-02-01T00:00:00Z',
    }));

  it('takes a permanent guid for a link that is missing, and no other guid', () => {
    expect(only(rss('<guid>https://blog.example/g</guid>'))?.url).toBe('https://blog.example/g');
    expect(parse(rss('<guid isPermaLink="false">https://blog.example/g</guid>'))?.entries).toEqual(
      [],
    );
  });

  it('is not misled by what is inside of an entry, or of another vocabulary', () =>
    expect(
      only(
        rss(`<image><title>No</title><link>/no</link></image><media:title>No</media:title>
          <itunes:title>No</itunes:title><link>/yes</link><title>Yes</title><dc:title>No</dc:title>`),
      ),
    ).toMatchObject({ url: 'https://blog.example/yes', title: 'Yes' }));

  it('reads RDF, whose entries are beside the channel', () =>
    expect(
      only(`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
        <channel><title>Site</title><link>/</link></channel>
        <item><title>A</title><link>/a</link><dc:date>2003-12-31</dc:date></item></rdf:RDF>`),
    ).toEqual({
      ...EMPTY_ENTRY,
      url: 'https://blog.example/a',
      title: 'A',
      publishedAt: '2003-12-31',
    }));
});

describe('Atom', () => {
  it('prefers the alternate that is a page, and resolves it by xml:base', () =>
    expect(
      only(`<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://blog.example/x/">
        <entry xml:base="y/"><link rel="self" href="self"/><link rel="enclosure" href="e.mp3"/>
        <link rel="alternate" type="application/json" href="a.json"/><link href="a"/>
        <title type="html">A &amp;lt;b&amp;gt; &lt;i&gt;c&lt;/i&gt;</title>
        <published>2024-05-01T10:00:00Z</published><updated>2024-05-02T10:00:00Z</updated>
        <source><title>No</title><link href="/no"/></source></entry></feed>`),
    ).toEqual({
      ...EMPTY_ENTRY,
      url: 'https://blog.example/x/y/a',
      title: 'A <b> c',
      publishedAt: '2024-05-01T10:00:00Z',
      modifiedAt: '2024-05-02T10:00:00Z',
    }));

  it('leaves plain titles as they are, and reads xhtml ones', () => {
    expect(only(atom('<link href="/a"/><title>1 &lt;b&gt; 2</title>'))?.title).toBe('1 <b> 2');
    const xhtml =
      '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A <b>B</b></div></title>';
    expect(only(atom(`<link href="/a"/>${xhtml}`))?.title).toBe('A B');
  });

  it('reads a prefixed feed and its next page', () => {
    const feed = parse(`<a:feed xmlns:a="http://www.w3.org/2005/Atom">
      <a:link rel="next" href="?page=2"/><a:link rel="self" href="/feed"/>
      <a:entry><a:link href="/a"/><a:link rel="next" href="/no"/></a:entry></a:feed>`);
    expect(feed?.pages).toEqual(['https://blog.example/feed.xml?page=2']);
    expect(feed?.entries.map(({ url }) => url)).toEqual(['https://blog.example/a']);
  });
});

describe('JSON Feed', () => {
  const json = (feed: object) =>
    parse(JSON.stringify({ version: 'https://jsonfeed.org/version/1.1', ...feed }));

  it('reads entries and passes over bad ones', () =>
    expect(
      json({
        next_url: '/feed2.json',
        items: [
          { id: '1', url: '/a', title: ' A\nb ', date_published: '2024-05-01T10:00:00+02:00' },
          { id: 'https://blog.example/b', title: 7, date_modified: 'soon' },
          { id: '3' },
          null,
          'x',
          { url: 'javascript:alert(1)' },
        ],
      }),
    ).toEqual({
      title: null,
      entries: [
        {
          ...EMPTY_ENTRY,
          id: '1',
          url: 'https://blog.example/a',
          title: 'A b',
          publishedAt: '2024-05-01T08:00:00Z',
        },
        { ...EMPTY_ENTRY, id: 'https://blog.example/b', url: 'https://blog.example/b' },
      ],
      pages: ['https://blog.example/feed2.json'],
      refused: 0,
      textsRefused: 0,
    }));

  it.each(['{', '{"version":"1","items":[]}', '{}', `{"a":${'['.repeat(200_000)}`])(
    'is none: %.40s',
    (text) => expect(parse(text)).toBeNull(),
  );
});

describe('what is broken or hostile', () => {
  it.each(['', 'text', '<html><body>x</body></html>', '<urlset><url/></urlset>', '<'])(
    'is no feed: %j',
    (text) => expect(parse(text)).toBeNull(),
  );

  it('reads what is left of a cut or mistagged feed', () => {
    const cut = '<rss><channel><item><link>/a</link></item><item><link>/b</link><title>x';
    expect(parse(cut)?.entries.map(({ url }) => url)).toEqual([
      'https://blog.example/a',
      'https://blog.example/b',
    ]);
    const ampersand = '<link>/a?b=1&c=2</link><title>Q&A</title>';
    expect(only(rss(ampersand))).toMatchObject({
      url: 'https://blog.example/a?b=1&c=2',
      title: 'Q&A',
    });
  });

  it('says how many entries it refused', () => {
    const feed = parse(`<rss><channel>${'<item><link>/a</link></item>'.repeat(ENTRIES_MAX + 3)}`);
    expect(feed?.entries).toHaveLength(ENTRIES_MAX);
    expect(feed?.refused).toBe(3);
  });

  it('bounds nesting and texts', () => {
    expect(parse(`<rss>${'<a>'.repeat(300_000)}`)).toBeNull();
    const long = only(rss(`<link>/a</link><title>${'x '.repeat(2_000_000)}</title>`));
    expect(long?.title?.length).toBeLessThan(20_000);
    expect(parse(rss(`<link>${'/a'.repeat(2_000_000)}</link>`))?.entries).toEqual([]);
  });

  it('never throws', () => {
    const piece = fc.constantFrom(
      '<item>',
      '</item>',
      '<entry>',
      '<link>/a</link>',
      '<link href="',
      '"/>',
      '<title>',
      ']]>',
      '<![CDATA[',
      '&',
      '<!DOCTYPE',
      'xml:base="',
      ' ',
    );
    const soup = fc
      .array(fc.oneof(piece, fc.string()), { maxLength: 40 })
      .map((all) => `<rss>${all.join('')}`);
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

describe('charsets', () => {
  const latin = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

  it.each([
    [
      'declared',
      `<?xml version="1.0" encoding="iso-8859-1"?>${rss('<link>/a</link><title>\xe9</title>')}`,
      'text/xml',
    ],
    [
      'by the header',
      rss('<link>/a</link><title>\xe9</title>'),
      'application/rss+xml; charset="latin1"',
    ],
    ['UTF-8 by default', rss('<link>/a</link><title>\xc3\xa9</title>'), ''],
    [
      'by byte-order mark',
      `\xef\xbb\xbf${rss('<link>/a</link><title>\xc3\xa9</title>')}`,
      'text/xml; charset=latin1',
    ],
  ])('%s', (_name, text, contentType) =>
    expect(parse(latin(text), { contentType })?.entries[0]?.title).toBe('é'),
  );
});
