import { type Chunk, chunkKeyOf, contextOf } from '#domain/chunk.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { OnProgress } from '#domain/run.ts';
import type { DocumentCommit, PendingDocument } from '#ports/view-registry.ts';
import { chunkMarkdown } from '../chunk/chunk.ts';
import type { FeatureDeps } from '../deps.ts';

/** Documents taken from the registry at once. */
const DOCUMENTS_MAX = 64;

export type CommitCounts = { documents: number; added: number; closed: number; kept: number };

/** Open epoch of a view, as the stages of publishing hand it on. */
export type OpenEpoch = { readonly view: FeatureView; readonly epoch: number };

/** Chunks every document whose place in the view is not that of its current revision. */
export async function commitDocuments(
  deps: FeatureDeps,
  { view, epoch }: OpenEpoch,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<CommitCounts> {
  const { views } = deps.registry;
  const counts: CommitCounts = { documents: 0, added: 0, closed: 0, kept: 0 };
  const total = await views.pendingCount(view.id);
  for (;;) {
    const pending = await views.pending(view.id, DOCUMENTS_MAX);
    if (pending.length === 0) return counts;
    for (const entry of pending) {
      signal.throwIfAborted();
      const { added, closed, kept } = await views.commit(commitOf(deps, { view, epoch }, entry));
      counts.documents += 1;
      counts.added += added;
      counts.closed += closed;
      counts.kept += kept;
      onProgress({ stage: 'chunk', done: counts.documents, total });
    }
  }
}

function commitOf(
  deps: FeatureDeps,
  { view, epoch }: OpenEpoch,
  { document, revision }: PendingDocument,
): DocumentCommit {
  const base = { viewId: view.id, epoch, documentId: document.id };
  if (revision === null) return { ...base, revisionId: null, chunks: [] };
  const context = contextOf(revision, revision.metadata, document.sourceName);
  const occurrences = new Map<string, number>();
  const chunks = chunkMarkdown(revision.markdown, {
    spec: view.spec.chunker,
    countTokens: (text) => deps.embedder.countTokens(text),
  }).map((chunk: Chunk) => {
    const first = chunkKeyOf(chunk, context, 0);
    const occurrence = occurrences.get(first) ?? 0;
    occurrences.set(first, occurrence + 1);
    const key = occurrence === 0 ? first : chunkKeyOf(chunk, context, occurrence);
    return { key, chunk, context };
  });
  return { ...base, revisionId: revision.id, chunks };
}
