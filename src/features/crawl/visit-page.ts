import type { PageState } from '#domain/source.ts';
import type { FetchOutcome, FetchRequest } from '#ports/page-fetcher.ts';
import { EXTRACTED_BY } from '../read-post.ts';
import {
  type Came,
  type CrawlContext,
  count,
  followKnown,
  inScope,
  isCurrent,
  noteVisit,
  pageUrl,
  type Rejection,
  reject,
  saveState,
  sendAlong,
  shelfOf,
} from './crawl-context.ts';
import { feedPageOf } from './feed-posts.ts';
import type { FrontierUrl } from './frontier.ts';
import { goOnFrom, harvest, leaveUnchanged, type ReadAhead, readAhead, unread } from './harvest.ts';
import { liveDocumentOf } from './known-pages.ts';
import { keepOne } from './moves.ts';
import { closeDocument } from './vanish.ts';

/** Redirects that one URL may lead through before it is given up. */
const REDIRECTS_MAX = 5;
/** Visits that must find a document's page gone before the document is closed. */
const GONE_MIN = 2;

/** Asks for one URL, by a conditional request where it can, and deals with whatever comes back. */
export async function visitPage(context: CrawlContext, entry: FrontierUrl): Promise<void> {
  const { pages, inTurn } = context;
  const state = pages.get(entry.url);
  if (state !== undefined && isVisited(context, state)) {
    return inTurn(() => goOnFrom(context, entry, state));
  }
  const refusal = await refusalOf(context, entry.url);
  if (refusal !== null) {
    return inTurn(async () => {
      const came = await failed(context, entry, { stage: 'discover', ...refusal });
      await noteVisit(context, entry.url, came);
    });
  }
  const isConditional = state?.extractedBy === EXTRACTED_BY;
  count(context, 'requests');
  const request = {
    url: entry.url,
    etag: isConditional ? state.etag : null,
    lastModified: isConditional ? state.lastModified : null,
    accept: 'page',
    redirects: 'report',
  } as const;
  const outcome = await fetchPage(context, request);
  const ahead = outcome.kind === 'fetched' ? await readAhead(context, entry, outcome.page) : null;
  // One at a time from here on: what becomes of a page depends on those recorded before it.
  return inTurn(async () => {
    const came = await dispatch(context, entry, { outcome, ahead });
    await noteVisit(context, entry.url, came, outcome);
  });
}

/** Whether the part of this crawl that was cut off has dealt with a page already. */
const isVisited = (context: CrawlContext, state: PageState): boolean =>
  context.isTakenUp && state.extractedBy === EXTRACTED_BY && isCurrent(context, state);

const refusalOf = async (context: CrawlContext, url: string) =>
  shelfOf(context) === null ? (await context.robots.of(url, context.signal)).refusalOf(url) : null;

function fetchPage(context: CrawlContext, request: FetchRequest): Promise<FetchOutcome> {
  const { deps, source, signal } = context;
  const web = source.rules.render ? deps.renderer : deps.fetcher;
  return (shelfOf(context) ?? web).fetch(request, signal);
}

type Answer = { readonly outcome: FetchOutcome; readonly ahead: ReadAhead | null };

async function dispatch(
  context: CrawlContext,
  entry: FrontierUrl,
  { outcome, ahead }: Answer,
): Promise<Came> {
  context.signal.throwIfAborted();
  // Not what it was when the page was asked for: those recorded meanwhile may have changed it.
  const state = context.pages.get(entry.url);
  switch (outcome.kind) {
    case 'fetched':
      return harvest(context, { ...(ahead ?? unread(outcome.page)), entry, state });
    case 'redirected':
      return redirected(context, entry, outcome);
    case 'not_modified':
      if (state !== undefined) return leaveUnchanged(context, entry, state);
      return failed(context, entry, unasked(entry));
    case 'gone':
      return gone(context, { entry, state, status: outcome.status });
    case 'failed': {
      const { code, message, retryable } = outcome;
      return failed(context, entry, { stage: 'fetch', code, message, retryable });
    }
  }
}

