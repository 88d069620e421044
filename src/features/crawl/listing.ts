import type { PageState } from '#domain/source.ts';
import type { FetchOutcome, RawPage } from '#ports/page-fetcher.ts';
import { parseFeed } from '../discover/feed.ts';
import { parseSitemap } from '../discover/sitemap.ts';
import { canonicalUrl } from '../discover/url.ts';
import { EXTRACTED_BY } from '../read-post.ts';
import {
  type Came,
  type CrawlContext,
  count,
  enqueue,
  isCurrent,
  noteVisit,
  reject,
  saveState,
} from './crawl-context.ts';
import { holdFeedPosts, recallFeedPosts } from './feed-posts.ts';

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
  /** Key of a feed's full texts in the blob store; `null` when it has none. */
  readonly textsKey: string | null;
};

/** States keep both kinds of links in one list: listings first, told apart by this mark. */
const LISTING_MARK = 'listing:';

async function readOne(context: CrawlContext, listing: Listing): Promise<Entries | null> {
  const { deps, pages, robots, signal } = context;
  const { url, kind } = listing;
  const refusal = (await robots.of(url, signal)).refusalOf(url);
  if (refusal !== null) return refused(context, url, refusal);
  const known = pages.get(url);
  const state = known?.outcome === kind && known.extractedBy === EXTRACTED_BY ? known : null;
  if (state !== null && context.isTakenUp && isCurrent(context, state)) {
    return remembered(context, state);
  }
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
  const { entries, came } = await entriesOf(context, listing, { outcome, state });
  await noteVisit(context, url, came, outcome);
  return entries;
}

type Read = { readonly entries: Entries | null; readonly came: Came };

async function entriesOf(
  context: CrawlContext,
  { url, kind, guessed = false }: Listing,
  { outcome, state }: { readonly outcome: FetchOutcome; readonly state: PageState | null },
): Promise<Read> {
  const cameTo = (code: Came['code']) => ({ outcome: 'failed', code });
  if (outcome.kind === 'not_modified' && state !== null) {
    await saveState(context, { ...state, checkedAt: context.deps.clock.now() });
    return { entries: await remembered(context, state), came: { outcome: kind, code: null } };
  }
  if (outcome.kind === 'gone') {
    const message = `${kind} ${url} is not there (${outcome.status})`;
    const letter = { code: 'gone', message, retryable: false } as const;
    if (!guessed) await refused(context, url, letter);
    return { entries: null, came: { outcome: 'gone', code: guessed ? null : 'gone' } };
  }
  if (outcome.kind === 'failed') {
    // A page that names it may be unchanged when it is back; this is how the next crawl knows.
    const isUnknown = context.pages.get(url) === undefined;
    if (isUnknown && !guessed) await saveState(context, { url, outcome: kind });
    if (!guessed) await refused(context, url, outcome);
    return { entries: null, came: cameTo(outcome.code) };
  }
  if (outcome.kind !== 'fetched') return { entries: null, came: cameTo('malformed') };
  const entries =
    kind === 'feed' ? await feedEntries(context, outcome.page) : sitemapEntries(outcome.page);
  if (entries === null) {
    const message = `${url} is no ${kind} that can be read`;
    if (!guessed) await refused(context, url, { code: 'malformed', message, retryable: false });
    return { entries, came: cameTo(guessed ? null : 'malformed') };
  }
  const { etag, lastModified } = outcome.page;
  if (entries.refused > 0) count(context, 'beyondLimits', entries.refused);
  const links = [...entries.listings.map((href) => `${LISTING_MARK}${href}`), ...entries.pages];
  const { textsKey: bodyHash } = entries;
  await saveState(context, { url, outcome: kind, etag, lastModified, links, bodyHash });
  return { entries, came: { outcome: kind, code: null } };
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

/** What an unchanged listing named. */
async function remembered(context: CrawlContext, state: PageState): Promise<Entries> {
  const { links, bodyHash: textsKey } = state;
  await recallFeedPosts(context, textsKey);
  const [listings, pages] = [links.filter(isListing), links.filter((href) => !isListing(href))];
  return {
    listings: listings.map((href) => href.slice(LISTING_MARK.length)),
    pages,
    refused: 0,
    textsKey,
  };
}

const isListing = (href: string): boolean => href.startsWith(LISTING_MARK);

async function feedEntries(context: CrawlContext, page: RawPage): Promise<Entries | null> {
  const feed = parseFeed(page);
  if (feed === null) return null;
  const { entries, pages: listings, refused, textsRefused } = feed;
  if (textsRefused > 0) count(context, 'feedTextsBeyondLimits', textsRefused);
  const textsKey = await holdFeedPosts(context, entries);
  return { pages: entries.map(({ url }) => url), listings, refused, textsKey };
}

function sitemapEntries(page: RawPage): Entries | null {
  const sitemap = parseSitemap(page);
  if (sitemap === null) return null;
  const { urls, sitemaps: listings, refused } = sitemap;
  return { pages: urls.map(({ url }) => url), listings, refused, textsKey: null };
}
