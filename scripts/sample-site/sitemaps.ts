import { compare, ORIGIN } from './blog.ts';
import { type Markup, markup } from './markup.ts';
import type { Page } from './page.ts';

const NAMESPACE = 'http://www.sitemaps.org/schemas/sitemap/0.9';
const XML = markup`<?xml version="1.0" encoding="UTF-8"?>`;

type Entry = { readonly path: string; readonly modified: string };

/** A sitemap of posts, one of the other pages, and their index, by file name. */
export function sitemaps(pages: readonly Page[]): ReadonlyMap<string, string> {
  const entries = pages
    .flatMap(({ path, modified }): Entry[] => (modified === null ? [] : [{ path, modified }]))
    .toSorted((a, b) => compare(a.path, b.path));
  const files = [...Map.groupBy(entries, partOf)];
  const index = files.map(
    ([name, part]) =>
      markup`<sitemap>${located({ path: `/${name}`, modified: latest(part) })}</sitemap>\n`,
  );
  return new Map([
    ...files.map(([name, part]) => [name, urlset(part)] as const),
    [
      'sitemap-index.xml',
      markup`${XML}\n<sitemapindex xmlns="${NAMESPACE}">\n${index}</sitemapindex>\n`.markup,
    ],
  ]);
}

const partOf = ({ path }: Entry): string =>
  path.startsWith('/posts/') ? 'sitemap-posts.xml' : 'sitemap-pages.xml';

const latest = (entries: readonly Entry[]): string =>
  entries
    .map(({ modified }) => modified)
    .toSorted(compare)
    .at(-1) ?? '';

const urlset = (entries: readonly Entry[]): string =>
  markup`${XML}\n<urlset xmlns="${NAMESPACE}">\n${entries.map(
    (entry) => markup`<url>${located(entry)}</url>\n`,
  )}</urlset>\n`.markup;

const located = ({ path, modified }: Entry): Markup =>
  markup`<loc>${ORIGIN}${path}</loc><lastmod>${modified}</lastmod>`;

export const ROBOTS = `# Come in. Drafts are unfinished, and search is for people.
User-agent: *
Disallow: /drafts/
Disallow: /search

# Asked for every page four times an hour.
User-agent: GreedyScraper
Disallow: /

Sitemap: ${ORIGIN}/sitemap-index.xml
`;
