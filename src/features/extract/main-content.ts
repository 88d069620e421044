import { Readability } from '@mozilla/readability';
import { type DomDocument, type DomElement, type DomNode, elementsNamed } from './dom.ts';

/** The main content, or why it could not be told. */
export type MainContent =
  | { readonly kind: 'found'; readonly element: DomElement }
  | { readonly kind: 'none' }
  | { readonly kind: 'failed'; readonly reason: string };

export type MainContentOptions = {
  /** Taken apart in the search. */
  readonly document: DomDocument;
  /** The heading that repeats it is left out. */
  readonly title: string;
  /** The body once more as it was, for a search under looser rules. */
  readonly readAgain: () => DomElement;
};

/** The main content of a page by Readability. Never throws. */
export function findMainContent(options: MainContentOptions): MainContent {
  const { document, title } = options;
  const meta = document.createElement('meta');
  meta.setAttribute('name', 'title');
  meta.setAttribute('content', title);
  document.head.appendChild(meta);
  renewBySource(document.body, options.readAgain);
  try {
    const reader = new Readability<DomElement>(document as never, {
      disableJSONLD: true,
      keepClasses: true,
      serializer: (node) => node as never,
    });
    const element = Object.assign(reader, SHORTCUTS).parse()?.content ?? null;
    return element === null ? { kind: 'none' } : { kind: 'found', element };
  } catch (cause) {
    // Readability is written for browsers' trees; what it makes of other ones is not its promise.
    const reason = cause instanceof Error ? cause.message : String(cause);
    return { kind: 'failed', reason: `its main content cannot be told (${reason})` };
  }
}

/**
 * Readability keeps the body's HTML to start again from. A round trip through HTML would cost
 * as much as the search, and makes a node of every entity; reading the page again does not.
 */
function renewBySource(body: DomElement, readAgain: () => DomElement): void {
  Object.defineProperty(body, 'innerHTML', {
    get: () => '',
    set: () => {
      while (body.firstChild !== null) removeNode(body.firstChild);
      const source = readAgain();
      while (source.firstChild !== null) body.appendChild(source.firstChild);
    },
  });
}

const removeNode = (node: DomNode): void => (node as DomElement).remove();

/** Steps of Readability that reading the page has already done; here they are most of its time. */
const SHORTCUTS = {
  _isProbablyVisible: () => true,
  _unwrapNoscriptImages: () => undefined,
  _removeScripts: () => undefined,
  _getAllNodesWithTag: (within: DomElement, names: readonly string[]) =>
    elementsNamed(within, new Set(names.map((name) => name.toLowerCase()))),
};
