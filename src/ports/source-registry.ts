import type { DeadLetter, Document, PostMetadata, Revision } from '../domain/document.ts';
import type { PageState, Source } from '../domain/source.ts';

/** Registered sources. */
export interface SourceRegistry {
  /** Registers a source, or gives back the equal one. Rejects with `already_exists` when it differs. */
  add(source: Source): Promise<Source>;
  /** Rejects with `not_found`. */
  get(name: string): Promise<Source>;
  list(): Promise<readonly Source[]>;
}

/** What earlier visits of a source's pages left behind. */
export interface PageRegistry {
  /** Every page of the source, by URL. */
  states(sourceName: string): Promise<ReadonlyMap<string, PageState>>;
  /** Inserts or replaces one page's state. */
  save(state: PageState): Promise<void>;
}

/** What extraction hands over for one page. */
export type ExtractedPost = {
  readonly url: string;
  readonly sourceName: string;
  readonly blobKey: string;
  readonly markdown: string;
  readonly metadata: PostMetadata;
  readonly extractedBy: string;
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
