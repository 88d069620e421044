import { describe, expect, it } from 'vitest';
import { readMetadata } from '#features/extract/metadata.ts';
import { readPage } from '#features/extract/read-page.ts';
import { PAGE_URL } from '../raw-page.ts';

const read = (html: string, url = PAGE_URL) =>
  readMetadata(readPage(html, url, { xhtml: false }).facts, url);

const jsonLd = (value: unknown) =>
  `<script type="application/ld+json">${typeof value === 'string' ? value : JSON.stringify(value)}</script>`;

it('knows nothing of a page that says nothing', () =>
  expect(read('<p>text')).toEqual({
    title: PAGE_URL,
    author: null,
    publishedAt: null,
    modifiedAt: null,
    language: null,
    siteName: null,
    description: null,
    tags: [],
  }));

describe('title', () => {
  it.each([
    ['<title>A post</title>', 'A post'],
    ['<title>\n A  &amp;\n post </title>', 'A & post'],
    ['<title>Blog name</title><meta property="og:title" content="A post">', 'A post'],
    ['<title>A post | My Site</title><meta property="og:site_name" content="My Site">', 'A post'],
    ['<title>My Site: A post</title><meta property="og:site_name" content="my site">', 'A post'],
    ['<title>A post - part two - Blog</title>', 'A post - part two'],
    ['<title>blog.example » A post</title>', 'A post'],
    ['<title>A – b — Some Name</title><h1>A – b</h1>', 'A – b'],
    ['<title>Some Name / A post</title><h1> A\npost </h1>', 'A post'],
    ['<title>Rust - a tour</title><h1>Rust - a tour</h1>', 'Rust - a tour'],
    ['<title>Rust - a tour</title>', 'Rust - a tour'],
    ['<title>C: pointers</title><h1>Welcome</h1>', 'C: pointers'],
    ['<title> </title><h1>From the heading</h1>', 'From the heading'],
    [jsonLd({ '@type': 'BlogPosting', headline: 'Stated' }), 'Stated'],
  ])('of %s', (html, title) => expect(read(html).title).toBe(title));
});

describe('author', () => {
  it.each([
    ['<meta name=author content=" Ann  Lee ">', 'Ann Lee'],
    ['<meta name=author content="By Ann">', 'Ann'],
    ['<meta property="article:author" content="https://facebook.example/ann">', null],
    ['<meta name=author content="ann@blog.example">', null],
    ['<a rel="author external" href=/ann>Ann</a>', 'Ann'],
    ['<span itemprop=author><b itemprop=name>Ann</b></span>', 'Ann'],
    ['<p class=byline>Ann</p>', null],
    [jsonLd({ '@type': 'Article', author: 'Ann' }), 'Ann'],
    [jsonLd({ '@type': 'Article', author: { name: 'Ann' } }), 'Ann'],
    [
      jsonLd({ '@type': 'Article', author: [{ name: 'Ann' }, { name: ' Bo ' }, 'Cy'] }),
      'Ann, Bo, Cy',
    ],
    [jsonLd({ '@type': 'Article', author: { url: 'https://x' } }), null],
    [
      jsonLd({
        '@graph': [
          { '@type': 'Person', '@id': '#a', name: 'Ann' },
          { '@type': ['TechArticle'], author: { '@id': '#a' } },
        ],
      }),
      'Ann',
    ],
  ])('of %s', (html, author) => expect(read(html).author).toBe(author));
});

