import type { ChunkMember } from '#domain/chunk.ts';
import { chunkEmbeddingText } from '#domain/embedding.ts';
import { EPOCH_OPEN_END } from '#domain/epoch.ts';
import type { OnProgress } from '#domain/run.ts';
import type { IndexPoint } from '#ports/feature-index.ts';
import type { FeatureDeps } from '../deps.ts';
import type { OpenEpoch } from './commit-documents.ts';

/** Points embedded and written at once. */
const POINTS_MAX = 512;

export type PointCounts = { embedded: number; ended: number };

/**
 * Brings the index up to what the registry says: embeds and writes the points that live, ends those
 * that do not. Each batch is confirmed only when the index holds it, so that a run that was cut off
 * writes at most one batch again.
 */
export async function writePoints(
  deps: FeatureDeps,
  { view }: OpenEpoch,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<PointCounts> {
  const { registry, index } = deps;
  const counts: PointCounts = { embedded: 0, ended: 0 };
  for (;;) {
    signal.throwIfAborted();
    const members = await registry.views.unsynced(view.id, POINTS_MAX);
    if (members.length === 0) return counts;
    const living = members.filter(({ to }) => to === EPOCH_OPEN_END);
    if (living.length > 0) {
      await index.upsert(view, await embedMembers(deps, living, signal), signal);
      counts.embedded += living.length;
    }
    const ended = members.filter(({ to }) => to !== EPOCH_OPEN_END);
    for (const [to, group] of Map.groupBy(ended, (member) => member.to)) {
      const ids = group.map(({ id }) => id);
      await index.setEnd(view, ids, to, signal);
      counts.ended += ids.length;
    }
    await registry.views.confirm(view.id, members);
    onProgress({ stage: 'embed', done: counts.embedded, total: null });
  }
}

async function embedMembers(
  { embedder, sparse }: FeatureDeps,
  members: readonly ChunkMember[],
  signal: AbortSignal,
): Promise<readonly IndexPoint[]> {
  const { documentPrefix, tokensMax } = embedder.spec;
  const fits = (text: string) => embedder.countTokens(documentPrefix + text) <= tokensMax;
  const texts = members.map(({ chunk, context }) =>
    chunkEmbeddingText({ ...chunk, title: context.title }, fits),
  );
  const vectors = await embedder.embed(texts, 'document', signal);
  return members.flatMap((member, position) => {
    const dense = vectors[position];
    const text = texts[position];
    if (dense === undefined || text === undefined) return [];
    return [{ member, dense, sparse: sparse.encodeDocument(text) }];
  });
}
