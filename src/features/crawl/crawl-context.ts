import type { ErrorCode } from '#domain/errors.ts';
import type { OnProgress } from '#domain/run.ts';
import type { PageState, Source } from '#domain/source.ts';
import type { Visit } from '#domain/visit.ts';
import type { PageShelf } from '#ports/page-shelf.ts';
import type { FeatureDeps } from '../deps.ts';
import type { FeedEntry } from '../discover/feed-entry.ts';
import { canonicalUrl, hasTrapShape, sameSite } from '../discover/url.ts';
import { EXTRACTED_BY } from '../read-post.ts';
import type { FoundBy, Frontier, FrontierUrl } from './frontier.ts';
import type { KnownPages } from './known-pages.ts';
import type { RobotsCache } from './robots-cache.ts';
import type { TrapWatch } from './traps.ts';

/** What one crawl of one source shares between its visits. */
export type CrawlContext = {
  readonly deps: FeatureDeps;
  readonly source: Source;
  /** The pages that are asked for alone; `null` for a crawl of all that there is. */
  readonly only: readonly string[] | null;
  readonly runId: string;
  readonly pages: KnownPages;
  readonly frontier: Frontier;
  readonly traps: TrapWatch;
  readonly robots: RobotsCache;
  /** Whether the source's patterns let a URL be asked for. */
  readonly wants: (url: string) => boolean;
  /** Hashes of the blocks that repeat across the source's pages. */
  readonly templates: ReadonlySet<bigint>;
  /** Entries of feeds that come with their full text, by URL. */
  readonly feedPosts: Map<string, FeedEntry>;
  /** URLs whose sites may be visited; grows by where the seeds redirect. */
  readonly scope: string[];
  readonly counts: Map<string, number>;
  /** Pages that were documents when the crawl began. */
  readonly documentsBefore: number;
  /** Documents' pages that this crawl has found gone for the first time. */
  readonly goneOnce: Set<string>;
  /** Feeds and sitemaps that this crawl has asked for; whether they could be read. */
  readonly listings: Map<string, boolean>;
  /** Pages that only point elsewhere, and so may stay themselves if that leads nowhere. */
  readonly mayStay: Set<string>;
  /** When the crawl began, whether or not it was cut off in between. */
  readonly startedAt: string;
  /** An earlier part of this crawl was cut off: what it has visited is not visited again. */
  readonly isTakenUp: boolean;
  /** End of the time that the crawl may take, on the monotonic clock. */
  readonly endsAtMs: number;
  /** Runs one piece of work after the one before it has ended. */
  readonly inTurn: (work: () => Promise<void>) => Promise<void>;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
};

export function count(context: CrawlContext, name: string, by = 1): void {
  context.counts.set(name, (context.counts.get(name) ?? 0) + by);
}

/** The shelf that the source's pages stand on, when they are not fetched from the web. */
export const shelfOf = ({ deps, source }: CrawlContext): PageShelf | null =>
  source.kind === 'github' || source.kind === 'folder' ? deps.shelves[source.kind] : null;

/**
 * Sites and sitemaps stay at home; feeds and lists name what is wanted, wherever it stands; and
 * nothing leads from one page of a shelf to another.
 */
export function inScope(context: CrawlContext, url: string): boolean {
  const { source, scope } = context;
  if (shelfOf(context) !== null) return false;
  const isAtHome = source.kind === 'site' || source.kind === 'sitemap';
  return !isAtHome || scope.some((seed) => sameSite(seed, url));
}

/** The one form of a URL under which the source knows its page; `null` when it can have none. */
export function pageUrl({ source }: CrawlContext, href: string, base: string): string | null {
  if (source.kind !== 'folder') return canonicalUrl(href, base);
  const url = URL.parse(href, base);
  if (url?.protocol !== 'file:') return null;
  url.hash = '';
  return url.href;
}

export type Found = {
  readonly url: string;
  readonly base: string;
  readonly depth: number;
  readonly foundBy: FoundBy;
  readonly via?: readonly string[];
};

/** Puts a URL on the frontier when it can be one of the source's pages; says whether it is new. */
export function enqueue(context: CrawlContext, found: Found): boolean {
  const { depth, foundBy, via = [] } = found;
  const url = pageUrl(context, found.url, found.base);
  const isListed = shelfOf(context) !== null && (foundBy === 'shelf' || foundBy === 'seed');
  if (url === null || !(isListed || inScope(context, url))) return false;
  if (foundBy !== 'seed' && !context.wants(url)) return false;
  // A page that links to a feed does not make it a page.
  if (context.listings.get(url) === true) return false;
  const isTrap = foundBy === 'link' && (hasTrapShape(url) || context.traps.isTrap(url));
  if (isTrap && !context.frontier.has(url)) return context.frontier.refuse(url);
  return context.frontier.add({ url, depth, foundBy, via });
}