const unasked = ({ url }: FrontierUrl): Rejection => ({
  stage: 'fetch',
  code: 'malformed',
  message: `${url} says that it has not changed, though nobody asked whether it had`,
});

/**
 * A page that cannot be had keeps its last good revision, and the way to the pages it leads to.
 * Where its feed tells all of it, that is taken instead.
 */
async function failed(
  context: CrawlContext,
  entry: FrontierUrl,
  rejection: Rejection,
): Promise<Came> {
  const told = feedPageOf(context, entry.url);
  const state = context.pages.get(entry.url);
  if (told !== null && rejection.code !== 'gone') {
    return harvest(context, { ...(await readAhead(context, entry, told)), entry, state });
  }
  const came = await reject(context, entry.url, rejection);
  // Robots.txt may have changed; whatever it forbids leaves no trace by which to go on.
  if (rejection.stage === 'discover') return came;
  if (state === undefined) await saveState(context, { url: entry.url, outcome: rejection.code });
  else followKnown(context, entry, state);
  return came;
}

async function redirected(
  context: CrawlContext,
  entry: FrontierUrl,
  outcome: Extract<FetchOutcome, { kind: 'redirected' }>,
): Promise<Came> {
  const target = pageUrl(context, outcome.to, entry.url);
  const via = [...entry.via, entry.url];
  const refuse = (code: 'redirect_loop' | 'redirects_exceeded' | 'off_site', why: string) =>
    reject(context, entry.url, { stage: 'fetch', code, message: `${entry.url} ${why}` });
  if (target === null || target === entry.url) {
    // A redirect that only undoes our own canonical form is a loop as well.
    return refuse('redirect_loop', `redirects to ${outcome.to}, where it came from`);
  }
  if (via.includes(target)) {
    const came = await refuse('redirect_loop', `redirects to ${outcome.to}, where it came from`);
    await moveOn(context, entry, { target, status: outcome.status });
    return came;
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
  return { outcome: 'moved', code: null };
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
async function gone(context: CrawlContext, { entry, state, status }: Gone): Promise<Came> {
  const { pages, goneOnce } = context;
  const documentId = liveDocumentOf(pages, entry.url);
  const goneCount = (state?.goneCount ?? 0) + 1;
  const rejection = { stage: 'fetch', code: 'gone' } as const;
  const message = `${entry.url} is gone (${status})`;
  if (state === undefined || documentId === null) {
    await reject(context, entry.url, { ...rejection, message });
    await saveState(context, { url: entry.url, outcome: 'gone', goneCount });
    return GONE;
  }
  if (goneCount < GONE_MIN) {
    // Not as of now: what is left of the page is what an earlier visit saw.
    await saveState(context, { ...state, goneCount });
    goneOnce.add(entry.url);
    context.frontier.again(entry);
    return GONE;
  }
  if (goneOnce.has(entry.url) && looksLikeOutage(context)) {
    const why = 'as most of its source is; its document closes if the next crawl finds it so';
    await reject(context, entry.url, { ...rejection, message: `${message}, ${why}` });
    return GONE;
  }
  await closeDocument(context, documentId);
  await reject(context, entry.url, { ...rejection, message: `${message}; its document closes` });
  await saveState(context, { url: entry.url, outcome: 'gone', documentId, goneCount });
  return { outcome: 'closed', code: 'gone' };
}

const GONE: Came = { outcome: 'gone', code: 'gone' };

/** Documents of a source that may vanish within one crawl, however few it has. */
const VANISHED_AT_LEAST = 3;

function looksLikeOutage({ goneOnce, documentsBefore }: CrawlContext): boolean {
  return goneOnce.size > Math.max(VANISHED_AT_LEAST, documentsBefore / 2);
}
