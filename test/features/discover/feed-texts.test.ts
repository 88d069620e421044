import { describe, expect, it } from 'vitest';
import { parseFeed, readFeed } from '#features/discover/feed.ts';
import { FEED_TEXT_LENGTH_MAX } from '#features/discover/feed-entry.ts';
import { rawPage } from '../raw-page.ts';

const page = (body: string) =>
  rawPage(body, { contentType: '', url: 'https://blog.example/feed.xml' });
const only = (body: string) => {
  const feed = parseFeed(page(body));
  expect(feed?.entries).toHaveLength(1);
  return feed?.entries[0];
};
const SPACES = [
  'xmlns:content="http://purl.org/rss/1.0/modules/content/"',
  'xmlns:dc="http://purl.org/dc/elements/1.1/"',
  'xmlns:h="http://www.w3.org/1999/xhtml"',
].join(' ');
const rss = (inside: string, channel = '') =>
  `<rss version="2.0" ${SPACES}><channel>${channel}<item><link>/a</link>${inside}</item></channel></rss>`;
const atom = (inside: string, feed = '') =>
  `<feed xmlns="http://www.w3.org/2005/Atom">${feed}<entry><link href="/a"/>${inside}</entry></feed>`;
const old = (inside: string) =>
  `<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><link href="/a"/>${inside}</entry></feed>`;
const json = (entry: object, feed: object = {}) =>
  JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    ...feed,
    items: [{ url: '/a', ...entry }],
  });

