import type { ChunkMember } from '#domain/chunk.ts';
import { EPOCH_OPEN_END } from '#domain/epoch.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { BatchCounts, DocumentBatch } from '#ports/batch-queue.ts';
import type { FeatureDeps } from '../deps.ts';
import { documentCommit } from './document-commit.ts';
import { pointsOf } from './points-of.ts';
import { toolsOf, type ViewTools } from './view-tools.ts';

/** Points embedded and written at once. */
const POINTS_MAX = 512;

type Counts = { -readonly [Name in keyof BatchCounts]: number };

export type WorkDeps = Pick<FeatureDeps, 'index' | 'embedders' | 'sparseOf'> & {
  readonly registry: Pick<FeatureDeps['registry'], 'views'>;
};

/**
 * Chunks the batch's documents whose place in the view is not that of their current revision, then
 * brings the index up to what the registry says of them. Each document is committed in one
 * transaction, each batch of points is confirmed only when the index holds it, and ids are
 * deterministic: whoever does the batch again finds what is done. Rejects with `lease_held` once the
 * epoch is not open any more.
 */
export async function workBatch(
  deps: WorkDeps,
  batch: DocumentBatch,
  signal: AbortSignal,
): Promise<BatchCounts> {
  const { views } = deps.registry;
  const counts: Counts = { documents: 0, added: 0, closed: 0, kept: 0, embedded: 0, ended: 0 };
  const view = await views.get(batch.viewId);
  const tools = await toolsOf(deps, view, signal);
  for (const pending of await views.pending(view.id, batch.documentIds)) {
    signal.throwIfAborted();
    const commit = documentCommit({ view, epoch: batch.epoch }, pending, tools.embedder);
    const { added, closed, kept } = await views.commit(commit);
    counts.documents += 1;
    counts.added += added;
    counts.closed += closed;
    counts.kept += kept;
  }
  await writePoints(deps, { view, tools, counts, documentIds: batch.documentIds }, signal);
  return counts;
}

type Writing = {
  readonly view: FeatureView;
  readonly tools: ViewTools;
  readonly counts: Counts;
  readonly documentIds: readonly string[];
};

async function writePoints(
  { registry: { views }, index }: WorkDeps,
  { view, tools, counts, documentIds }: Writing,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const members = await views.unsynced(view.id, documentIds, POINTS_MAX);
    if (members.length === 0) return;
    const living = members.filter(({ to }) => to === EPOCH_OPEN_END);
    if (living.length > 0) {
      await index.upsert(view, await pointsOf(tools, living, signal), signal);
      counts.embedded += living.length;
    }
    const ended = members.filter(({ to }) => to !== EPOCH_OPEN_END);
    for (const [to, group] of Map.groupBy(ended, (member) => member.to)) {
      const ids = group.map(({ id }) => id);
      await index.setEnd(view, ids, to, signal);
      counts.ended += ids.length;
    }
    const lost = await lostOf(index, { view, ended }, signal);
    if (lost.length > 0) {
      await index.upsert(view, await pointsOf(tools, lost, signal), signal);
      counts.embedded += lost.length;
    }
    await views.confirm(view.id, members);
  }
}

/** Ended points that readers of older epochs see, and that the index does not hold any more. */
async function lostOf(
  index: WorkDeps['index'],
  { view, ended }: { readonly view: FeatureView; readonly ended: readonly ChunkMember[] },
  signal: AbortSignal,
): Promise<readonly ChunkMember[]> {
  const seen = ended.filter(({ from, to }) => from < to);
  if (seen.length === 0) return [];
  const ids = seen.map(({ id }) => id);
  const held = new Set((await index.fetch(view, ids, signal)).map(({ id }) => id));
  return seen.filter(({ id }) => !held.has(id));
}
