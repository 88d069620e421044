import type { RawPage } from '#ports/page-fetcher.ts';
import { parseFeed } from './feed.ts';
import { languageOf } from './feed-draft.ts';
import { isoDate } from './iso-date.ts';
import { plainText } from './plain-text.ts';
import { canonicalUrl } from './url.ts';
import type { XmlElement } from './xml-element.ts';
import { walkXml } from './xml-events.ts';
import { decodeXmlText } from './xml-text.ts';

export type SitemapUrl = {
  /** Canonical. */
  readonly url: string;
  /** ISO 8601: `lastmod`. */
  readonly modifiedAt: string | null;
  /** Hints by the news and video extensions, or of a feed; what the page says counts more. */
  readonly publishedAt: string | null;
  readonly title: string | null;
  /** BCP 47, by the news extension or by an alternate that is the page itself. */
  readonly language: string | null;
  readonly tags: readonly string[];
};

export type Sitemap = {
  /** Unique, in the file's order; a page's versions in other languages stand behind it. */
  readonly urls: readonly SitemapUrl[];
  /** Sitemaps that an index names, canonical. */
  readonly sitemaps: readonly string[];
  /** Entries beyond the protocol's `ENTRIES_MAX`. */
  readonly refused: number;
};

/** sitemaps.org: entries of one file. */
export const ENTRIES_MAX = 50_000;
const TAGS_MAX = 64;

/**
 * A urlset, a sitemapindex, a text file of URLs, or a feed, which serves for a sitemap (sitemaps.org,
 * "Other Sitemap formats"); `null` for what is none. Of a broken file what can be read. Gzip is
 * undone by whoever fetches it. Never throws.
 */
export function parseSitemap(page: RawPage): Sitemap | null {
  const text = decodeXmlText(page.body, page.contentType);
  if (!text.includes('<')) return parseLines(text, page.url) ?? ofFeed(page);
  return parseXml(text, page.url) ?? ofFeed(page);
}

type Found = Map<string, SitemapUrl>;
type Listed = { readonly found: Found; refused: number };

const bare = (url: string): SitemapUrl => ({
  url,
  modifiedAt: null,
  publishedAt: null,
  title: null,
  language: null,
  tags: [],
});

function add(listed: Listed, entry: SitemapUrl): void {
  if (listed.found.has(entry.url)) return;
  if (listed.found.size < ENTRIES_MAX) listed.found.set(entry.url, entry);
  else listed.refused += 1;
}

/** An entry while it is open. */
type Draft = {
  url: string | null;
  modifiedAt: string | null;
  publishedAt: string | null;
  title: string | null;
  language: string | null;
  tags: readonly string[];
  readonly alternates: Map<string, string | null>;
};

const emptyDraft = (): Draft => ({
  url: null,
  modifiedAt: null,
  publishedAt: null,
  title: null,
  language: null,
  tags: [],
  alternates: new Map(),
});

function parseXml(text: string, base: string): Sitemap | null {
  const pages: Listed = { found: new Map(), refused: 0 };
  const sitemaps: Listed = { found: new Map(), refused: 0 };
  let isSitemap = false;
  let draft = emptyDraft();
  const isWhole = walkXml(text, base, {
    open(element) {
      // Servers write warnings ahead of their files.
      if (element.depth === 1 && ROOTS.has(element.name)) isSitemap = true;
      if (isEntry(element)) draft = emptyDraft();
    },
    close(element) {
      if (isEntry(element)) addEntry(element.name === 'url' ? pages : sitemaps, draft);
      else if (element.parent !== null && isEntry(element.parent)) fill(draft, element);
      else fillHint(draft, element);
    },
  });
  const found = pages.found.size + sitemaps.found.size;
  if (!isSitemap || (!isWhole && found === 0)) return null;
  return {
    urls: [...pages.found.values()],
    sitemaps: [...sitemaps.found.keys()],
    refused: pages.refused + sitemaps.refused,
  };
}

const ROOTS: ReadonlySet<string> = new Set(['urlset', 'sitemapindex']);

const isEntry = ({ name, parent }: XmlElement): boolean =>
  (name === 'url' && parent?.name === 'urlset') ||
  (name === 'sitemap' && parent?.name === 'sitemapindex');

function addEntry(listed: Listed, { url, alternates, ...rest }: Draft): void {
  if (url === null) return;
  const language = rest.language ?? alternates.get(url) ?? null;
  add(listed, { url, ...rest, language });
  for (const [alternate, said] of alternates) add(listed, { ...bare(alternate), language: said });
}

function fill(draft: Draft, element: XmlElement): void {
  const { attributes, name, parent, space, text, base } = element;
  if (space === 'xhtml' && name === 'link') {
    const isAlternate = (attributes.rel ?? '').trim().toLowerCase() === 'alternate';
    const url = isAlternate ? canonicalUrl(attributes.href ?? base, base) : null;
    // `x-default` is no language.
    if (url !== null) draft.alternates.set(url, hreflangOf(attributes.hreflang));
  }
  // Images and videos have a `loc` of their own, in another namespace.
  if (space !== parent?.space) return;
  if (name === 'loc' && text.trim() !== '') draft.url ??= canonicalUrl(text, base);
  if (name === 'lastmod') draft.modifiedAt ??= isoDate(text);
}

const hreflangOf = (said: string | undefined): string | null =>
  said === undefined || /^x-/i.test(said.trim()) ? null : languageOf(said);

/** What the news and video extensions say of the page. */
function fillHint(draft: Draft, { name, space, text, parent }: XmlElement): void {
  if (space !== 'news' && space !== 'video') return;
  if (name === 'publication_date') draft.publishedAt ??= isoDate(text);
  if (name === 'title' && space === 'news') draft.title ??= plainText(text) || null;
  if (name === 'language' && parent?.name === 'publication') draft.language ??= languageOf(text);
  if (name === 'keywords') draft.tags = tagsOf(text);
}

function tagsOf(text: string): readonly string[] {
  const tags = text.split(',').map((tag) => plainText(tag));
  return [...new Set(tags.filter((tag) => tag !== ''))].slice(0, TAGS_MAX);
}

/** One absolute URL a line; of a file that is mostly something else, none. */
function parseLines(text: string, base: string): Sitemap | null {
  const pages: Listed = { found: new Map(), refused: 0 };
  let [stated, other] = [0, 0];
  for (const [line] of text.matchAll(/[^\r\n]+/g)) {
    const said = line.trim();
    if (said === '' || said.startsWith('#')) continue;
    if (!/^https?:\/\/\S+$/i.test(said)) {
      other += 1;
      continue;
    }
    stated += 1;
    const url = canonicalUrl(said, base);
    if (url !== null) add(pages, bare(url));
  }
  if (stated <= other) return null;
  return { urls: [...pages.found.values()], sitemaps: [], refused: pages.refused };
}

/** A feed as the sitemap of its entries; its further pages are sitemaps of the same kind. */
function ofFeed(page: RawPage): Sitemap | null {
  const feed = parseFeed(page);
  if (feed === null) return null;
  const pages: Listed = { found: new Map(), refused: feed.refused };
  for (const { url, modifiedAt, publishedAt, title, language, tags } of feed.entries) {
    add(pages, { url, modifiedAt, publishedAt, title, language, tags });
  }
  return { urls: [...pages.found.values()], sitemaps: feed.pages, refused: pages.refused };
}
