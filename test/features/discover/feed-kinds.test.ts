import { describe, expect, it } from 'vitest';
import { parseFeed } from '#features/discover/feed.ts';
import { rawPage } from '../raw-page.ts';
import { EMPTY_ENTRY } from './entries.ts';

const URL_OF_FEED = 'https://blog.example/feed.xml';
const parse = (body: string | Uint8Array, contentType = '') =>
  parseFeed(rawPage(body, { contentType, url: URL_OF_FEED }));
const urls = (body: string) => parse(body)?.entries.map(({ url }) => url);
const A = 'https://blog.example/a';
const ENTRY = '<item><title>A</title><link>https://blog.example/a</link></item>';
const RSS = `<rss version="2.0"><channel>${ENTRY}</channel></rss>`;

describe('every kind of feed', () => {
  it.each([
    [
      'RSS 0.90',
      `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>S</title></channel>${ENTRY}</rdf:RDF>`,
    ],
    [
      'RSS 0.91 with its DTD',
      `<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
        "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel>
        <image><title>No</title><link>/no</link></image>${ENTRY}
        <textinput><title>No</title><link>/no</link></textinput></channel></rss>`,
    ],
    ['RSS 0.92', RSS.replace('2.0', '0.92')],
    [
      'RSS 1.0 with a prefix',
      `<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:s="http://purl.org/rss/1.0/">
        <s:item><s:title>A</s:title><s:link>/a</s:link></s:item></r:RDF>`,
    ],
    ['RSS 2.0', RSS],
    ['RSS 2.0 in upper case', RSS.toUpperCase().replaceAll('HTTPS://BLOG.EXAMPLE/A', A)],
    [
      'RSS 2.0 with a namespace of its own',
      RSS.replace('<rss', '<rss xmlns="http://backend.userland.com/rss2"'),
    ],
    [
      'Atom 0.3',
      `<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>A</title>
        <link rel="alternate" type="text/html" href="/a"/></entry></feed>`,
    ],
    [
      'Atom 1.0',
      `<feed xmlns="http://www.w3.org/2005/Atom"><link href="/no"/><entry><title>A</title>
        <link href="/a"/></entry></feed>`,
    ],
    [
      'the Channel Definition Format',
      '<CHANNEL HREF="/no"><TITLE>No</TITLE><ITEM HREF="/a"><TITLE>A</TITLE></ITEM></CHANNEL>',
    ],
    [
      'a JSON feed',
      `{"version":"http://jsonfeed.org/version/1","items":[{"url":"/a","title":"A"}]}`,
    ],
  ])('%s', (_name, body) =>
    expect(parse(body)?.entries).toEqual([{ ...EMPTY_ENTRY, url: A, title: 'A' }]),
  );

  it('takes a Dublin Core title for one that is missing', () => {
    const dublin = '<dc:title xmlns:dc="http://purl.org/dc/elements/1.1/">D</dc:title>';
    const titled = `<rss><channel><item>${dublin}<link>/a</link></item></channel></rss>`;
    expect(parse(titled)?.entries[0]?.title).toBe('D');
  });
});

describe('what leads to no page', () => {
  const entry = (inside: string) => `<rss><channel><item>${inside}</item></channel></rss>`;

  it.each([
    ['a blank link', entry('<link> </link>')],
    ['an empty guid', entry('<guid></guid>')],
    ['a guid that is a word', entry('<guid>4711</guid>')],
    ['a guid that is a tag URI', entry('<guid>tag:blog.example,2024:1</guid>')],
    ['a blank href', '<feed><entry><link href=" "/></entry></feed>'],
    ['a script', entry('<link>javascript:alert(1)</link>')],
    ['no Atom link but self', '<feed><entry><link rel="self" href="/a"/></entry></feed>'],
    ['a blank URL', '{"version":"https://jsonfeed.org/version/1.1","items":[{"url":""}]}'],
    ['an id in words', '{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"a"}]}'],
  ])('%s', (_name, body) => expect(urls(body)).toEqual([]));

  it('goes on to the next of an entry that leads to one', () => {
    expect(urls(entry(`<link/><guid>${A}</guid>`))).toEqual([A]);
    expect(urls(entry(`<link>mailto:x</link><guid>${A}</guid>`))).toEqual([A]);
    const entries = [{ url: 'mailto:x', external_url: '', id: A }];
    const feed = { version: 'https://jsonfeed.org/version/1.1', items: entries };
    expect(urls(JSON.stringify(feed))).toEqual([A]);
  });
});

describe('what stands ahead of a feed', () => {
  it.each([
    ['white space', `${' \n'.repeat(5_000)}${RSS}`],
    ['a warning', `<br />\n<b>Warning</b>: no such file\n${RSS}`],
    ['a DTD of elements', `<!DOCTYPE rss [<!ENTITY x "<i><b>y</b></i>">]>${RSS}`],
    ['comments', `<!-- <rss> --><?xml-stylesheet href="a.xsl"?>${RSS}`],
  ])('%s', (_name, body) => expect(urls(body)).toEqual([A]));

  it('is not a page that a feed is quoted in, nor entries ahead of the feed', () => {
    expect(parse(`<html><body>${RSS}</body></html>`)).toBeNull();
    expect(urls(`<x><item><link>/no</link></item></x>${RSS}`)).toEqual([A]);
  });
});

describe('xml:base', () => {
  const atom = (base: string, inside: string) =>
    urls(`<feed xml:base="${base}" xmlns="http://www.w3.org/2005/Atom">${inside}</feed>`);
  const ENTRY_OF_ATOM = '<entry><link href="p"/></entry>';

  it.each([
    ['https://o.example/x/', 'https://o.example/x/p'],
    ['/x/', 'https://blog.example/x/p'],
    ['', 'https://blog.example/p'],
    ['http://[', 'https://blog.example/p'],
    [`/${'x'.repeat(5_000)}/`, 'https://blog.example/p'],
  ])('%.30s', (base, url) => expect(atom(base, ENTRY_OF_ATOM)).toEqual([url]));

  it('of a link holds for that link, and of an entry ends with it', () =>
    expect(
      atom('/x/', `<entry xml:base="y/"><link xml:base="z/" href="p"/></entry>${ENTRY_OF_ATOM}`),
    ).toEqual(['https://blog.example/x/y/z/p', 'https://blog.example/x/p']));
});

it('reads UTF-16 in both orders by byte-order mark, and the declaration only without a header', () => {
  const titled = RSS.replace('>A<', '>\u00e9\u20ac<');
  const little = Buffer.from(`\ufeff${titled}`, 'utf16le');
  expect(parse(little)?.entries[0]?.title).toBe('é€');
  expect(parse(Buffer.from(little).swap16())?.entries[0]?.title).toBe('é€');
  const latin = Buffer.from(RSS.replace('>A<', '>\u00e9<'), 'latin1');
  const declared = Buffer.concat([Buffer.from('<?xml version="1.0" encoding="koi8-r"?>'), latin]);
  expect(parse(declared)?.entries[0]?.title).toBe('И');
  expect(parse(declared, 'text/xml; charset=iso-8859-1')?.entries[0]?.title).toBe('é');
  expect(parse(declared, 'text/xml; charset=none-such')?.entries[0]?.title).toBe('И');
});
