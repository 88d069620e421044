import { isVisible } from '#domain/epoch.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { FeatureDeps } from '#features/deps.ts';
import { ensureView } from '#features/ensure-view.ts';

const signal = new AbortController().signal;

export const viewOf = (deps: FeatureDeps, tokensMax = 100): Promise<FeatureView> =>
  ensureView(deps, { name: 'posts', embedder: null, chunker: { tokensMax } }, signal);

/** What a reader sees at an epoch, the published one by default: a line for each visible chunk. */
export async function seen(deps: FeatureDeps, at?: number): Promise<readonly string[]> {
  const view = await viewOf(deps);
  return seenIn(deps, view, at ?? view.publishedEpoch);
}

/** The same of any view. */
export async function seenIn(
  { index }: Pick<FeatureDeps, 'index'>,
  view: FeatureView,
  epoch: number,
): Promise<readonly string[]> {
  const ids: string[] = [];
  await index.ensure(view, signal);
  for await (const point of index.scan(view, signal)) {
    if (isVisible(point, epoch)) ids.push(point.id);
  }
  const members = await index.fetch(view, ids, signal);
  return members.map(({ chunk, context }) => `${context.url} ${chunk.text}`).sort();
}

/** Lines of all that a search finds at the published epoch, through both of its rankings. */
export async function foundIn(
  deps: Pick<FeatureDeps, 'index' | 'embedders' | 'sparseOf'>,
  view: FeatureView,
  question: string,
): Promise<readonly string[]> {
  await deps.index.ensure(view, signal);
  const embedder = await deps.embedders.of(view, signal);
  const [dense = null] = await embedder.embed([question], 'query', signal);
  const rankings = await deps.index.search(
    view,
    {
      dense,
      sparse: deps.sparseOf(view.spec.sparse).encodeQuery(question),
      epoch: view.publishedEpoch,
      limit: 1_000,
      filter: {},
    },
    signal,
  );
  const ids = new Set([...rankings.dense, ...rankings.sparse].map(({ id }) => id));
  const members = await deps.index.fetch(view, [...ids], signal);
  return members.map(({ chunk, context }) => `${context.url} ${chunk.text}`).sort();
}
