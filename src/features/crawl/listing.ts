import type { PageState } from '#domain/source.ts';
import type { RawPage } from '#ports/page-fetcher.ts';
import { parseFeed } from '../discover/feed.ts';
import { parseSitemap } from '../discover/sitemap.ts';
import { canonicalUrl } from '../discover/url.ts';
import {
  type CrawlContext,
  count,
  EXTRACTED_BY,
  enqueue,
  reject,
  saveState,
} from './crawl-context.ts';

type ListingKind = 'feed' | 'sitemap';

export type Listing = {
  readonly url: string;
  readonly kind: ListingKind;
  /** Nobody named it: that it is not there is no failure. */
  readonly guessed?: boolean;
};

/** Sitemaps of sitemaps, and pages of feeds, that one listing may lead to. */
const LISTINGS_MAX = 1_000;
const LISTING_DEPTH_MAX = 50;

/**
 * Reads a feed or a sitemap and puts what it lists on the frontier, with all the listings that it
 * names. Each is asked for once in a crawl, and unchanged ones are not read again. Says whether the
 * first could be read.
 */
export async function readListing(context: CrawlContext, listing: Listing): Promise<boolean> {
  const { kind, guessed = false } = listing;
  const { listings } = context;
  const first = canonicalUrl(listing.url, listing.url);
  if (first === null) return false;
  const waiting = listings.has(first) ? [] : [{ url: first, depth: 0 }];
  const found = new Set([first]);
  for (const { url, depth } of waiting) {
    const entries = await readOne(context, { url, kind, guessed: guessed && url === first });
    listings.set(url, entries !== null);
    for (const page of entries?.pages ?? []) {
      enqueue(context, { url: page, base: url, depth: 1, foundBy: kind });
    }
    for (const href of entries?.listings ?? []) {
      const target = canonicalUrl(href, url);
      if (target === null || found.has(target) || listings.has(target)) continue;
      found.add(target);
      if (depth < LISTING_DEPTH_MAX && waiting.length < LISTINGS_MAX) {
        waiting.push({ url: target, depth: depth + 1 });
      } else count(context, 'beyondLimits');
    }
  }
  return listings.get(first) === true;
}

type Entries = {
  readonly pages: readonly string[];
  readonly listings: readonly string[];
  /** Entries beyond what one listing may hold. */
  readonly refused: number;
};

/** States keep both kinds of links in one list: listings first, told apart by this mark. */
const LISTING_MARK = 'listing:';

async function readOne(
  context: CrawlContext,
  { url, kind, guessed }: Listing,
): Promise<Entries | null> {
  const { deps, pages, robots, signal } = context;
  const refusal = (await robots.of(url, signal)).refusalOf(url);
  if (refusal !== null) return refused(context, url, refusal);
  const known = pages.get(url);
  const state = known?.outcome === kind && known.extractedBy === EXTRACTED_BY ? known : null;
  count(context, 'requests');
  const outcome = await deps.fetcher.fetch(
    {
      url,
      etag: state?.etag ?? null,
      lastModified: state?.lastModified ?? null,
      accept: kind,
      redirects: 'follow',
    },
    signal,
  );
  if (outcome.kind === 'not_modified' && state !== null) return remembered(state);
  if (outcome.kind === 'gone' && guessed) return null;
  if (outcome.kind === 'gone') {
    const message = `${kind} ${url} is not there (${outcome.status})`;
    return refused(context, url, { code: 'gone', message, retryable: false });
  }
  if (outcome.kind === 'failed') {
    // A page that names it may be unchanged when it is back; this is how the next crawl knows.
    if (known === undefined && !guessed) await saveState(context, { url, outcome: kind });
    return refused(context, url, outcome);
  }
  if (outcome.kind !== 'fetched') return null;
  const entries = kind === 'feed' ? feedEntries(outcome.page) : sitemapEntries(outcome.page);
  if (entries === null) {
    const message = `${url} is no ${kind} that can be read`;
    return refused(context, url, { code: 'malformed', message, retryable: false });
  }
  const { etag, lastModified } = outcome.page;
  if (entries.refused > 0) count(context, 'beyondLimits', entries.refused);
  const links = [...entries.listings.map((href) => `${LISTING_MARK}${href}`), ...entries.pages];
  await saveState(context, { url, outcome: kind, etag, lastModified, links });
  return entries;
}

async function refused(
  context: CrawlContext,
  url: string,
  rejection: Omit<Parameters<typeof reject>[2], 'stage'>,
): Promise<null> {
  const { code, message, retryable = false } = rejection;
  await reject(context, url, { stage: 'discover', code, message, retryable });
  return null;
}

function remembered({ links }: PageState): Entries {
  const [listings, pages] = [links.filter(isListing), links.filter((href) => !isListing(href))];
  return { listings: listings.map((href) => href.slice(LISTING_MARK.length)), pages, refused: 0 };
}

const isListing = (href: string): boolean => href.startsWith(LISTING_MARK);

function feedEntries(page: RawPage): Entries | null {
  const feed = parseFeed(page);
  if (feed === null) return null;
  const { entries, pages: listings, refused } = feed;
  return { pages: entries.map(({ url }) => url), listings, refused };
}

function sitemapEntries(page: RawPage): Entries | null {
  const sitemap = parseSitemap(page);
  if (sitemap === null) return null;
  const { urls, sitemaps: listings, refused } = sitemap;
  return { pages: urls.map(({ url }) => url), listings, refused };
}
