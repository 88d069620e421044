import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFeed } from '#features/discover/feed.ts';
import { parseSitemap } from '#features/discover/sitemap.ts';
import { decodeXmlText } from '#features/discover/xml-text.ts';
import { rawPage } from '../raw-page.ts';

const page = (body: string | Uint8Array) =>
  rawPage(body, { contentType: '', url: 'https://blog.example/feed.xml' });
const titleOf = (body: string | Uint8Array) => parseFeed(page(body))?.entries[0]?.title;
const rss = (title: string) =>
  `<rss><channel><item><link>/a</link><title>${title}</title></item></channel></rss>`;

describe('references', () => {
  it.each([
    ['&amp;&quot;&apos;', `&"'`, `&"'`],
    ['&lt;b&gt;c', '<b>c', 'c'],
    ['&eacute;&nbsp;&mdash;&hellip;&CounterClockwiseContourIntegral;', 'é —…∳', 'é —…∳'],
    ['&#233;&#xe9;&#XE9;&#128512;', 'ééé😀', 'ééé😀'],
    ['&#146;&#x92;&#128;', '’’€', '’’€'],
    ['&#0;&#xd800;&#x110000;&#99999999;', '\ufffd\ufffd\ufffd\ufffd', '\ufffd\ufffd\ufffd\ufffd'],
    ['&unknown;&;&#;&#x;& &', '&unknown;&;&#;&#x;& &', '&unknown;&;&#;&#x;& &'],
    ['a&amp;amp;b', 'a&amp;b', 'a&b'],
    // HTML reads the beginnings of names, too.
    ['&notit; &amp', '&notit; &amp', '¬it; &'],
  ])('%s is %s, and as HTML %s', (written, plain, html) => {
    const title = `<entry><link href="/a"/><title>${written}</title></entry>`;
    expect(titleOf(`<feed xmlns="http://www.w3.org/2005/Atom">${title}</feed>`)).toBe(plain);
    expect(titleOf(rss(written))).toBe(html);
  });

  it('are read in attributes, and wherever the text is cut into pieces', () => {
    const link = '<link href="/a?b=1&amp;c=&eacute;"/>';
    const feed = `<feed xmlns="http://www.w3.org/2005/Atom"><entry>${link}</entry></feed>`;
    expect(parseFeed(page(feed))?.entries[0]?.url).toBe('https://blog.example/a?b=1&c=%C3%A9');
    for (let shift = 0; shift < 8; shift += 1) {
      const start = '<rss><channel><!--';
      const filler = 'x'.repeat(
        65_536 - start.length - '--><item><link>/a</link><title>A&am'.length - shift + 4,
      );
      const body = `${start}${filler}--><item><link>/a</link><title>A&amp;B</title></item>`;
      expect(titleOf(body)).toBe('A&B');
    }
  });

  it('are none in CDATA', () =>
    expect(titleOf(rss('<![CDATA[&amp;amp;]]>&amp;amp;'))).toBe('&amp;&'));
});

