import { hashOf, uuidOf } from './hash.ts';

/** What is personal, or opens something: in the order in which overlapping ones give way. */
export const PII_KINDS = ['secret', 'email', 'iban', 'card', 'ip', 'phone'] as const;

export type PiiKind = (typeof PII_KINDS)[number];

/** Metadata of a post, as found on the page. Dates are ISO 8601; unknown is `null`, never guessed. */
export type PostMetadata = {
  readonly title: string;
  readonly author: string | null;
  readonly publishedAt: string | null;
  readonly modifiedAt: string | null;
  /** BCP 47 primary tag: as the page declares it, unless its text is reliably in another language. */
  readonly language: string | null;
  readonly siteName: string | null;
  readonly description: string | null;
  readonly tags: readonly string[];
  /** How many personal details of each kind the text holds; only when its source flags or masks them. */
  readonly pii?: Readonly<Partial<Record<PiiKind, number>>>;
};

/** One post, known by its canonical URL. Closed when its page is gone; never deleted. */
export type Document = {
  readonly id: string;
  readonly url: string;
  readonly sourceName: string;
  readonly status: 'live' | 'closed';
  /** Current content; `null` only before the first revision is recorded. */
  readonly revisionId: string | null;
  /** The document that this one nearly repeats and that views hold in its place. */
  readonly canonicalId: string | null;
  readonly firstSeenAt: string;
  readonly closedAt: string | null;
};

/** One content of a document. Immutable; recording the same content again is no new revision. */
export type Revision = {
  readonly id: string;
  readonly documentId: string;
  readonly url: string;
  /** Key of the raw bytes in the blob store. */
  readonly blobKey: string;
  /** Content-Type header of the raw bytes. */
  readonly contentType: string;
  readonly markdown: string;
  readonly metadata: PostMetadata;
  readonly contentHash: string;
  /** Name and version of extractor and cleaner. */
  readonly extractedBy: string;
  readonly createdAt: string;
};

/** A document's identity is its canonical URL. */
export const documentIdOf = (url: string): string => uuidOf('document', url);

/** A revision's identity is its document and its content. */
export const revisionIdOf = (documentId: string, contentHash: string): string =>
  uuidOf('revision', documentId, contentHash);

/** Hash of what readers of a revision can see: its Markdown and its metadata. */
export const contentHashOf = (markdown: string, metadata: PostMetadata): string =>
  hashOf({ markdown, metadata: { ...metadata } });

/** One page that did not become a document, or one step that failed, with its reason. */
export type DeadLetter = {
  readonly runId: string;
  readonly sourceName: string;
  readonly url: string;
  /** The stage that gave up: `discover`, `fetch`, `extract`, `clean`, `validate`, `dedupe`. */
  readonly stage: string;
  /** An `ErrorCode`. */
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly at: string;
};
