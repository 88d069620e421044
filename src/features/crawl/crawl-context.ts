import type { ErrorCode } from '#domain/errors.ts';
import type { OnProgress } from '#domain/run.ts';
import type { PageState, Source } from '#domain/source.ts';
import { CLEANER } from '../clean/clean.ts';
import type { FeatureDeps } from '../deps.ts';
import { canonicalUrl, sameSite } from '../discover/url.ts';
import { EXTRACTOR } from '../extract/extract.ts';
import type { FoundBy, Frontier, FrontierUrl } from './frontier.ts';
import type { RobotsCache } from './robots-cache.ts';

/** By whom an outcome is: another extractor or cleaner makes the next visit unconditional. */
export const EXTRACTED_BY = `${EXTRACTOR.name}@${EXTRACTOR.version} ${CLEANER.name}@${CLEANER.version}`;

/** What one crawl of one source shares between its visits. */
export type CrawlContext = {
  readonly deps: FeatureDeps;
  readonly source: Source;
  readonly runId: string;
  readonly states: Map<string, PageState>;
  readonly frontier: Frontier;
  readonly robots: RobotsCache;
  /** URLs whose sites may be visited; grows by where the seeds redirect. */
  readonly scope: string[];
  readonly counts: Map<string, number>;
  /** Pages that were documents when the crawl began. */
  readonly documentsBefore: number;
  /** Documents' pages that this crawl has found gone for the first time. */
  readonly goneOnce: Set<string>;
  /** Runs one piece of work after the one before it has ended. */
  readonly inTurn: (work: () => Promise<void>) => Promise<void>;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
};

export function count(context: CrawlContext, name: string): void {
  context.counts.set(name, (context.counts.get(name) ?? 0) + 1);
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

/** Puts a URL on the frontier when it can be one of the source's pages; says whether it did. */
export function enqueue(context: CrawlContext, found: Found): boolean {
  const url = canonicalUrl(found.url, found.base);
  if (url === null || !inScope(context, url)) return false;
  const { depth, foundBy, via = [] } = found;
  return context.frontier.add({ url, depth, foundBy, via });
}

type SavedState = Pick<PageState, 'url' | 'outcome'> & Partial<PageState>;

/** Saves what a visit leaves behind, in the registry and for the rest of this crawl. */
export async function saveState(context: CrawlContext, state: SavedState): Promise<void> {
  const whole = stateOf(context, state);
  await context.deps.registry.pages.save(whole);
  context.states.set(whole.url, whole);
}

/** A state whose unnamed fields are empty. */
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
