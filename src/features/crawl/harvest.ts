import type { Document } from '#domain/document.ts';
import { contentHashOf, documentIdOf } from '#domain/document.ts';
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
  enqueue,
  followLinks,
  inScope,
  type Rejection,
  reject,
  saveState,
  stateOf,
} from './crawl-context.ts';
import type { FrontierUrl } from './frontier.ts';
import { readListing } from './listing.ts';
import { closeDocument, revisitTwins } from './vanish.ts';

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
    count(context, 'unchanged');
    await saveState(context, { ...state, ...validatorsOf(page), goneCount: 0 });
    return followLinks(context, entry, state.links);
  }
  const extracted = extractPage(page);
  const links = extracted.nofollow ? [] : extracted.links;
  followLinks(context, entry, links);
  if (entry.foundBy === 'seed' && context.source.kind === 'site') {
    for (const url of extracted.feeds) await readListing(context, { url, kind: 'feed' });
  }
  const left = { url: entry.url, ...validatorsOf(page), bodyHash, links };
  return settle(context, { entry, state, page, extracted, left });
}

const validatorsOf = ({ etag, lastModified }: RawPage) => ({ etag, lastModified });

type Extracted = Fetched & {
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
    await closeFormer(context, page.state);
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
  const twin = await twinOf(context, entry, post);
  if (twin !== null && isPreferred(twin.url, url)) {
    const message = `${url} has the same content as ${twin.url}, which is kept`;
    await closeFormer(context, page.state);
    const known = { ...page, state: undefined, left: { ...page.left, documentId: twin.id } };
    return refuse(context, known, { stage: 'dedupe', code: 'duplicate', message });
  }
  if (twin !== null) await stepBack(context, twin, url);
  return record(context, page, post);
}

type Pointer = { readonly code: 'meta_refresh' | 'duplicate'; readonly target: string };

/** Where a page says that its readers, or its indexers, should go instead. */
function pointerOf(context: CrawlContext, { entry, extracted }: Extracted): Pointer | null {
  const { url } = entry;
  const refresh = extracted.refresh === null ? null : canonicalUrl(extracted.refresh, url);
  if (refresh !== null && refresh !== url) return { code: 'meta_refresh', target: refresh };
  const target = extracted.canonical === null ? null : canonicalUrl(extracted.canonical, url);
  if (target === null || target === url || !inScope(context, target)) return null;
  // Pages that name each other, or that redirect to each other, would all be lost: this one stays.
  const other = context.states.get(target);
  const mutual = other?.outcome === 'moved' && other.links[0] === url;
  return mutual || entry.via.includes(target) ? null : { code: 'duplicate', target };
}

/** A former document keeps its last revision until the page it points to is one. */
async function sendOn(context: CrawlContext, page: Extracted, pointer: Pointer): Promise<void> {
  const { entry, state, left } = page;
  const { code, target } = pointer;
  const stage = code === 'duplicate' ? 'dedupe' : 'extract';
  await reject(context, entry.url, { stage, code, message: `${entry.url} points to ${target}` });
  const documentId = state?.documentId ?? null;
  await saveState(context, { ...left, outcome: 'moved', links: [target], documentId });
  const via = [...entry.via, entry.url];
  enqueue(context, { url: target, base: target, depth: entry.depth, foundBy: 'redirect', via });
}

/** The live document with the same content; one that redirected here for good is no twin. */
async function twinOf(
  context: CrawlContext,
  entry: FrontierUrl,
  post: CleanPost,
): Promise<Document | null> {
  const hash = contentHashOf(post.markdown, post.metadata);
  const twin = await context.deps.registry.documents.findTwin(hash, documentIdOf(entry.url));
  return twin !== null && entry.via.includes(twin.url) ? null : twin;
}

/** Of twins the shorter URL is kept, then the first by code unit, in whatever order they came. */
const isPreferred = (a: string, b: string): boolean =>
  a.length === b.length ? a < b : a.length < b.length;

/** The twin's page becomes the duplicate of the one at `url`. */
async function stepBack(context: CrawlContext, twin: Document, url: string): Promise<void> {
  await closeDocument(context, twin.id);
  const message = `${twin.url} has the same content as ${url}, which is kept`;
  await reject(context, twin.url, { stage: 'dedupe', code: 'duplicate', message });
  const state = context.states.get(twin.url);
  if (state === undefined) return;
  await saveState(context, { ...state, outcome: 'duplicate', documentId: documentIdOf(url) });
}

/** Keeps the last good revision of a document whose page fails from now on. */
async function refuse(
  context: CrawlContext,
  { state, left }: Pick<Extracted, 'state' | 'left'>,
  rejection: Rejection,
): Promise<void> {
  await reject(context, left.url, rejection);
  const documentId = left.documentId ?? state?.documentId ?? null;
  await saveState(context, { ...left, documentId, outcome: rejection.code });
}

async function closeFormer(context: CrawlContext, state: PageState | undefined): Promise<void> {
  if (state?.outcome !== 'document' || state.documentId === null) return;
  const document = await context.deps.registry.documents.get(state.documentId);
  if (document?.status === 'live') await closeDocument(context, document.id);
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
  context.states.set(entry.url, state);
  if (!isNew) return count(context, 'same');
  count(context, known === null ? 'new' : 'changed');
  if (known !== null) revisitTwins(context, documentId);
}
