import type { RawPage } from '#ports/page-fetcher.ts';
import { decodeXml } from '../extract/decode.ts';
import { isoDate } from './iso-date.ts';
import { canonicalUrl } from './url.ts';
import { walkXml, type XmlElement } from './xml-events.ts';

type SitemapUrl = { readonly url: string; readonly modifiedAt: string | null };

export type Sitemap = {
  /** Canonical, unique, in the file's order. */
  readonly urls: readonly SitemapUrl[];
  /** Sitemaps that an index names, canonical. */
  readonly sitemaps: readonly string[];
  /** Entries beyond the protocol's `ENTRIES_MAX`. */
  readonly refused: number;
};

/** sitemaps.org: entries of one file. */
export const ENTRIES_MAX = 50_000;

/** A urlset, a sitemapindex, or a text file of URLs; `null` for what is none. Never throws. */
export function parseSitemap(page: RawPage): Sitemap | null {
  const text = decodeXml(page.body, page.contentType);
  const start = text.trimStart();
  return start.startsWith('<') ? parseXml(text, page.url) : parseLines(text, page.url);
}

type Listed = { readonly found: Map<string, string | null>; refused: number };

function add(listed: Listed, url: string | null, modifiedAt: string | null): void {
  if (url === null || listed.found.has(url)) return;
  if (listed.found.size < ENTRIES_MAX) listed.found.set(url, modifiedAt);
  else listed.refused += 1;
}

function parseXml(text: string, base: string): Sitemap | null {
  const pages: Listed = { found: new Map(), refused: 0 };
  const sitemaps: Listed = { found: new Map(), refused: 0 };
  let root = '';
  let url: string | null = null;
  let modifiedAt: string | null = null;
  const isRead = walkXml(text, base, {
    open(element) {
      if (root === '') root = element.name;
      if (isEntry(element)) [url, modifiedAt] = [null, null];
    },
    close(element) {
      if (isEntry(element)) add(element.name === 'url' ? pages : sitemaps, url, modifiedAt);
      if (element.parent === null || !isEntry(element.parent)) return;
      // Images and videos have a `loc` of their own, in another namespace.
      if (element.space !== element.parent.space) return;
      if (element.name === 'loc' && element.text.trim() !== '') {
        url ??= canonicalUrl(element.text, base);
      }
      if (element.name === 'lastmod') modifiedAt ??= isoDate(element.text);
    },
  });
  if (!isRead) return null;
  if (root !== 'urlset' && root !== 'sitemapindex') return null;
  return sitemapOf(pages, [...sitemaps.found.keys()], sitemaps.refused);
}

const isEntry = ({ name, parent }: XmlElement): boolean =>
  (name === 'url' && parent?.name === 'urlset') ||
  (name === 'sitemap' && parent?.name === 'sitemapindex');

/** One absolute URL a line; a file with any other line than blank ones is no sitemap. */
function parseLines(text: string, base: string): Sitemap | null {
  const pages: Listed = { found: new Map(), refused: 0 };
  let isStated = false;
  for (const [line] of text.matchAll(/[^\r\n]+/g)) {
    const stated = line.trim();
    if (stated === '') continue;
    if (!/^https?:\/\/\S+$/i.test(stated)) return null;
    isStated = true;
    add(pages, canonicalUrl(stated, base), null);
  }
  return isStated ? sitemapOf(pages, [], 0) : null;
}

const sitemapOf = (pages: Listed, sitemaps: readonly string[], refused: number): Sitemap => ({
  urls: [...pages.found].map(([url, modifiedAt]) => ({ url, modifiedAt })),
  sitemaps,
  refused: pages.refused + refused,
});
