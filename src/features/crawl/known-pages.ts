import { documentIdOf } from '#domain/document.ts';
import type { PageState } from '#domain/source.ts';
import type { Registry } from '#ports/registry.ts';

/** What earlier visits, and this crawl's own, know of a source's pages and documents. */
export type KnownPages = {
  get(url: string): PageState | undefined;
  all(): readonly PageState[];
  remember(state: PageState): void;
  /** Pages that were left out as twins of this document. */
  twinsOf(documentId: string): readonly PageState[];
  /** Ids of the documents that are live, as far as a page of the source refers to them. */
  readonly live: Set<string>;
};

/**
 * A state whose page will be read as if for the first time; until then it is nobody's twin, and a
 * crawl that is cut off before leaves it to the next.
 */
export const forgetBody = (state: PageState): PageState => ({
  ...state,
  extractedBy: '',
  documentId: state.outcome === 'duplicate' ? null : state.documentId,
  etag: null,
  lastModified: null,
  bodyHash: null,
});

/** The id of the page's own document when that is live. */
export function liveDocumentOf({ live }: KnownPages, url: string): string | null {
  const id = documentIdOf(url);
  return live.has(id) ? id : null;
}

/**
 * Loads what is known of a source's pages. A document that was closed meanwhile, by another source
 * or by a crawl that was killed at it, leaves states that are not true any more: their pages are
 * read again. So are twins of another source's documents, whose changes nobody tells us.
 */
export async function loadKnownPages(
  registry: Pick<Registry, 'pages' | 'documents'>,
  sourceName: string,
): Promise<KnownPages> {
  const states = await registry.pages.states(sourceName);
  const own = await registry.documents.list(sourceName);
  const owned = new Set(own.map(({ id }) => id));
  const live = new Set(own.flatMap(({ id, status }) => (status === 'live' ? [id] : [])));
  for (const { documentId } of states.values()) {
    if (documentId === null || owned.has(documentId) || live.has(documentId)) continue;
    const foreign = await registry.documents.get(documentId);
    if (foreign?.status === 'live') live.add(documentId);
  }
  const isTrue = ({ outcome, documentId }: PageState): boolean => {
    if (documentId === null) return true;
    if (outcome === 'duplicate') return live.has(documentId) && owned.has(documentId);
    return outcome !== 'document' || live.has(documentId);
  };
  const pages = createKnownPages(live);
  for (const state of states.values()) pages.remember(isTrue(state) ? state : forgetBody(state));
  return pages;
}

function createKnownPages(live: Set<string>): KnownPages {
  const states = new Map<string, PageState>();
  const twins = new Map<string, Set<string>>();
  const twinOf = (state: PageState | undefined): string | null =>
    state?.outcome === 'duplicate' ? state.documentId : null;
  return {
    live,
    get: (url) => states.get(url),
    all: () => [...states.values()],
    remember(state) {
      const [before, after] = [twinOf(states.get(state.url)), twinOf(state)];
      states.set(state.url, state);
      if (before !== null && before !== after) twins.get(before)?.delete(state.url);
      if (after === null) return;
      const urls = twins.get(after) ?? new Set();
      twins.set(after, urls.add(state.url));
    },
    twinsOf: (documentId) =>
      [...(twins.get(documentId) ?? [])].flatMap((url) => states.get(url) ?? []),
  };
}
