import { isVisible } from '#domain/epoch.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { FeatureDeps } from '#features/deps.ts';
import { ensureView } from '#features/ensure-view.ts';

const signal = new AbortController().signal;

export const viewOf = (deps: FeatureDeps, tokensMax = 100): Promise<FeatureView> =>
  ensureView(deps, { name: 'posts', tokensMax }, signal);

/** What a reader sees at an epoch, the published one by default: a line for each visible chunk. */
export async function seen(deps: FeatureDeps, at?: number): Promise<readonly string[]> {
  const view = await viewOf(deps);
  const epoch = at ?? view.publishedEpoch;
  const ids: string[] = [];
  await deps.index.ensure(view, signal);
  for await (const point of deps.index.scan(view, signal)) {
    if (isVisible(point, epoch)) ids.push(point.id);
  }
  const members = await deps.index.fetch(view, ids, signal);
  return members.map(({ chunk, context }) => `${context.url} ${chunk.text}`).sort();
}

/** Lines of all that a search finds at the published epoch, through both of its rankings. */
export async function found(deps: FeatureDeps, question: string): Promise<readonly string[]> {
  const view = await viewOf(deps);
  await deps.index.ensure(view, signal);
  const [dense = null] = await deps.embedder.embed([question], 'query', signal);
  const rankings = await deps.index.search(
    view,
    {
      dense,
      sparse: deps.sparse.encodeQuery(question),
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

/** The same dependencies with a look before, or after, every call of the registry and the index. */
export function watched(
  deps: FeatureDeps,
  look: (name: string, when: 'before' | 'after') => void,
): FeatureDeps {
  const wrap = <T extends object>(part: string, target: T): T =>
    new Proxy(target, {
      get: (object, name, receiver) => {
        const member: unknown = Reflect.get(object, name, receiver);
        if (typeof member !== 'function') return member;
        return async (...parameters: unknown[]) => {
          look(`${part}.${String(name)}`, 'before');
          const result: unknown = await Reflect.apply(member, object, parameters);
          look(`${part}.${String(name)}`, 'after');
          return result;
        };
      },
    });
  const { registry, index } = deps;
  const { views, leases, runs } = registry;
  return {
    ...deps,
    index: wrap('index', index),
    registry: {
      ...registry,
      views: wrap('views', views),
      leases: wrap('leases', leases),
      runs: wrap('runs', runs),
    },
  };
}