describe('dates', () => {
  it.each([
    [
      '<meta property="article:published_time" content="2024-05-01T10:00:00+02:00">',
      '2024-05-01T08:00:00Z',
      null,
    ],
    ['<meta property="article:modified_time" content="2024-05-02">', null, '2024-05-02'],
    ['<meta itemprop=datePublished content=2024-05-01>', '2024-05-01', null],
    ['<time datetime="2024-05-01">May</time>', '2024-05-01', null],
    ['<time datetime="2024-05-01">a</time><time datetime="2024-05-02">b</time>', null, null],
    [
      '<time class="dt-updated" datetime="2024-05-03">x</time><time datetime="2024-05-01">y</time>',
      '2024-05-01',
      '2024-05-03',
    ],
    [
      '<time itemprop="datePublished" datetime="2024-05-01"></time><time datetime="2020-01-01"></time>',
      '2024-05-01',
      null,
    ],
    ['<time>2 May 2024</time>', '2024-05-02', null],
    ['<time datetime="PT5M">5 minutes</time>', null, null],
    ['<p>Published on 2024-05-01</p>', null, null],
    [
      jsonLd({ '@type': 'NewsArticle', datePublished: '2024-05-01', dateModified: 'soon' }),
      '2024-05-01',
      null,
    ],
    [jsonLd({ '@type': 'Article', datePublished: 20240501 }), null, null],
  ])('of %s', (html, publishedAt, modifiedAt) =>
    expect(read(html)).toMatchObject({ publishedAt, modifiedAt }),
  );
});

describe('language', () => {
  it.each([
    ['<html lang="en-GB">', 'en'],
    ['<html lang="PT_br">', 'pt'],
    ['<html xml:lang="de">', 'de'],
    ['<meta http-equiv=Content-Language content="fr, en">', 'fr'],
    ['<meta property="og:locale" content="nl_NL">', 'nl'],
    [jsonLd({ '@type': 'Article', inLanguage: 'sv-SE' }), 'sv'],
    ['<html lang="und">', null],
    ['<html lang="english">', null],
    ['<html lang="{{ lang }}"><meta http-equiv=content-language content=it>', 'it'],
  ])('of %s', (html, language) => expect(read(html).language).toBe(language));
});

it('reads the site, the description, and tags without repeats', () =>
  expect(
    read(`<meta name=description content="d"><meta property="og:description" content="no">
      <meta property="article:tag" content="Rust"><meta property="article:tag" content="web dev">
      <a rel="tag" href=/t>#rust</a><a rel="category tag" href=/t>Notes</a>
      ${jsonLd([
        { '@type': 'WebSite', name: 'My Site' },
        { '@type': 'BlogPosting', keywords: ['a, b', 'A', 7, ''] },
      ])}`),
  ).toMatchObject({
    siteName: 'My Site',
    description: 'd',
    tags: ['Rust', 'web dev', 'a', 'b', 'Notes'],
  }));

it.each([
  'not json',
  '[',
  'null',
  '[null, 1, "x"]',
  '{"@type": {"a": 1}}',
  '{"@graph": {"@graph": {"@graph": []}}}',
  '{"@type": "Article", "author": [[[{"name": []}]]], "keywords": {}, "publisher": "x"}',
  '{"__proto__": {"@type": "Article"}}',
  `${'['.repeat(100_000)}`,
  `${'{"@graph":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
])('passes over JSON-LD that says nothing: %.60s', (json) =>
  expect(read(`<title>T</title>${jsonLd(json)}`)).toMatchObject({
    title: 'T',
    author: null,
    tags: [],
  }),
);

it('strips what some templates put around JSON-LD', () =>
  expect(read(jsonLd('//<![CDATA[\n{"@type":"Article","headline":"H"}\n//]]>')).title).toBe('H'));

it('bounds each field', () => {
  const long = 'x '.repeat(10_000);
  const tags = Array.from(
    { length: 500 },
    (_, at) => `<meta property="article:tag" content="${at}">`,
  );
  const page =
    read(`<title>${long}</title><meta name=author content="${long}"><meta name=description
    content="${'d'.repeat(5_000)}">${tags.join('')}`);
  expect(page.title.length).toBeLessThanOrEqual(1_000);
  expect(page).toMatchObject({ author: null, description: null });
  expect(page.tags).toHaveLength(50);
});
