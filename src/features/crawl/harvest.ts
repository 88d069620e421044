import type { Document } from '#domain/document.ts';
import { contentHashOf, documentIdOf, revisionIdOf } from '#domain/document.ts';
import { sha256 } from '#domain/hash.ts';
import type { PageState } from '#domain/source.ts';
import type { RawPage } from '#ports/page-fetcher.ts';
import { type CleanPost, clean } from '../clean/clean.ts';
import { canonicalUrl } from '../discover/url.ts';
import { type ExtractedPage, extractPage } from '../extract/extract.ts';
import { judge } from '../validate/validate.ts';
import {
  type CrawlContext,
  count,
  EXTRACTED_BY,
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
import type { FrontierUrl } from './frontier.ts';
import { liveDocumentOf } from './known-pages.ts';
import { readListing } from './listing.ts';
import { hasMovedTo, keepOne, stayingOf } from './moves.ts';
import { closeDocument, closeForTwin, closeOwn, isPreferred, releaseTwins } from './vanish.ts';

type Fetched = {
  readonly entry: FrontierUrl;
  readonly state: PageState | undefined;
  readonly page: RawPage;
};

/** Takes a fetched page through extract → clean → validate → dedupe and records its revision. */
export async function harvest(context: CrawlContext, fetched: Fetched): Promise<void> {
  const { entry, state, page } = fetched;
  count(context, 'fetched');
  const bodyHash = sha256(page.body);
  if (state?.bodyHash === bodyHash && state.extractedBy === EXTRACTED_BY) {
    return leaveUnchanged(context, entry, { ...state, ...validatorsOf(page) });
  }
  const extracted = extractPage(page);
  const links = extracted.nofollow ? [] : extracted.links;
  if (entry.foundBy === 'seed' && context.source.kind === 'site') {
    for (const url of extracted.feeds) await readListing(context, { url, kind: 'feed' });
  }
  followLinks(context, entry, links);
  const left = { url: entry.url, ...validatorsOf(page), bodyHash, links };
  return settle(context, { entry, page, extracted, left });
}

/** What the last visit made of the page still holds. */
export async function leaveUnchanged(
  context: CrawlContext,
  entry: FrontierUrl,
  state: PageState,
): Promise<void> {
  count(context, 'unchanged');
  const checkedAt = context.deps.clock.now();
  await saveState(context, { ...state, goneCount: 0, checkedAt });
  followKnown(context, entry, state);
  const [target] = state.links;
  if (state.outcome !== 'moved' || target === undefined) return;
  if (state.bodyHash !== null) context.mayStay.add(entry.url);
  // A crawl that was cut off may have left a circle of moves behind.
  await keepOne(context, entry.url, target);
}

const validatorsOf = ({ etag, lastModified }: RawPage) => ({ etag, lastModified });

type Extracted = Omit<Fetched, 'state'> & {
  readonly extracted: ExtractedPage;
  /** What the next visit needs to know, whatever becomes of the page. */
  readonly left: Pick<PageState, 'url'> & Partial<PageState>;
};

async function settle(context: CrawlContext, page: Extracted): Promise<void> {
  const { entry, extracted } = page;
  const { url } = entry;
  if (extracted.malformed !== null) {
    const message = `${url} cannot be read: ${extracted.malformed}`;
    return refuse(context, page, { stage: 'extract', code: 'malformed', message });
  }
  if (extracted.noindex) {
    await closeOwn(context, url);
    const message = `${url} asks not to be indexed`;
    return refuse(context, page, { stage: 'extract', code: 'noindex', message });
  }
  const pointer = pointerOf(context, page);
  if (pointer !== null) return sendOn(context, page, pointer);
  const post = clean(extracted);
  const verdict = judge(post);
  if (verdict.kind === 'rejected') {
    return refuse(context, page, { ...verdict, stage: 'validate' });
  }
  const twin = await preferredTwin(context, url, post);
  if (twin === null) return record(context, page, post);
  const message = `${url} has the same content as ${twin.url}, which is kept`;
  await closeOwn(context, url);
  const left = { ...page.left, documentId: twin.id };
  return refuse(context, { left }, { stage: 'dedupe', code: 'duplicate', message });
}

type Pointer = { readonly code: 'meta_refresh' | 'duplicate'; readonly target: string };

/** Where a page says that its readers, or its indexers, should go instead. */
function pointerOf(context: CrawlContext, { entry, extracted }: Extracted): Pointer | null {
  const { url } = entry;
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
async function sendOn(context: CrawlContext, page: Extracted, pointer: Pointer): Promise<void> {
  const { entry, left } = page;
  const { url } = entry;
  const { code, target } = pointer;
  const stage = code === 'duplicate' ? 'dedupe' : 'extract';
  await reject(context, url, { stage, code, message: `${url} points to ${target}` });
  if (code === 'meta_refresh') context.mayStay.delete(url);
  const documentId = liveDocumentOf(context.pages, url);
  await saveState(context, { ...left, outcome: 'moved', links: [target], documentId });
  sendAlong(context, entry, target);
  await keepOne(context, url, target);
}

/** The live document that is kept rather than the page with the same content, if there is one. */
async function preferredTwin(
  context: CrawlContext,
  url: string,
  post: CleanPost,
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
): Promise<void> {
  await reject(context, left.url, rejection);
  const documentId = left.documentId ?? liveDocumentOf(context.pages, left.url);
  await saveState(context, { ...left, documentId, outcome: rejection.code });
}

async function record(
  context: CrawlContext,
  { entry, page, left }: Extracted,
  post: CleanPost,
): Promise<void> {
  const { deps, source } = context;
  const blobKey = await deps.blobs.put(page.body);
  const documentId = documentIdOf(entry.url);
  const known = await deps.registry.documents.get(documentId);
  const state = stateOf(context, { ...left, outcome: 'document', documentId });
  const { markdown, metadata } = post;
  const revisionId = revisionIdOf(documentId, contentHashOf(markdown, metadata));
  if (known !== null && known.revisionId !== revisionId) await releaseTwins(context, documentId);
  const { isNew } = await deps.registry.documents.record(
    {
      url: entry.url,
      sourceName: source.name,
      blobKey,
      markdown,
      metadata,
      extractedBy: EXTRACTED_BY,
    },
    state,
    deps.clock.now(),
  );
  context.pages.remember(state);
  context.pages.live.add(documentId);
  if (!isNew) return count(context, 'same');
  count(context, known === null ? 'new' : 'changed');
}