/** Whether a state is of this crawl; one of an earlier crawl may not be true any more. */
export const isCurrent = ({ startedAt }: CrawlContext, { checkedAt }: PageState): boolean =>
  checkedAt >= startedAt;

type SavedState = Pick<PageState, 'url' | 'outcome'> & Partial<PageState>;

/** Saves what a visit leaves behind, in the registry and for the rest of this crawl. */
export async function saveState(context: CrawlContext, state: SavedState): Promise<void> {
  const whole = stateOf(context, state);
  await context.deps.registry.pages.save(whole);
  context.pages.remember(whole);
}

/** A state whose unnamed fields are empty, of a visit that was just made. */
export const stateOf = ({ source, deps }: CrawlContext, state: SavedState): PageState => ({
  sourceName: source.name,
  documentId: null,
  etag: null,
  lastModified: null,
  bodyHash: null,
  links: [],
  goneCount: 0,
  extractedBy: EXTRACTED_BY,
  checkedAt: deps.clock.now(),
  ...state,
});

/** What came of a visit, as the crawl's report tells it. */
export type Came = Pick<Visit, 'outcome' | 'code'>;

/** How a request went, as far as the fetcher measured it. */
export type Cost = { readonly elapsedMs: number; readonly bytesReceived: number };

/** Notes a request for the crawl's report. */
export async function noteVisit(
  context: CrawlContext,
  url: string,
  came: Came,
  { elapsedMs, bytesReceived: bytes }: Cost = { elapsedMs: 0, bytesReceived: 0 },
): Promise<void> {
  const { deps, runId, source } = context;
  const at = deps.clock.now();
  const visit = { runId, sourceName: source.name, url, ...came, elapsedMs, bytes, at };
  await deps.registry.visits.add(visit);
}

export type Rejection = {
  readonly stage: 'discover' | 'fetch' | 'extract' | 'validate' | 'dedupe';
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable?: boolean;
};

/** Writes a page's dead letter and counts it. */
export async function reject(
  context: CrawlContext,
  url: string,
  rejection: Rejection,
): Promise<Came> {
  const { deps, runId, source } = context;
  await deps.registry.deadLetters.add({
    runId,
    sourceName: source.name,
    url,
    stage: rejection.stage,
    code: rejection.code,
    message: rejection.message,
    retryable: rejection.retryable ?? false,
    at: deps.clock.now(),
  });
  count(context, 'rejected');
  count(context, `rejected.${rejection.code}`);
  return { outcome: rejection.stage === 'fetch' ? 'failed' : 'rejected', code: rejection.code };
}

/** Goes on from a page as its last visit left it: to where it has moved, or along its links. */
export function followKnown(context: CrawlContext, entry: FrontierUrl, state: PageState): void {
  const [target] = state.links;
  if (state.outcome === 'moved') {
    if (target !== undefined) sendAlong(context, entry, target);
    return;
  }
  const leadsOn = followLinks(context, entry, state.links);
  context.traps.note(entry.url, leadsOn || state.outcome === 'document');
}

/** Puts the page that another one has moved to on the frontier. */
export function sendAlong(context: CrawlContext, entry: FrontierUrl, target: string): void {
  const via = [...entry.via, entry.url];
  const foundBy = entry.foundBy === 'seed' ? 'seed' : 'redirect';
  enqueue(context, { url: target, base: target, depth: entry.depth, foundBy, via });
}

/**
 * Follows a page's links when the source is one whose links are followed; says whether they lead to
 * anything new that is not of the page's own family.
 */
export function followLinks(
  context: CrawlContext,
  entry: FrontierUrl,
  links: readonly string[],
): boolean {
  if (context.source.kind !== 'site' || context.only !== null) return false;
  const depth = entry.depth + 1;
  let leadsOn = false;
  for (const url of links) {
    const isNew = enqueue(context, { url, base: entry.url, depth, foundBy: 'link' });
    if (isNew && !context.traps.isAkin(url, entry.url)) leadsOn = true;
  }
  return leadsOn;
}
