import { AppError, toAppError } from '#domain/errors.ts';
import type { OnProgress, Run } from '#domain/run.ts';
import type { Source } from '#domain/source.ts';
import type { FeatureDeps } from '../deps.ts';
import { canonicalUrl } from '../discover/url.ts';
import { withLease } from '../lease.ts';
import { type CrawlContext, count, enqueue } from './crawl-context.ts';
import { createFrontier } from './frontier.ts';
import { liveDocumentOf, loadKnownPages } from './known-pages.ts';
import { type Listing, readListing } from './listing.ts';
import { createRobotsCache } from './robots-cache.ts';
import { createSequence, visitAll } from './visit-all.ts';

export type CrawlRequest = {
  readonly source: Source;
  /** The product's token, as robots.txt groups name it. */
  readonly userAgent: string;
};

/** What one crawl did. Counts of rejects are by code: `rejected.noindex`. */
export type CrawlReport = {
  readonly runId: string;
  readonly source: string;
  readonly counts: Readonly<Record<string, number>>;
};

/**
 * Crawls one source: asks for everything that it lists and everything that is known of it, and
 * records what changed. Rejects with `lease_held` while another crawl of the source is at work, and
 * with the reason when none of the source's own URLs could be asked for.
 */
export async function crawl(
  deps: FeatureDeps,
  request: CrawlRequest,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<CrawlReport> {
  const { registry, clock, ids } = deps;
  const subject = `source:${request.source.name}`;
  const runId = ids.next();
  const lease = { name: subject, holder: runId };
  return withLease({ leases: registry.leases, clock }, lease, signal, async (held) => {
    await registry.runs.abandon(subject, clock.now());
    await registry.runs.start({ id: runId, kind: 'crawl', subject, at: clock.now() });
    const counts = new Map<string, number>();
    const end = (status: Exclude<Run['status'], 'running'>, error: string | null) => {
      const report = { status, counts: Object.fromEntries(counts), produced: [], error };
      return registry.runs.end(runId, report, clock.now());
    };
    try {
      await work(deps, { ...request, runId, counts, onProgress, signal: held });
      await end('done', null);
    } catch (thrown) {
      const error = toAppError(held.aborted ? held.reason : thrown);
      await end(signal.aborted ? 'cancelled' : 'failed', error.message).catch(() => undefined);
      throw error;
    }
    return { runId, source: request.source.name, counts: Object.fromEntries(counts) };
  });
}

type Work = CrawlRequest & Pick<CrawlContext, 'runId' | 'counts' | 'onProgress' | 'signal'>;

async function work(deps: FeatureDeps, request: Work): Promise<void> {
  const { source, userAgent, ...rest } = request;
  const { fetcher, registry, clock } = deps;
  const { delayMs } = source.limits;
  const pages = await loadKnownPages(registry, source.name);
  const context: CrawlContext = {
    ...rest,
    deps,
    source,
    pages,
    documentsBefore: pages.all().filter(({ outcome }) => outcome === 'document').length,
    goneOnce: new Set(),
    frontier: createFrontier(source.limits),
    robots: createRobotsCache({ fetcher, userAgent, delayMs }),
    scope: [...source.urls],
    listings: new Map(),
    mayStay: new Set(),
    startedAt: clock.now(),
    inTurn: createSequence(),
  };
  await discover(context);
  await visitAll(context);
  const { refused } = context.frontier;
  if (refused > 0) count(context, 'beyondLimits', refused);
}

/** Puts on the frontier what the source names, what it lists, and what is known of it. */
async function discover(context: CrawlContext): Promise<void> {
  const { source } = context;
  await requireReachable(context);
  if (source.kind === 'feed' || source.kind === 'sitemap') {
    let read = false;
    for (const url of source.urls) {
      read = (await readListing(context, { url, kind: source.kind })) || read;
    }
    if (!read) throw nothingListed(source);
  } else {
    for (const url of source.urls) enqueue(context, { url, base: url, depth: 0, foundBy: 'seed' });
  }
  if (source.kind === 'site') await readSiteListings(context);
  const depth = Math.min(1, source.limits.depthMax);
  for (const { url } of context.pages.all()) {
    // Whatever became of its page: only a visit can tell that a document is to be closed.
    if (liveDocumentOf(context.pages, url) === null) continue;
    context.frontier.add({ url, depth, foundBy: 'known', via: [] });
  }
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

/** Sitemaps that robots.txt names, or the usual one; and feeds that an earlier crawl found. */
async function readSiteListings(context: CrawlContext): Promise<void> {
  const { source, robots, pages, signal } = context;
  const sitemaps = new Map<string, Listing>();
  for (const seed of source.urls) {
    const named = (await robots.of(seed, signal)).sitemaps;
    for (const url of named) sitemaps.set(url, { url, kind: 'sitemap' });
    const usual = canonicalUrl('/sitemap.xml', seed);
    if (named.length > 0 || usual === null) continue;
    sitemaps.set(usual, { url: usual, kind: 'sitemap', guessed: true });
  }
  for (const sitemap of sitemaps.values()) await readListing(context, sitemap);
  for (const { url, outcome } of pages.all()) {
    if (outcome === 'feed') await readListing(context, { url, kind: 'feed' });
  }
}