describe('a DTD', () => {
  const dtd = (declarations: string, title: string, after = '') =>
    `<?xml version="1.0"?><!-- a > b --><!DOCTYPE rss PUBLIC "-//x" "http://x.example/>" [${declarations}]${after}>${rss(title)}`;

  it('says what its own names mean, when that is plain text', () => {
    const names = `<!-- "it's" ]> --><!ENTITY site 'Jane&quot;s'><!ENTITY  name  "Jane" ><!ENTITY name "No">`;
    expect(titleOf(dtd(names, '&name;, &site;!'))).toBe('Jane, &site;!');
  });

  it('never leads to anything outside of the document', () => {
    const outside = [
      '<!ENTITY a SYSTEM "file:///etc/passwd">',
      '<!ENTITY b PUBLIC "-//x" "http://127.0.0.1/secret">',
      '<!ENTITY % c SYSTEM "http://x.example/evil.dtd"> %c;',
      '<!NOTATION d SYSTEM "x">',
    ].join('');
    expect(titleOf(dtd(outside, '&a;&b;&c;&d;'))).toBe('&a;&b;&c;&d;');
  });

  it('means nothing by names that stand for other names, or for markup', () => {
    const lol = (level: number) => `<!ENTITY lol${level} "${`&lol${level - 1};`.repeat(10)}">`;
    const levels = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(lol).join('');
    const own = '<!ENTITY self "&self;"><!ENTITY a "&#38;b;"><!ENTITY tag "<x/>"><!ENTITY p "%x;">';
    const bomb = dtd(`<!ENTITY lol0 "lol">${levels}${own}`, '&lol9;&self;&a;&tag;&p;&lol0;');
    expect(titleOf(bomb)).toBe('&lol9;&self;&a;&tag;&p;lol');
  });

  it('makes no more of its names than a document may have', () => {
    const blowup = dtd(`<!ENTITY x "${'x'.repeat(1_000)}">`, 'A', '').replace(
      '<title>A',
      `<content:encoded>${'&x;'.repeat(600_000)}</content:encoded><title>A`,
    );
    const [entry] = parseFeed(page(blowup))?.entries ?? [];
    expect(entry?.title).toBe('A');
    // A thousand names became text, the others stayed as they were, and all of it is too long.
    expect(entry?.content).toBeNull();
    const less = blowup.replace('&x;'.repeat(600_000), '&x;'.repeat(1_500));
    const text = parseFeed(page(less))?.entries[0]?.content ?? '';
    expect(text).toBe('x'.repeat(1_000_000) + '&x;'.repeat(500));
  });

  it.each([
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "http://site.invalid/">',
    '<!doctype rss [<!ELEMENT item (title)><!ATTLIST item link CDATA "/no">]>',
    '<!DOCTYPE rss>',
    '<!DOCTYPE rss [ <!ENTITY a "never ends>',
    '<!DOCTYPE rss [ [ [ >',
  ])('does not hide the document behind it: %s', (prolog) =>
    expect(titleOf(`${prolog}${rss('A')}`)).toBe('A'),
  );

  it('is none further below', () => {
    expect(titleOf(rss('<!DOCTYPE x [<!ENTITY y "z">]>B&y;'))).toMatch(/B&y;$/);
  });

  it('comes to an end, however it is written', () => {
    const piece = fc.constantFrom(
      '<!DOCTYPE',
      '[',
      ']',
      '>',
      '<!ENTITY ',
      '"',
      "'",
      'a',
      ' ',
      '<!--',
      '-->',
      '%',
      '&',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = `<!DOCTYPE rss ${pieces.join('')}${rss('A')}`;
        expect(parseFeed(page(text))?.refused ?? 0).toBe(0);
      }),
    );
    const hostile = `<!DOCTYPE rss [${'<!ENTITY '.repeat(200_000)}${' '.repeat(1_000_000)}`;
    expect(parseFeed(page(hostile))).toBeNull();
  });
});

describe('charsets', () => {
  const utf32 = (text: string, isLittle: boolean) => {
    const points = [...text].map((character) => character.codePointAt(0) ?? 0);
    const view = new DataView(new ArrayBuffer(points.length * 4));
    points.forEach((point, at) => void view.setUint32(at * 4, point, isLittle));
    return new Uint8Array(view.buffer);
  };

  it.each([true, false])(
    'UTF-32 is read by its mark and without, lowest byte first: %s',
    (isLittle) => {
      const text = rss(`é😀${'x'.repeat(20_000)}`);
      const title = `é😀${'x'.repeat(16_384 - 3)}`;
      expect(titleOf(utf32(text, isLittle))).toBe(title);
      expect(titleOf(utf32(`\ufeff${text}`, isLittle))).toBe(title);
      expect(decodeXmlText(utf32('<a>', isLittle).slice(0, 11), '')).toBe('<a');
    },
  );

  it('what is no character of UTF-32 is none', () => {
    const bytes = utf32('<xy', true);
    bytes.set([0, 0xd8, 0, 0], 4);
    bytes.set([0xff, 0xff, 0xff, 0x7f], 8);
    expect(decodeXmlText(bytes, '')).toBe('<\ufffd\ufffd');
  });

  it('UTF-16 is read without a mark and without a declaration', () => {
    const little = Buffer.from(rss('é'), 'utf16le');
    expect(titleOf(little)).toBe('é');
    expect(titleOf(Buffer.from(little).swap16())).toBe('é');
  });

  it('what is no UTF-8 is windows-1252, unless only a letter of it is broken', () => {
    const legacy = Buffer.from(rss('caf\xe9 \x93q\x94'), 'latin1');
    expect(titleOf(legacy)).toBe('café “q”');
    const broken = Buffer.concat([Buffer.from(rss('café à')), Buffer.of(0xff)]);
    expect(titleOf(broken)).toBe('café à');
  });

  it('controls of ISO 8859-1 are meant as those of windows-1252', () =>
    expect(titleOf(rss('don\x92t\x85'))).toBe('don’t…'));

  it('any bytes are text', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.string(), (bytes, contentType) => {
        expect(decodeXmlText(bytes, contentType).isWellFormed()).toBe(true);
      }),
    ));
});

it('sitemaps are read by the same rules', () => {
  const dtd =
    '<!DOCTYPE urlset [<!ENTITY host "https://blog.example"><!ENTITY x SYSTEM "/etc/passwd">]>';
  const body = `${dtd}<urlset><url><loc>&host;/a&amp;b</loc></url><url><loc>&x;/c</loc></url></urlset>`;
  expect(parseSitemap(page(body))?.urls.map(({ url }) => url)).toEqual([
    'https://blog.example/a&b',
    'https://blog.example/&x;/c',
  ]);
});
