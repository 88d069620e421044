import type { PageState } from '#domain/source.ts';
import type { FetchOutcome } from '#ports/page-fetcher.ts';
import { canonicalUrl } from '../discover/url.ts';
import {
  type CrawlContext,
  count,
  EXTRACTED_BY,
  followKnown,
  inScope,
  reject,
  saveState,
  sendAlong,
} from './crawl-context.ts';
import type { FrontierUrl } from './frontier.ts';
import { harvest, leaveUnchanged } from './harvest.ts';
import { liveDocumentOf } from './known-pages.ts';
import { keepOne } from './moves.ts';
import { closeDocument } from './vanish.ts';

/** Redirects that one URL may lead through before it is given up. */
const REDIRECTS_MAX = 5;
/** Visits that must find a document's page gone before the document is closed. */
const GONE_MIN = 2;

/** Asks for one URL, by a conditional request where it can, and deals with whatever comes back. */
export async function visitPage(context: CrawlContext, entry: FrontierUrl): Promise<void> {
  const robots = await context.robots.of(entry.url, context.signal);
  const refusal = robots.refusalOf(entry.url);
  if (refusal !== null) return reject(context, entry.url, { stage: 'discover', ...refusal });

  const state = context.pages.get(entry.url);
  const conditional = state?.extractedBy === EXTRACTED_BY;
  count(context, 'requests');
  const outcome = await context.deps.fetcher.fetch(
    {
      url: entry.url,
      etag: conditional ? state.etag : null,
      lastModified: conditional ? state.lastModified : null,
      accept: 'page',
      redirects: 'report',
    },
    context.signal,
  );
  // One at a time from here on: what becomes of a page depends on those recorded before it.
  return context.inTurn(() => dispatch(context, entry, outcome));
}

async function dispatch(
  context: CrawlContext,
  entry: FrontierUrl,
  outcome: FetchOutcome,
): Promise<void> {
  context.signal.throwIfAborted();
  // Not what it was when the page was asked for: those recorded meanwhile may have changed it.
  const state = context.pages.get(entry.url);
  switch (outcome.kind) {
    case 'fetched':
      return harvest(context, { entry, state, page: outcome.page });
    case 'redirected':
      return redirected(context, entry, outcome);
    case 'not_modified':
      return state && leaveUnchanged(context, entry, state);
    case 'gone':
      return gone(context, { entry, state, status: outcome.status });
    case 'failed': {
      const { code, message, retryable } = outcome;
      await reject(context, entry.url, { stage: 'fetch', code, message, retryable });
      // A failed fetch keeps the last good revision, and the way to the pages it leads to.
      if (state === undefined) await saveState(context, { url: entry.url, outcome: code });
      else followKnown(context, entry, state);
    }
  }
}

async function redirected(
  context: CrawlContext,
  entry: FrontierUrl,
  outcome: Extract<FetchOutcome, { kind: 'redirected' }>,
): Promise<void> {
  const target = canonicalUrl(outcome.to, entry.url);
  const via = [...entry.via, entry.url];
  const refuse = (code: 'redirect_loop' | 'redirects_exceeded' | 'off_site', why: string) =>
    reject(context, entry.url, { stage: 'fetch', code, message: `${entry.url} ${why}` });
  if (target === null || target === entry.url) {
    // A redirect that only undoes our own canonical form is a loop as well.
    return refuse('redirect_loop', `redirects to ${outcome.to}, where it came from`);
  }
  if (via.includes(target)) {
    await refuse('redirect_loop', `redirects to ${outcome.to}, where it came from`);
    return moveOn(context, entry, { target, status: outcome.status });
  }
  if (via.length > REDIRECTS_MAX) {
    return refuse('redirects_exceeded', `is the end of ${via.length} redirects; not followed on`);
  }
  if (entry.foundBy === 'seed') context.scope.push(target);
  if (!inScope(context, target)) {
    return refuse('off_site', `redirects to ${target}, outside of source ${context.source.name}`);
  }
  count(context, 'moved');
  await moveOn(context, entry, { target, status: outcome.status });
  sendAlong(context, entry, target);
}

/** Notes where a page has moved to; its document goes along only when that is for good. */
async function moveOn(
  context: CrawlContext,
  { url }: FrontierUrl,
  { target, status }: { target: string; status: number },
): Promise<void> {
  const permanent = status === 301 || status === 308;
  const documentId = permanent ? liveDocumentOf(context.pages, url) : null;
  await saveState(context, { url, outcome: 'moved', links: [target], documentId });
  context.mayStay.delete(url);
  await keepOne(context, url, target);
}

type Gone = {
  readonly entry: FrontierUrl;
  readonly state: PageState | undefined;
  readonly status: 404 | 410;
};

/**
 * A document's page must be gone twice. The second look comes when all else has been visited, unless
 * so much of the source is gone that it looks like an outage: then it comes with the next crawl.
 */
async function gone(context: CrawlContext, { entry, state, status }: Gone): Promise<void> {
  const { pages, goneOnce } = context;
  const documentId = liveDocumentOf(pages, entry.url);
  const goneCount = (state?.goneCount ?? 0) + 1;
  const rejection = { stage: 'fetch', code: 'gone' } as const;
  const message = `${entry.url} is gone (${status})`;
  if (state === undefined || documentId === null) {
    await reject(context, entry.url, { ...rejection, message });
    return saveState(context, { url: entry.url, outcome: 'gone', goneCount });
  }
  if (goneCount < GONE_MIN) {
    // Not as of now: what is left of the page is what an earlier visit saw.
    await saveState(context, { ...state, goneCount });
    goneOnce.add(entry.url);
    context.frontier.again(entry);
    return;
  }
  if (goneOnce.has(entry.url) && looksLikeOutage(context)) {
    const why = 'as most of its source is; its document closes if the next crawl finds it so';
    return reject(context, entry.url, { ...rejection, message: `${message}, ${why}` });
  }
  await closeDocument(context, documentId);
  await reject(context, entry.url, { ...rejection, message: `${message}; its document closes` });
  await saveState(context, { url: entry.url, outcome: 'gone', documentId, goneCount });
}

/** Documents of a source that may vanish within one crawl, however few it has. */
const VANISHED_AT_LEAST = 3;

function looksLikeOutage({ goneOnce, documentsBefore }: CrawlContext): boolean {
  return goneOnce.size > Math.max(VANISHED_AT_LEAST, documentsBefore / 2);
}