describe('the full text', () => {
  it.each([
    [
      'escaped',
      rss('<content:encoded>&lt;p&gt;A &amp;amp; b&lt;/p&gt;</content:encoded>'),
      '<p>A &amp; b</p>',
    ],
    [
      'in CDATA, with every space of its code',
      rss('<content:encoded><![CDATA[<pre>  if (a &lt; b)\n    c();</pre>]]></content:encoded>'),
      '<pre>  if (a &lt; b)\n    c();</pre>',
    ],
    [
      'beside a summary, in either order',
      rss('<content:encoded>long</content:encoded><description>short</description>'),
      'long',
    ],
    ['as elements', rss('<h:body><h:p>A <h:br/>b</h:p></h:body>'), '<p>A <br>b</p>'],
    ['of Atom, escaped', atom('<content type="html">&lt;p&gt;A&lt;/p&gt;</content>'), '<p>A</p>'],
    [
      'of Atom, as elements, without the div around them',
      atom(
        `<content type="xhtml"><x:div xmlns:x="http://www.w3.org/1999/xhtml"><x:p class="&quot;&lt;">1 &lt; 2<x:img src="i"/></x:p></x:div></content>`,
      ),
      '<p class="&quot;&lt;">1 &lt; 2<img src="i"></p>',
    ],
    ['of Atom, plain', atom('<content>1 &lt; 2 &amp; 3</content>'), '1 &lt; 2 &amp; 3'],
    [
      'of Atom, with a vector graphic',
      atom(
        '<content type="xhtml"><div><svg xmlns="http://www.w3.org/2000/svg"><path d="M0"/></svg></div></content>',
      ),
      '<svg><path d="M0"></path></svg>',
    ],
    [
      'of Atom 0.3, escaped',
      old('<content type="text/html" mode="escaped">&lt;p&gt;A&lt;/p&gt;</content>'),
      '<p>A</p>',
    ],
    ['of Atom 0.3, as elements', old('<content>A <b>b</b></content>'), 'A <b>b</b>'],
    [
      'of Atom 0.3, in base64',
      old('<content type="text/html" mode="base64"> PHA+\nw6k8L3A+ </content>'),
      '<p>é</p>',
    ],
    [
      'of Atom, in base64 by its type',
      atom('<content type="application/octet-stream">PHA+w6k8L3A+</content>'),
      '<p>é</p>',
    ],
    ['of JSON, as HTML', json({ content_html: ' <p>A</p> ', content_text: 'B' }), '<p>A</p>'],
    [
      'of JSON, plain, by paragraphs',
      json({ content_text: 'A <b>\nb\n\n\nC' }),
      '<p>A &lt;b&gt;<br>b</p><p>C</p>',
    ],
  ])('is read %s', (_name, body, html) => {
    const entry = only(body);
    expect(entry?.content).toBe(html);
    expect(entry?.contentBase).toMatch(/^https:\/\/blog\.example\//);
  });

  it.each([
    ['a summary alone', rss('<description>short</description>')],
    ['a text of blanks', rss('<content:encoded> \n </content:encoded>')],
    ['a picture', atom('<content type="image/png">iVBORw0KGgo=</content>')],
    ['bytes that are no text', atom('<content type="application/zip">UEsDBAAAAP8=</content>')],
    ['what is no base64', atom('<content type="application/zip">not base64!</content>')],
    ['something elsewhere', atom('<content src="/film.mp4" type="video/mp4"/>')],
    ['what belongs to a part of the entry', atom('<source><content>no</content></source>')],
    ['nothing', json({})],
  ])('is not made of %s', (_name, body) => {
    expect(only(body)).toMatchObject({ content: null, contentBase: null });
  });

  it('is resolved against the xml:base around it', () => {
    const based = atom(
      '<content type="html" xml:base="deep/">&lt;img src="i"&gt;</content>',
      '',
    ).replace('<entry>', '<entry xml:base="https://other.example/x/">');
    expect(only(based)?.contentBase).toBe('https://other.example/x/deep/');
    const unsafe = atom('<content type="html" xml:base="javascript:alert(1)">A</content>');
    expect(only(unsafe)?.contentBase).toBe('https://blog.example/feed.xml');
  });

  it('is a description that has the whole post in it, and no teaser', () => {
    const paragraph = `&lt;p&gt;${'A sentence of the post. '.repeat(20)}&lt;/p&gt;`;
    const whole = only(rss(`<description>${paragraph.repeat(3)}</description>`));
    expect(whole?.content).toBe(whole?.summary);
    expect(whole?.content).toContain('<p>A sentence');
    const teaser = only(rss(`<description>${'A long teaser. '.repeat(200)}</description>`));
    expect(teaser).toMatchObject({ content: null, summary: expect.stringContaining('teaser') });
    const listed = only(
      rss(`<description>${'&lt;p&gt;Short.&lt;/p&gt;'.repeat(60)}</description>`),
    );
    expect(listed?.content).toBeNull();
    // Atom has a word of its own for each.
    const summary = only(atom(`<summary type="html">${paragraph.repeat(3)}</summary>`));
    expect(summary?.content).toBeNull();
  });

  it('is the second one of a description and a summary', () =>
    expect(only(rss('<description>short</description><summary>longer</summary>'))).toMatchObject({
      summary: 'short',
      content: 'longer',
    }));
});

describe('who, about what, in which language', () => {
  it.each([
    [
      'Dublin Core',
      rss('<dc:creator>Jane Doe</dc:creator><author>no@blog.example</author>'),
      'Jane Doe',
    ],
    ['RSS with an address', rss('<author>jane@blog.example (Jane Doe)</author>'), 'Jane Doe'],
    [
      'a name before its address',
      rss('<author>Jane Doe &lt;jane@blog.example&gt;</author>'),
      'Jane Doe',
    ],
    ['an address alone', rss('<author>jane@blog.example</author>'), null],
    [
      'Atom',
      atom('<author><name>Jane Doe</name><email>j@blog.example</email><uri>/j</uri></author>'),
      'Jane Doe',
    ],
    [
      'the feed, when the entry has none',
      atom('<title>A</title>', '<author><name>Jane Doe</name></author>'),
      'Jane Doe',
    ],
    [
      'the entry rather than the feed',
      atom('<author><name>Jane Doe</name></author>', '<author><name>No</name></author>'),
      'Jane Doe',
    ],
    ['JSON', json({ authors: [{ url: '/j' }, { name: 'Jane Doe' }] }), 'Jane Doe'],
    ['JSON 1.0', json({ author: { name: 'Jane Doe' } }), 'Jane Doe'],
    ['the JSON feed', json({}, { authors: [{ name: 'Jane Doe' }] }), 'Jane Doe'],
    ['nobody', json({ authors: 'Jane', author: 7 }), null],
  ])('the author is that of %s', (_name, body, author) => expect(only(body)?.author).toBe(author));

  it.each([
    rss(
      '<category>a &amp; b</category><category> a &amp; b </category><dc:subject>c</dc:subject><category/>',
    ),
    atom('<category term="x" label="a &amp; b"/><category term="c"/><category/>'),
    json({ tags: ['a & b', 7, 'c', ' ', 'a & b', 'x'.repeat(300)] }),
  ])('tags are read, each once: %.60s', (body) => expect(only(body)?.tags).toEqual(['a & b', 'c']));

  it('reads 64 tags and no more', () => {
    const many = Array.from({ length: 100 }, (_, at) => `<category>t${at}</category>`);
    expect(only(rss(many.join('')))?.tags).toHaveLength(64);
  });

  it.each([
    [
      'the text’s own',
      atom('<content xml:lang="fr">A</content><title xml:lang="de">B</title>'),
      'fr',
    ],
    ['the title’s, when there is nothing else', atom('<title xml:lang="de">B</title>'), 'de'],
    [
      'what the entry says',
      rss('<dc:language>pt_BR</dc:language>', '<language>en</language>'),
      'pt-BR',
    ],
    ['what the feed says', rss('', '<language>en-us</language>'), 'en-us'],
    ['inherited', atom('<content>A</content>').replace('<feed', '<feed xml:lang="sv"'), 'sv'],
    [
      'none, when it is said to be none',
      atom('<content xml:lang="">A</content>').replace('<feed', '<feed xml:lang="sv"'),
      null,
    ],
    ['none, when it can be none', rss('<dc:language>English, mostly</dc:language>'), null],
    ['that of JSON', json({ language: 'ja' }, { language: 'en' }), 'ja'],
    ['that of the JSON feed', json({}, { language: 'en' }), 'en'],
  ])('the language is %s', (_name, body, language) => expect(only(body)?.language).toBe(language));

  it.each([
    [rss('<guid isPermaLink="false"> a:1 </guid>'), 'a:1'],
    [rss('<guid>https://Blog.example/A%7e</guid>'), 'https://Blog.example/A%7e'],
    [atom('<id>tag:blog.example,2024:1</id>'), 'tag:blog.example,2024:1'],
    [atom('<id>/posts/1</id>'), 'https://blog.example/posts/1'],
    [json({ id: 7 }), '7'],
    [rss('<dc:identifier>doi:1</dc:identifier>'), 'doi:1'],
    [rss(''), null],
  ])('an id is kept letter by letter: %.90s', (body, id) => expect(only(body)?.id).toBe(id));
});

it('says what the feed is called', () => {
  const title = (body: string) => parseFeed(page(body))?.title;
  expect(title(rss('<title>No</title>', '<title>A &amp;amp; b</title>'))).toBe('A & b');
  expect(title(atom('<title>No</title>', '<title type="html">A &amp;amp; b</title>'))).toBe(
    'A & b',
  );
  expect(title(json({ title: 'No' }, { title: ' A &\n b ' }))).toBe('A & b');
  expect(title(rss('<title>No</title>'))).toBeNull();
});

it('tells of entries that lead to no page, when it is asked to', () => {
  const body =
    '<rss><channel><item><title>A</title></item><item><link>/b</link></item></channel></rss>';
  expect(parseFeed(page(body))?.entries.map(({ url }) => url)).toEqual(['https://blog.example/b']);
  expect(readFeed(page(body))?.entries).toMatchObject([
    { url: null, title: { text: 'A', language: null } },
    { url: 'https://blog.example/b', title: null },
  ]);
});

describe('bounds', () => {
  it('gives up a text that is too long as a whole, and no other', () => {
    const long = `<content:encoded>${'x'.repeat(2_000_001)}</content:encoded>`;
    const feed = parseFeed(page(rss(`<title>A</title>${long}<description>short</description>`)));
    expect(feed).toMatchObject({ textsRefused: 1, refused: 0 });
    expect(feed?.entries).toMatchObject([{ title: 'A', content: null, summary: 'short' }]);
    const told = parseFeed(page(json({ content_html: 'x'.repeat(2_000_001) })));
    expect(told).toMatchObject({ textsRefused: 1, entries: [{ content: null }] });
  });

  it('holds no more than a feed may have in all', () => {
    const entry = `<item><link>/a</link><content:encoded>${'x'.repeat(1_900_000)}</content:encoded></item>`;
    const count = Math.ceil(FEED_TEXT_LENGTH_MAX / 1_900_000) + 2;
    const body = `<rss ${SPACES}><channel>${entry.repeat(count)}</channel></rss>`;
    const feed = parseFeed(page(body));
    const held = feed?.entries.filter(({ content }) => content !== null).length ?? 0;
    expect(feed?.entries).toHaveLength(count);
    expect(held * 1_900_000).toBeLessThanOrEqual(FEED_TEXT_LENGTH_MAX);
    expect(feed?.textsRefused).toBe(count - held);
  });

  it('keeps the entries before nesting that no document has', () => {
    const deep = `<item><link>/b</link><content:encoded>${'<b>'.repeat(100_000)}`;
    const body = `<rss ${SPACES}><channel><item><link>/a</link></item>${deep}`;
    expect(parseFeed(page(body))?.entries.map(({ url }) => url)).toEqual([
      'https://blog.example/a',
    ]);
  });
});
