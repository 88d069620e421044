import { type Chunk, chunkKeyOf, contextOf } from '#domain/chunk.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { Embedder } from '#ports/embedder.ts';
import type { DocumentCommit, PendingDocument } from '#ports/view-registry.ts';
import { chunkMarkdown } from '../chunk/chunk.ts';

/** What a document shall hold from the epoch on: its current revision, cut as the view cuts. */
export function documentCommit(
  { view, epoch }: { readonly view: FeatureView; readonly epoch: number },
  { document, revision }: PendingDocument,
  embedder: Pick<Embedder, 'countTokens'>,
): DocumentCommit {
  const base = { viewId: view.id, epoch, documentId: document.id };
  if (revision === null) return { ...base, revisionId: null, chunks: [] };
  const context = contextOf(revision, revision.metadata, document.sourceName);
  const occurrences = new Map<string, number>();
  const chunks = chunkMarkdown(revision.markdown, {
    spec: view.spec.chunker,
    countTokens: (text) => embedder.countTokens(text),
  }).map((chunk: Chunk) => {
    const first = chunkKeyOf(chunk, context, 0);
    const occurrence = occurrences.get(first) ?? 0;
    occurrences.set(first, occurrence + 1);
    const key = occurrence === 0 ? first : chunkKeyOf(chunk, context, occurrence);
    return { key, chunk, context };
  });
  return { ...base, revisionId: revision.id, chunks };
}
