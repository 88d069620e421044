import { expect, it } from 'vitest';
import { DEAD_LINK } from '../../../scripts/sample-site/awkward.ts';
import { checkLinks } from '../../../scripts/sample-site/check-links.ts';
import { fileOf } from '../../../scripts/sample-site/page.ts';

const HAS_DEAD_LINK = `/posts/${DEAD_LINK.linkedFrom}/`;
const SITE = {
  files: new Set(['index.html', 'a.svg', 'search.html', 'posts/x/index.html']),
  redirects: new Set(['/old.html']),
};

const check = (html: string, more: readonly (readonly [string, string])[] = []) => {
  const pages = new Map([
    [HAS_DEAD_LINK, `<a href="${DEAD_LINK.path}">soon</a>`],
    ['/posts/x/', '<h2 id="there">x</h2>'],
    ['/', html],
    ...more,
  ]);
  return () => checkLinks(pages, SITE);
};

it.each([
  '<a href="/posts/x/">x</a>',
  '<a href="/posts/x/#there">x</a>',
  '<a href="posts/x/">x</a>',
  '<a href="/old.html">moved</a>',
  '<a href="/search">search</a>',
  '<img src="/a.svg">',
  '<a href="https://elsewhere.example/nothing">x</a>',
  '<a href="mailto:a@b.example">x</a>',
])('accepts %s', (html) => {
  expect(check(html)).not.toThrow();
});

it.each([
  ['<a href="/posts/y/">y</a>', '/ links to /posts/y/, which does not exist'],
  ['<a href="/posts/x/#gone">x</a>', 'links to /posts/x/#gone, and there is no such place'],
  ['<img src="/b.svg">', '/b.svg'],
  ['<base href="/posts/"><a href="posts/x/">x</a>', '/posts/posts/x/'],
  [`<a href="${DEAD_LINK.path}">y</a>`, `/ links to ${DEAD_LINK.path}`],
])('refuses %s', (html, named) => {
  expect(check(html)).toThrow(named);
});

it('names every fault', () => {
  expect(check('<a href="/1">1</a><a href="/2">2</a>')).toThrow(/\/1,.*\n.*\/2,/);
});

it('misses the declared dead link when it is not there', () => {
  expect(check('', [[HAS_DEAD_LINK, 'nothing']])).toThrow(`the declared dead link`);
});

it.each([
  ['/', 'index.html'],
  ['/posts/x/', 'posts/x/index.html'],
  ['/search', 'search.html'],
  ['/feed.xml', 'feed.xml'],
  ['/v1.2/search', 'v1.2/search.html'],
])('finds the file of %s', (path, file) => {
  expect(fileOf(path)).toBe(file);
});
