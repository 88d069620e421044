import { describe, expect, it } from 'vitest';
import {
  readCanonical,
  readDirectives,
  readFeeds,
  readLinks,
  readRefresh,
} from '#features/extract/directives.ts';
import { readPage } from '#features/extract/read-page.ts';
import { PAGE_URL } from '../raw-page.ts';

const facts = (html: string, url = PAGE_URL) => readPage(html, url, { xhtml: false }).facts;

describe('robots', () => {
  it.each([
    ['<meta name=robots content="NOINDEX, follow">', '', true, false],
    ['<meta name=robots content=nofollow>', '', false, true],
    ['<meta name=Robots content=none>', '', true, true],
    ['<meta name=robots content=index><meta name=robots content=noindex>', '', true, false],
    ['<meta name=googlebot content=noindex>', '', false, false],
    ['<meta name=robots content="max-snippet:20, noindexing">', '', false, false],
    ['', 'noindex', true, false],
    ['', 'none', true, true],
    ['', 'unavailable_after: 25 Jun 2010 15:00:00 PST', false, false],
    ['', 'max-image-preview: large, NoFollow', false, true],
    ['', 'otherbot: noindex', false, false],
    ['', 'otherbot: noindex, nofollow', false, true],
    ['<meta name=robots content=index>', 'noindex', true, false],
  ])('%s and header %j', (html, header, noindex, nofollow) =>
    expect(readDirectives(facts(html), header)).toEqual({ noindex, nofollow }),
  );
});

describe('canonical', () => {
  it.each([
    ['<link rel=canonical href="/posts/real?utm_source=x#top">', 'https://blog.example/posts/real'],
    ['<link rel=canonical href="https://www.blog.example/a">', 'https://www.blog.example/a'],
    ['<base href="/x/"><link rel=canonical href="a">', 'https://blog.example/x/a'],
    ['<link rel=canonical href="/posts/first">', PAGE_URL],
    ['<link rel=canonical href="/a"><link rel=canonical href="/a#x">', 'https://blog.example/a'],
    ['<link rel=canonical href="/a"><link rel=canonical href="/b">', null],
    ['<link rel=canonical href="https://other.example/a">', null],
    ['<link rel=canonical href="/">', null],
    ['<link rel=canonical href="">', PAGE_URL],
    ['<link rel=canonical href="http://[">', null],
    ['<link rel=alternate href="/a">', null],
    ['<body><svg><link rel=canonical href="/a"></svg>', null],
  ])('of %s is %s', (html, canonical) =>
    expect(readCanonical(facts(html), PAGE_URL)).toBe(canonical),
  );

  it('may be the root for the root', () => {
    const root = 'https://blog.example/?utm_source=x';
    expect(readCanonical(facts('<link rel=canonical href="/">', root), root)).toBe(
      'https://blog.example/',
    );
  });
});

describe('refresh', () => {
  it.each([
    ['0;url=/a', 'https://blog.example/a', 0],
    ['5; URL = "b"', 'https://blog.example/posts/b', 5],
    ["3,url='/a;b'", 'https://blog.example/a;b', 3],
    ['0.5; /a', 'https://blog.example/a', 0],
    ['300 url=/a', 'https://blog.example/a', 300],
    ['0;url=https://other.example/', 'https://other.example/', 0],
  ])('%s', (content, url, delaySeconds) =>
    expect(
      readRefresh(
        facts(`<meta http-equiv=Refresh content="${content.replace(/"/g, '&quot;')}">`),
        PAGE_URL,
      ),
    ).toEqual({
      url,
      delaySeconds,
    }),
  );

  it.each([
    '30',
    '',
    '0;url=',
    '0;url=/posts/first#x',
    '0;url=javascript:x',
    '-1;url=/a',
    'x;url=/a',
  ])('is none: %s', (content) =>
    expect(
      readRefresh(facts(`<meta http-equiv=refresh content="${content}">`), PAGE_URL),
    ).toBeNull(),
  );
});

it('lists links in order, once each, canonical, of all that are links', () =>
  expect(
    readLinks(
      facts(`<base href="/docs/"><nav><a href="a?utm_medium=x">1</a></nav><a href="#top">2</a>
        <a href="mailto:a@b.example">3</a><a href="javascript:x()">4</a><a rel=nofollow href="/b#c">5</a>
        <a href=" a#z ">6</a><a name=x>7</a><area href="/c"><a href="https://other.example">8</a>`),
    ),
  ).toEqual([
    'https://blog.example/docs/a',
    'https://blog.example/b',
    'https://blog.example/c',
    'https://other.example/',
  ]));

it('lists at most 5,000 links', () => {
  const html = Array.from({ length: 6_000 }, (_, at) => `<a href="/${at}">x</a>`).join('');
  expect(readLinks(facts(html))).toHaveLength(5_000);
});

it('lists the feeds that a page names', () =>
  expect(
    readFeeds(
      facts(`<link rel="alternate" type="application/rss+xml" href="/feed.xml">
        <link rel="ALTERNATE" type="Application/Atom+XML; charset=utf-8" href="atom">
        <link rel="alternate" type="application/feed+json" href="/feed.xml">
        <link rel="alternate" type="text/html" href="/fr"><link rel="stylesheet" type="application/rss+xml" href="/x">`),
    ),
  ).toEqual(['https://blog.example/feed.xml', 'https://blog.example/posts/atom']));
