import { AppError } from '#domain/errors.ts';
import type { Source } from '#domain/source.ts';
import { feedGuesses } from '../discover/feed-guesses.ts';
import { canonicalUrl } from '../discover/url.ts';
import { type CrawlContext, count, enqueue, shelfOf } from './crawl-context.ts';
import { liveDocumentOf } from './known-pages.ts';
import { type Listing, readListing } from './listing.ts';

/** Puts on the frontier what the source names, what it lists, and what is known of it. */
export async function discover(context: CrawlContext): Promise<void> {
  const { source, only } = context;
  if (only !== null) {
    // A shelf gives what it has listed.
    for (const place of shelfOf(context) === null ? [] : source.urls) {
      await shelfOf(context)?.list(place, context.signal);
    }
    for (const url of only) enqueue(context, { url, base: url, depth: 0, foundBy: 'seed' });
    return;
  }
  if (shelfOf(context) !== null) await readShelf(context);
  else await readWeb(context);
  const depth = Math.min(1, source.limits.depthMax);
  for (const { url } of context.pages.all()) {
    // Whatever became of its page: only a visit can tell that a document is to be closed.
    if (liveDocumentOf(context.pages, url) === null) continue;
    context.frontier.add({ url, depth, foundBy: 'known', via: [] });
  }
}

/** What stands in a folder or a repository is listed there. */
async function readShelf(context: CrawlContext): Promise<void> {
  const { source, signal } = context;
  for (const place of source.urls) {
    const urls = (await shelfOf(context)?.list(place, signal)) ?? [];
    for (const url of urls) enqueue(context, { url, base: url, depth: 0, foundBy: 'shelf' });
  }
}

async function readWeb(context: CrawlContext): Promise<void> {
  const { source } = context;
  await requireReachable(context);
  if (source.kind === 'feed' || source.kind === 'sitemap') {
    let read = false;
    for (const url of source.urls) {
      const isRead = await readListing(context, { url, kind: source.kind });
      read = isRead || (source.kind === 'feed' && (await readFeedsOf(context, url))) || read;
    }
    if (!read) throw nothingListed(source);
  } else {
    for (const url of source.urls) enqueue(context, { url, base: url, depth: 0, foundBy: 'seed' });
  }
  if (source.kind === 'site') await readSiteListings(context);
}

/** The feeds of a page that a feed source names in their place; says whether one could be read. */
async function readFeedsOf(context: CrawlContext, url: string): Promise<boolean> {
  const { deps, signal } = context;
  const outcome = await deps.fetcher.fetch(
    { url, etag: null, lastModified: null, accept: 'page', redirects: 'follow' },
    signal,
  );
  count(context, 'requests');
  const named =
    outcome.kind === 'fetched' ? (await deps.reader.read(outcome.page, signal)).feeds : [];
  for (const feed of named) {
    if (await readListing(context, { url: feed, kind: 'feed' })) return true;
  }
  for (const feed of feedGuesses(url)) {
    if (await readListing(context, { url: feed, kind: 'feed', guessed: true })) return true;
  }
  return false;
}

/** A site is held off from, and nothing of it is touched, while it cannot be asked at all. */
async function requireReachable({ source, robots, signal }: CrawlContext): Promise<void> {
  const refusals = [];
  for (const url of source.urls) {
    const refusal = (await robots.of(url, signal)).refusalOf(url);
    if (refusal === null) return;
    refusals.push(refusal);
  }
  const [first] = refusals;
  if (first === undefined) return;
  throw new AppError(
    first.code,
    `source ${source.name} cannot be crawled: ${first.message} Nothing was changed.`,
    { retryable: first.retryable, param: 'source' },
  );
}

const nothingListed = (source: Source): AppError =>
  new AppError(
    'malformed',
    `source ${source.name}: no ${source.kind} could be read at ${source.urls.join(', ')}; ` +
      'see lockstep source rejects for the reasons. Nothing was changed.',
    { param: 'source' },
  );

/**
 * Sitemaps that robots.txt names, or the usual one; and feeds that an earlier crawl found.
 */
async function readSiteListings(context: CrawlContext): Promise<void> {
  const { source, robots, pages, signal } = context;
  const listings = new Map<string, Listing>();
  for (const seed of source.urls) {
    const named = (await robots.of(seed, signal)).sitemaps;
    for (const url of named) listings.set(url, { url, kind: 'sitemap' });
    const usual = canonicalUrl('/sitemap.xml', seed);
    if (named.length > 0 || usual === null) continue;
    listings.set(usual, { url: usual, kind: 'sitemap', guessed: true });
  }
  for (const { url, outcome } of pages.all()) {
    if (outcome === 'feed') listings.set(url, { url, kind: 'feed' });
  }
  for (const listing of listings.values()) await readListing(context, listing);
}
