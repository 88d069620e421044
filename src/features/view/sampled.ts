import type { ChunkMember } from '#domain/chunk.ts';
import { cosineOf } from '#domain/embedding.ts';
import { isVisible } from '#domain/epoch.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { FeatureDeps } from '../deps.ts';
import { embeddingTextsOf } from '../publish/points-of.ts';

type SampleDeps = Pick<FeatureDeps, 'index' | 'embedders'> & {
  readonly registry: Pick<FeatureDeps['registry'], 'views'>;
};

const SAMPLE_MAX = 64;
/** Pages of ids that a sample is taken from. */
const PAGES = 8;
/** Results of a search that are compared. */
export const RECALL_AT = 10;
/** Quantised stores and other machines give a vector back a little otherwise. */
const COSINE_MIN = 0.995;
const SCORE_TOLERANCE = 1e-4;

/**
 * Some members of the published epoch, spread over the whole view: ids are hashes, so that a page
 * from anywhere among them is a fair draw. The same ones as long as the view is the same.
 */
export async function sampleMembers(
  { registry: { views } }: SampleDeps,
  view: FeatureView,
): Promise<readonly ChunkMember[]> {
  const ids = new Set<string>();
  for (let page = 0; page < PAGES; page += 1) {
    const after = `${((page * 16) / PAGES).toString(16)}0000000-0000-0000-0000-000000000000`;
    const points = await views.points(view.id, after, 2 * SAMPLE_MAX);
    const seen = points.filter((point) => isVisible(point, view.publishedEpoch));
    for (const { id } of seen.slice(0, SAMPLE_MAX / PAGES)) ids.add(id);
  }
  return views.members(view.id, [...ids]);
}

type Sample = { readonly view: FeatureView; readonly sample: readonly ChunkMember[] };

/**
 * How many of the stored vectors are those that the view's embedder gives for the texts. Points that
 * are not there are found missing elsewhere.
 */
export async function sampledVectors(
  { index, embedders }: SampleDeps,
  { view, sample }: Sample,
  signal: AbortSignal,
): Promise<{ readonly same: number; readonly all: number }> {
  const embedder = await embedders.of(view, signal);
  const texts = embeddingTextsOf(embedder, sample);
  const expected = await embedder.embed(texts, 'document', signal);
  const ids = sample.map(({ id }) => id);
  const stored = await index.vectors(view, ids, signal);
  const same = ids.filter((id, at) => {
    const vector = stored.get(id);
    const right = expected[at];
    return vector !== undefined && right !== undefined && cosineOf(vector, right) >= COSINE_MIN;
  });
  return { same: same.length, all: stored.size };
}

/**
 * Mean share of the exact search's results that the index's usual search finds as well. A result of
 * the last one's score counts whichever it is.
 */
export async function sampledRecall(
  { index }: SampleDeps,
  { view, epoch, sample }: Sample & { readonly epoch: number },
  signal: AbortSignal,
): Promise<number> {
  const ids = sample.map(({ id }) => id);
  const vectors = await index.vectors(view, ids, signal);
  const recalls: number[] = [];
  for (const dense of vectors.values()) {
    if (dense.every((value) => value === 0)) continue;
    const query = { dense, sparse: null, epoch, limit: RECALL_AT, filter: {} };
    const exact = (await index.search(view, { ...query, exact: true }, signal)).dense;
    const usual = (await index.search(view, query, signal)).dense;
    const last = exact.at(-1)?.score ?? 0;
    const good = usual.filter(({ score }) => score >= last - SCORE_TOLERANCE).length;
    recalls.push(exact.length === 0 ? 1 : Math.min(1, good / exact.length));
  }
  if (recalls.length === 0) return 1;
  return recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length;
}
