import { type CrawlContext, count, stateOf } from './crawl-context.ts';

/** Closes a document, and looks again at the pages that were only its twins. */
export async function closeDocument(context: CrawlContext, documentId: string): Promise<void> {
  await context.deps.registry.documents.close(documentId, context.deps.clock.now());
  count(context, 'closed');
  revisitTwins(context, documentId);
}

/** Pages that were left out as this document's twins may be documents in their own right now. */
export function revisitTwins(context: CrawlContext, documentId: string): void {
  for (const state of context.states.values()) {
    if (state.outcome !== 'duplicate' || state.documentId !== documentId) continue;
    revisit(context, state.url, []);
  }
}

/** Asks for a page once more in this crawl, unconditionally. */
function revisit(context: CrawlContext, url: string, via: readonly string[]): void {
  const state = context.states.get(url);
  if (state === undefined) return;
  context.states.set(
    url,
    stateOf(context, { ...state, etag: null, lastModified: null, bodyHash: null }),
  );
  context.frontier.again({ url, depth: 0, foundBy: 'known', via });
}

/**
 * Closes the documents whose pages have moved for good to a page that is a document itself. A target
 * that was taken for the twin of the very document that moved there is asked for again instead.
 * Says whether anything is to be visited again.
 */
export async function closeMoved(context: CrawlContext): Promise<boolean> {
  let again = false;
  for (const state of [...context.states.values()]) {
    const target = context.states.get(state.links[0] ?? '');
    if (state.outcome !== 'moved' || state.documentId === null || target === undefined) continue;
    if (target.outcome === 'duplicate' && target.documentId === state.documentId) {
      revisit(context, target.url, [state.url]);
      again = true;
    } else if (target.outcome === 'document' && target.documentId !== state.documentId) {
      const document = await context.deps.registry.documents.get(state.documentId);
      if (document?.status === 'live') await closeDocument(context, document.id);
    }
  }
  return again;
}
