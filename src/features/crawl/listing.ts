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
 * names. Unchanged ones are not read again. Says whether the first could be read.
 */
export async function readListing(context: CrawlContext, listing: Listing): Promise<boolean> {
  const { kind, guessed = false } = listing;
  const url = canonicalUrl(listing.url, listing.url);
  if (url === null) return false;
  const waiting = [{ url, depth: 0 }];
  const seen = new Set([url]);
  let read = false;
  for (let at = 0; at < waiting.length && at < LISTINGS_MAX; at += 1) {
    const next = waiting[at];
    if (next === undefined) break;
    const entries = await readOne(context, { url: next.url, kind, guessed: guessed && at === 0 });
    if (at === 0) read = entries !== null;
    for (const page of entries?.pages ?? []) {
      enqueue(context, { url: page, base: next.url, depth: 1, foundBy: kind });
    }
    for (const href of entries?.listings ?? []) {
      const target = canonicalUrl(href, next.url);
      if (target === null || seen.has(target) || next.depth >= LISTING_DEPTH_MAX) continue;
      seen.add(target);
      waiting.push({ url: target, depth: next.depth + 1 });
    }
  }
  return read;
}

type Entries = { readonly pages: readonly string[]; readonly listings: readonly string[] };

/** States keep both kinds of links in one list: listings first, told apart by this mark. */
const LISTING_MARK = 'listing:';

async function readOne(
  context: CrawlContext,
  { url, kind, guessed }: Listing,
): Promise<Entries | null> {
  const { deps, states, robots, signal } = context;
  const refusal = (await robots.of(url, signal)).refusalOf(url);
  if (refusal !== null) return refused(context, url, refusal);
  const known = states.get(url);
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
  if (outcome.kind === 'failed') return refused(context, url, outcome);
  if (outcome.kind !== 'fetched') return null;
  const entries = kind === 'feed' ? feedEntries(outcome.page) : sitemapEntries(outcome.page);
  if (entries === null) {
    const message = `${url} is no ${kind} that can be read`;
    return refused(context, url, { code: 'malformed', message, retryable: false });
  }
  const { etag, lastModified } = outcome.page;
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
  return { listings: listings.map((href) => href.slice(LISTING_MARK.length)), pages };
}

const isListing = (href: string): boolean => href.startsWith(LISTING_MARK);

function feedEntries(page: RawPage): Entries | null {
  const feed = parseFeed(page);
  return feed && { pages: feed.entries.map(({ url }) => url), listings: feed.pages };
}

function sitemapEntries(page: RawPage): Entries | null {
  const sitemap = parseSitemap(page);
  return sitemap && { pages: sitemap.urls.map(({ url }) => url), listings: sitemap.sitemaps };
}
