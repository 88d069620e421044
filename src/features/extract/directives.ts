import { canonicalUrl, sameSite } from '../discover/url.ts';
import type { PageFacts } from './page-facts.ts';

/** What a page asks of those who index it. */
export type Directives = {
  readonly noindex: boolean;
  readonly nofollow: boolean;
};

const NAMED_DIRECTIVES: ReadonlySet<string> = new Set([
  'unavailable_after',
  'max-snippet',
  'max-image-preview',
  'max-video-preview',
]);

/**
 * `<meta name="robots">` and X-Robots-Tag. A directive of the header that names another crawler is
 * not for us; the port joins headers with commas, so only the directive right after the name is.
 */
export function readDirectives({ metas }: Pick<PageFacts, 'metas'>, robotsTag: string): Directives {
  const stated = metas.filter(({ name }) => name === 'robots').map(({ content }) => content);
  const tokens = new Set([...stated, robotsTag].flatMap(directivesOf));
  const none = tokens.has('none');
  return { noindex: none || tokens.has('noindex'), nofollow: none || tokens.has('nofollow') };
}

const directivesOf = (text: string): readonly string[] =>
  text
    .toLowerCase()
    .split(',')
    .map((part) => part.trim())
    .filter((part) => !part.includes(':') || NAMED_DIRECTIVES.has(part.split(':')[0] ?? ''));

/**
 * The canonical URL that a page states, when it is plausible: it parses, is of the page's site, is
 * the only one, and is not the site's root unless the page is; sites that give every page the root
 * for canonical are mistaken. May be the page's own URL.
 */
export function readCanonical({ links, base }: PageFacts, url: string): string | null {
  const stated = links
    .filter(({ rel }) => rel.includes('canonical'))
    .map(({ href }) => canonicalUrl(href, base));
  const [canonical, ...others] = new Set(stated);
  if (canonical === undefined || canonical === null || others.length > 0) return null;
  if (!sameSite(canonical, url)) return null;
  const isRoot = (href: string) => /^[^/]+\/\/[^/]+\/$/.test(href);
  return isRoot(canonical) && canonical !== canonicalUrl(url, url) ? null : canonical;
}

export type Refresh = { readonly url: string; readonly delaySeconds: number };

/** Target of `<meta http-equiv="refresh">`; `null` when there is none but the page itself. */
export function readRefresh({ metas, base }: PageFacts, url: string): Refresh | null {
  const content = metas.find(({ name }) => name === 'refresh')?.content;
  const match = /^\s*(\d+)(?:\.[\d.]*)?\s*(?:[;,]|\s)\s*(?:url\s*=\s*)?(.*)$/is.exec(content ?? '');
  if (match === null) return null;
  const [, delay, target = ''] = match;
  const href = /^(["'])(.*?)(?:\1|$)/s.exec(target)?.[2] ?? target;
  const refreshed = href.trim() === '' ? null : canonicalUrl(href, base);
  if (refreshed === null || refreshed === canonicalUrl(url, url)) return null;
  return { url: refreshed, delaySeconds: Number(delay) };
}

const LINKS_MAX = 5_000;
const FEEDS_MAX = 20;
const FEED_TYPES: ReadonlySet<string> = new Set([
  'application/rss+xml',
  'application/atom+xml',
  'application/rdf+xml',
  'application/feed+json',
]);

/** Where a page's links lead: canonical, unique, in document order. */
export const readLinks = ({
  anchors,
  base,
}: Pick<PageFacts, 'anchors' | 'base'>): readonly string[] => uniqueUrls(anchors, base, LINKS_MAX);

/** Feeds that a page names (`<link rel="alternate">`). */
export const readFeeds = ({ links, base }: PageFacts): readonly string[] =>
  uniqueUrls(
    links
      .filter(({ rel, type }) => rel.includes('alternate') && FEED_TYPES.has(type))
      .map(({ href }) => href),
    base,
    FEEDS_MAX,
  );

function uniqueUrls(hrefs: readonly string[], base: string, max: number): readonly string[] {
  const urls = new Set<string>();
  for (const href of new Set(hrefs)) {
    if (href.startsWith('#')) continue;
    const url = canonicalUrl(href, base);
    if (url !== null) urls.add(url);
    if (urls.size >= max) break;
  }
  return [...urls];
}
