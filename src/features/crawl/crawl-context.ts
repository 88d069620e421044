import type { ErrorCode } from '#domain/errors.ts';
import type { OnProgress } from '#domain/run.ts';
import type { PageState, Source } from '#domain/source.ts';
import { CLEANER } from '../clean/clean.ts';
import type { FeatureDeps } from '../deps.ts';
import { canonicalUrl, sameSite } from '../discover/url.ts';
import { EXTRACTOR } from '../extract/extract.ts';
import type { FoundBy, Frontier, FrontierUrl } from './frontier.ts';
import type { KnownPages } from './known-pages.ts';
import type { RobotsCache } from './robots-cache.ts';

/** By whom an outcome is: another extractor or cleaner makes the next visit unconditional. */
export const EXTRACTED_BY = `${EXTRACTOR.name}@${EXTRACTOR.version} ${CLEANER.name}@${CLEANER.version}`;

/** What one crawl of one source shares between its visits. */
export type CrawlContext = {
  readonly deps: FeatureDeps;
  readonly source: Source;
  readonly runId: string;
  readonly pages: KnownPages;
  readonly frontier: Frontier;
  readonly robots: RobotsCache;
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
  readonly startedAt: string;
  /** Runs one piece of work after the one before it has ended. */
  readonly inTurn: (work: () => Promise<void>) => Promise<void>;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
};

export function count(context: CrawlContext, name: string, by = 1): void {
  context.counts.set(name, (context.counts.get(name) ?? 0) + by);
}

/** Feeds and lists name what is wanted, wherever it stands; sites and sitemaps stay at home. */
export const inScope = ({ source, scope }: CrawlContext, url: string): boolean =>
  source.kind === 'feed' || source.kind === 'list' || scope.some((seed) => sameSite(seed, url));

export type Found = {
  readonly url: string;
  readonly base: string;
  readonly depth: number;
  readonly foundBy: FoundBy;
  readonly via?: readonly string[];
};

/** Puts a URL on the frontier when it can be one of the source's pages. */
export function enqueue(context: CrawlContext, found: Found): void {
  const url = canonicalUrl(found.url, found.base);
  if (url === null || !inScope(context, url)) return;
  // A page that links to a feed does not make it a page.
  if (context.listings.get(url) === true) return;
  const { depth, foundBy, via = [] } = found;
  context.frontier.add({ url, depth, foundBy, via });
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
): Promise<void> {
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
}

/** Goes on from a page as its last visit left it: to where it has moved, or along its links. */
export function followKnown(context: CrawlContext, entry: FrontierUrl, state: PageState): void {
  const [target] = state.links;
  if (state.outcome !== 'moved') followLinks(context, entry, state.links);
  else if (target !== undefined) sendAlong(context, entry, target);
}

/** Puts the page that another one has moved to on the frontier. */
export function sendAlong(context: CrawlContext, entry: FrontierUrl, target: string): void {
  const via = [...entry.via, entry.url];
  const foundBy = entry.foundBy === 'seed' ? 'seed' : 'redirect';
  enqueue(context, { url: target, base: target, depth: entry.depth, foundBy, via });
}

/** Follows a page's links when the source is one whose links are followed. */
export function followLinks(
  context: CrawlContext,
  entry: FrontierUrl,
  links: readonly string[],
): void {
  if (context.source.kind !== 'site') return;
  for (const url of links) {
    enqueue(context, { url, base: entry.url, depth: entry.depth + 1, foundBy: 'link' });
  }
}
