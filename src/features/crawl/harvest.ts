import type { Document } from '#domain/document.ts';
import { contentHashOf, documentIdOf, revisionIdOf } from '#domain/document.ts';
import { sha256 } from '#domain/hash.ts';
import type { PageState } from '#domain/source.ts';
import type { RawPage } from '#ports/page-fetcher.ts';
import { isPreferred } from '../dedupe/preference.ts';
import { canonicalUrl } from '../discover/url.ts';
import { EXTRACTED_BY, type PageReading, type Post, postOf, readPage } from '../read-post.ts';
import {
  type Came,
  type CrawlContext,
  count,
  followKnown,
  followLinks,
  inScope,
  isCurrent,
  type Rejection,
  reject,
  saveState,
  sendAlong,
  stateOf,
} from './crawl-context.ts';
import { fullerReading } from './feed-posts.ts';
import type { FrontierUrl } from './frontier.ts';
import { liveDocumentOf } from './known-pages.ts';
import { readListing } from './listing.ts';
import { hasMovedTo, keepOne, stayingOf } from './moves.ts';
import { closeDocument, closeForTwin, closeOwn, releaseTwins } from './vanish.ts';

/** A fetched page, and what was read out of it unless it is what it was. */
export type ReadAhead = {
  readonly page: RawPage;
  readonly bodyHash: string;
  readonly reading: PageReading | null;
};

type Fetched = ReadAhead & {
  readonly entry: FrontierUrl;
  readonly state: PageState | undefined;
};

export const unread = (page: RawPage): ReadAhead => ({
  page,
  bodyHash: sha256(page.body),
  reading: null,
});

const isAsBefore = (state: PageState | undefined, bodyHash: string): state is PageState =>
  state?.bodyHash === bodyHash && state.extractedBy === EXTRACTED_BY;

/** Reads a page while others are under way, unless its last visit saw the same. */
export async function readAhead(
  context: CrawlContext,
  { url }: FrontierUrl,
  page: RawPage,
): Promise<ReadAhead> {
  const fetched = unread(page);
  if (isAsBefore(context.pages.get(url), fetched.bodyHash)) return fetched;
  return { ...fetched, reading: await readNow(context, page) };
}

const readNow = ({ deps, source, signal }: CrawlContext, page: RawPage): Promise<PageReading> =>
  readPage(deps.reader, page, source.rules.pii, signal);

/** Takes a fetched page through extract → clean → validate → dedupe and records its revision. */
export async function harvest(context: CrawlContext, fetched: Fetched): Promise<Came> {
  const { entry, state, page, bodyHash } = fetched;
  count(context, 'fetched');
  if (isAsBefore(state, bodyHash)) {
    return leaveUnchanged(context, entry, { ...state, ...validatorsOf(page) });
  }
  // Its state may have been forgotten while it was fetched: it has to be read after all.
  const reading = fetched.reading ?? (await readNow(context, page));
  const { extracted } = reading;
  const links = extracted.nofollow ? [] : extracted.links;
  if (entry.foundBy === 'seed' && context.source.kind === 'site' && context.only === null) {
    for (const url of extracted.feeds) await readListing(context, { url, kind: 'feed' });
  }
  const leadsOn = followLinks(context, entry, links);
  const left = { url: entry.url, ...validatorsOf(page), bodyHash, links };
  const came = await settle(context, { entry, reading, left });
  context.traps.note(entry.url, leadsOn || came.code === null);
  return came;
}

/** What the last visit made of the page still holds. */
export async function leaveUnchanged(
  context: CrawlContext,
  entry: FrontierUrl,
  state: PageState,
): Promise<Came> {
  count(context, 'unchanged');
  const checkedAt = context.deps.clock.now();
  await saveState(context, { ...state, goneCount: 0, checkedAt });
  await goOnFrom(context, entry, state);
  return { outcome: 'unchanged', code: null };
}

/** Goes on from a page that is as it was, or that an earlier part of this crawl has visited. */
export async function goOnFrom(
  context: CrawlContext,
  entry: FrontierUrl,
  state: PageState,
): Promise<void> {
  const [target] = state.links;
  const hasMoved = state.outcome === 'moved' && target !== undefined;
  if (hasMoved && entry.foundBy === 'seed') context.scope.push(target);
  followKnown(context, entry, state);
  if (!hasMoved) return;
  if (state.bodyHash !== null) context.mayStay.add(entry.url);
  // A crawl that was cut off may have left a circle of moves behind.
  await keepOne(context, entry.url, target);
}

const validatorsOf = ({ etag, lastModified }: RawPage) => ({ etag, lastModified });

type Extracted = {
  readonly entry: FrontierUrl;
  readonly reading: PageReading;
  /** What the next visit needs to know, whatever becomes of the page. */
  readonly left: Pick<PageState, 'url'> & Partial<PageState>;
};

