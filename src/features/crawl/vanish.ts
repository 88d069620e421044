import { documentIdOf } from '#domain/document.ts';
import { type CrawlContext, count, saveState } from './crawl-context.ts';
import { forgetBody, liveDocumentOf } from './known-pages.ts';

/** Closes a document, after releasing the pages that were only its twins. */
export async function closeDocument(context: CrawlContext, documentId: string): Promise<void> {
  await releaseTwins(context, documentId);
  await closeOnly(context, documentId);
}

/** Closes the page's own document, when that is live. */
export async function closeOwn(context: CrawlContext, url: string): Promise<void> {
  const documentId = liveDocumentOf(context.pages, url);
  if (documentId !== null) await closeDocument(context, documentId);
}

/**
 * Closes a document in favour of its twin at `url`, whose twins its own ones are from now on: they
 * gave way to the document, which gives way to `url`.
 */
export async function closeForTwin(
  context: CrawlContext,
  documentId: string,
  url: string,
): Promise<void> {
  await closeOnly(context, documentId);
  for (const state of context.pages.twinsOf(documentId)) {
    await saveState(context, { ...state, documentId: documentIdOf(url) });
  }
}

async function closeOnly(context: CrawlContext, documentId: string): Promise<void> {
  await context.deps.registry.documents.close(documentId, context.deps.clock.now());
  context.pages.live.delete(documentId);
  count(context, 'closed');
}

/**
 * Pages that were left out as this document's twins may be documents in their own right now. Called
 * before the document changes, so that a crawl that is killed in between leaves them to the next.
 */
export async function releaseTwins(context: CrawlContext, documentId: string): Promise<void> {
  for (const state of context.pages.twinsOf(documentId)) await lookAgain(context, state.url);
}

/** Asks for a page once more in this crawl, unconditionally. */
export async function lookAgain(context: CrawlContext, url: string): Promise<void> {
  const state = context.pages.get(url);
  if (state === undefined) return;
  await saveState(context, forgetBody(state));
  context.frontier.again({ url, depth: 0, foundBy: 'known', via: [] });
}
