import { contentHashOf, type Document, type Revision, revisionIdOf } from '#domain/document.ts';
import type { ErrorCode } from '#domain/errors.ts';
import type { PageState, Source } from '#domain/source.ts';
import type { FeatureDeps } from './deps.ts';
import { EXTRACTED_BY, postOf, readPage } from './read-post.ts';

export type RereadDeps = Pick<FeatureDeps, 'registry' | 'blobs' | 'reader' | 'clock'>;

export type Reread = {
  readonly source: Source;
  readonly document: Document;
  readonly revision: Revision;
  /** What the last visit of its page left behind. */
  readonly state: PageState;
  /** Hashes of the blocks that repeat across the source's pages. */
  readonly templates: ReadonlySet<bigint>;
};

export type RereadOutcome =
  | { readonly kind: 'changed' | 'same' }
  /** It would be no post any more; it keeps the revision that it has. */
  | {
      readonly kind: 'refused';
      readonly stage: 'extract' | 'validate';
      readonly code: ErrorCode;
      readonly message: string;
    };

/**
 * Extracts a document's current revision once more from its stored bytes, without the network, and
 * records another one when its content comes out otherwise. Rejects with `not_found` when the bytes
 * are not there any more.
 */
export async function reread(
  deps: RereadDeps,
  { source, document, revision, state, templates }: Reread,
  signal: AbortSignal,
): Promise<RereadOutcome> {
  const { blobKey, contentType } = revision;
  const page = {
    stage: 'raw',
    url: document.url,
    status: 200,
    body: await deps.blobs.get(blobKey),
    contentType,
    etag: null,
    lastModified: null,
    robotsTag: '',
  } as const;
  const { extracted } = await readPage(deps.reader, page, source.rules.pii, signal);
  const verdict = await postOf(extracted, { ...source.rules, kind: source.kind, templates });
  if (verdict.kind === 'rejected') {
    const { stage, code, message } = verdict;
    return { kind: 'refused', stage, code, message };
  }
  const { markdown, metadata, marks } = verdict.post;
  const { url, sourceName } = document;
  await deps.registry.documents.record(
    { url, sourceName, blobKey, contentType, markdown, metadata, extractedBy: EXTRACTED_BY, marks },
    { ...state, extractedBy: EXTRACTED_BY },
    deps.clock.now(),
  );
  const isSame = revisionIdOf(document.id, contentHashOf(markdown, metadata)) === revision.id;
  return { kind: isSame ? 'same' : 'changed' };
}

/** Documents whose revisions are loaded at a time. */
const BATCH_MAX = 100;

/** The live documents of a source with their current revisions. */
export async function* liveRevisions(
  { registry }: Pick<FeatureDeps, 'registry'>,
  sourceName: string,
  wanted: (document: Document) => boolean = () => true,
): AsyncIterable<{ readonly document: Document; readonly revision: Revision }> {
  const live = (await registry.documents.list(sourceName)).filter(
    (document) => document.status === 'live' && document.revisionId !== null && wanted(document),
  );
  for (let at = 0; at < live.length; at += BATCH_MAX) {
    const batch = live.slice(at, at + BATCH_MAX);
    const ids = batch.flatMap(({ revisionId }) => revisionId ?? []);
    const revisions = await registry.documents.revisions(ids);
    for (const [position, document] of batch.entries()) {
      const revision = revisions[position];
      if (revision !== undefined) yield { document, revision };
    }
  }
}