async function settle(context: CrawlContext, page: Extracted): Promise<Came> {
  const { url } = page.entry;
  const { malformed, noindex } = page.reading.extracted;
  if (malformed === null && noindex) {
    await closeOwn(context, url);
    const message = `${url} asks not to be indexed`;
    return refuse(context, page, { stage: 'extract', code: 'noindex', message });
  }
  const pointer = malformed === null ? pointerOf(context, page) : null;
  if (pointer !== null) return sendOn(context, page, pointer);
  const reading = await fullerReading(context, url, page.reading);
  const verdict = await postOf(reading.extracted, {
    ...context.source.rules,
    kind: context.source.kind,
    templates: context.templates,
  });
  if (verdict.kind === 'rejected') return refuse(context, page, verdict);
  const { post } = verdict;
  const twin = await preferredTwin(context, url, post);
  if (twin === null) return record(context, { ...page, reading }, post);
  const message = `${url} has the same content as ${twin.url}, which is kept`;
  await closeOwn(context, url);
  const left = { ...page.left, documentId: twin.id };
  return refuse(context, { left }, { stage: 'dedupe', code: 'duplicate', message });
}

type Pointer = { readonly code: 'meta_refresh' | 'duplicate'; readonly target: string };

/** Where a page says that its readers, or its indexers, should go instead. */
function pointerOf(context: CrawlContext, { entry, reading }: Extracted): Pointer | null {
  const { url } = entry;
  const { extracted } = reading;
  const refresh = extracted.refresh === null ? null : canonicalUrl(extracted.refresh, url);
  if (refresh !== null && refresh !== url) return { code: 'meta_refresh', target: refresh };
  const target = extracted.canonical === null ? null : canonicalUrl(extracted.canonical, url);
  if (target === null || target === url || !inScope(context, target)) return null;
  if (isGoneNow(context, target)) return null;
  context.mayStay.add(url);
  return stayingOf(context, url, target) === url ? null : { code: 'duplicate', target };
}

const isGoneNow = (context: CrawlContext, url: string): boolean => {
  const state = context.pages.get(url);
  return state?.outcome === 'gone' && isCurrent(context, state);
};

/** A former document keeps its last revision until the page it points to is one. */
async function sendOn(context: CrawlContext, page: Extracted, pointer: Pointer): Promise<Came> {
  const { entry, left } = page;
  const { url } = entry;
  const { code, target } = pointer;
  const stage = code === 'duplicate' ? 'dedupe' : 'extract';
  const came = await reject(context, url, { stage, code, message: `${url} points to ${target}` });
  if (code === 'meta_refresh') context.mayStay.delete(url);
  const documentId = liveDocumentOf(context.pages, url);
  await saveState(context, { ...left, outcome: 'moved', links: [target], documentId });
  sendAlong(context, entry, target);
  await keepOne(context, url, target);
  return came;
}

/** The live document that is kept rather than the page with the same content, if there is one. */
async function preferredTwin(
  context: CrawlContext,
  url: string,
  post: Post,
): Promise<Document | null> {
  const { documents } = context.deps.registry;
  const hash = contentHashOf(post.markdown, post.metadata);
  for (;;) {
    const twin = await documents.findTwin(hash, documentIdOf(url));
    if (twin === null) return null;
    if (hasMovedTo(context, twin, url)) await closeDocument(context, twin.id);
    else if (isPreferred(url, twin.url)) await stepBack(context, twin, url);
    else return twin;
  }
}

/** The twin's page becomes the duplicate of the one at `url`. */
async function stepBack(context: CrawlContext, twin: Document, url: string): Promise<void> {
  await closeForTwin(context, twin.id, url);
  const message = `${twin.url} has the same content as ${url}, which is kept`;
  await reject(context, twin.url, { stage: 'dedupe', code: 'duplicate', message });
  const state = context.pages.get(twin.url);
  if (state?.outcome !== 'document') return;
  await saveState(context, { ...state, outcome: 'duplicate', documentId: documentIdOf(url) });
}

/** Keeps the last good revision of a document whose page fails from now on. */
async function refuse(
  context: CrawlContext,
  { left }: Pick<Extracted, 'left'>,
  rejection: Rejection,
): Promise<Came> {
  const came = await reject(context, left.url, rejection);
  const documentId = left.documentId ?? liveDocumentOf(context.pages, left.url);
  await saveState(context, { ...left, documentId, outcome: rejection.code });
  return came;
}

async function record(
  context: CrawlContext,
  { entry, reading, left }: Extracted,
  post: Post,
): Promise<Came> {
  const { deps, source } = context;
  const { page } = reading;
  const blobKey = await deps.blobs.put(page.body);
  const documentId = documentIdOf(entry.url);
  const known = await deps.registry.documents.get(documentId);
  const state = stateOf(context, { ...left, outcome: 'document', documentId });
  const { markdown, metadata, marks } = post;
  const revisionId = revisionIdOf(documentId, contentHashOf(markdown, metadata));
  if (known !== null && known.revisionId !== revisionId) await releaseTwins(context, documentId);
  const { isNew } = await deps.registry.documents.record(
    {
      url: entry.url,
      sourceName: source.name,
      blobKey,
      contentType: page.contentType,
      markdown,
      metadata,
      extractedBy: EXTRACTED_BY,
      marks,
    },
    state,
    deps.clock.now(),
  );
  context.pages.remember(state);
  context.pages.live.add(documentId);
  const outcome = isNew ? (known === null ? 'new' : 'changed') : 'same';
  count(context, outcome);
  return { outcome, code: null };
}
