import type { DeadLetter, Document, PostMetadata, Revision } from '../domain/document.ts';
import type { PageState, Source } from '../domain/source.ts';
import type { Visit } from '../domain/visit.ts';

/** Registered sources. */
export interface SourceRegistry {
  /**
   * Registers a source. One of the same name, kind and URLs gets the new limits and rules; rejects
   * with `already_exists` when kind or URLs differ.
   */
  add(source: Source): Promise<Source>;
  /** Rejects with `not_found`. */
  get(name: string): Promise<Source>;
  list(): Promise<readonly Source[]>;
  /** Forgets a source and its pages' states, and closes its documents. Their revisions stay. */
  remove(name: string, at: string): Promise<void>;
  /** Hashes of the blocks that repeat across the source's pages, packed; empty when none are known. */
  templates(name: string): Promise<Uint8Array>;
  saveTemplates(name: string, hashes: Uint8Array): Promise<void>;
}

/** What earlier visits of a source's pages left behind. */
export interface PageRegistry {
  /** Every page of the source, by URL. */
  states(sourceName: string): Promise<ReadonlyMap<string, PageState>>;
  /** Inserts or replaces one page's state. */
  save(state: PageState): Promise<void>;
}

/** Requests of crawls, for their reports. */
export interface VisitRegistry {
  add(visit: Visit): Promise<void>;
  /** In the order in which they were added. */
  list(runId: string): Promise<readonly Visit[]>;
}

/** What is kept of a post's text so that it can be compared with others. */
export type PostMarks = {
  /** MinHash signature; `null` when the text is too short for one. */
  readonly signature: Uint8Array | null;
  /** Hashes of its blocks before template blocks were removed, packed. */
  readonly blocks: Uint8Array;
};

/** What extraction hands over for one page. */
export type ExtractedPost = {
  readonly url: string;
  readonly sourceName: string;
  readonly blobKey: string;
  readonly contentType: string;
  readonly markdown: string;
  readonly metadata: PostMetadata;
  readonly extractedBy: string;
  readonly marks: PostMarks;
};

/** A live document's signature; `null` when its text is too short for one. */
type SignedDocument = Pick<Document, 'id' | 'url' | 'firstSeenAt' | 'canonicalId'> & {
  readonly signature: Uint8Array | null;
};

/** Documents and their revisions. */
export interface DocumentRegistry {
  /**
   * Records a post: creates or reopens its document, adds a revision unless the content is the
   * current one, and saves the page's state, all in one transaction. `isNew` says that readers will
   * see something else than before.
   */
  record(
    post: ExtractedPost,
    page: PageState,
    at: string,
  ): Promise<{ readonly document: Document; readonly revision: Revision; readonly isNew: boolean }>;
  /** Closes a document. Its revisions stay. Closing a closed one changes nothing. */
  close(documentId: string, at: string): Promise<void>;
  get(id: string): Promise<Document | null>;
  findByUrl(url: string): Promise<Document | null>;
  list(sourceName: string | null): Promise<readonly Document[]>;
  /** Rejects with `not_found` naming the first unknown id; in the order asked. */
  revisions(ids: readonly string[]): Promise<readonly Revision[]>;
  /** The live document with this content under another URL, if there is one. */
  findTwin(contentHash: string, exceptDocumentId: string): Promise<Document | null>;
  /** Live documents of all sources by id, from the one after `afterId` on. */
  signatures(afterId: string | null, limit: number): Promise<readonly SignedDocument[]>;
  /** Packed block hashes of a source's live documents. */
  blocks(sourceName: string): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Links documents to those that they nearly repeat, or frees them by `null`. */
  link(
    links: readonly { readonly id: string; readonly canonicalId: string | null }[],
  ): Promise<void>;
}

/** Pages that failed, with their reasons. */
export interface DeadLetterRegistry {
  add(letter: DeadLetter): Promise<void>;
  /** Newest first. */
  list(filter: {
    readonly runId?: string;
    readonly sourceName?: string;
  }): Promise<readonly DeadLetter[]>;
}
