import { rollbackTarget } from '#domain/channel.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { Registry } from '#ports/registry.ts';

export type UseDeps = Pick<Registry, 'views' | 'channels' | 'pairings'>;

/** A pairing that a channel points at, or may be pointed at again in one step. */
export type Use = {
  readonly channel: string;
  readonly pairingId: string;
  readonly viewId: string;
  /** `before`: what a rollback would bring back, or what the last move left. */
  readonly when: 'now' | 'before';
};

/** Which views the channels need, and for what. */
export async function usesOf({
  channels,
  pairings,
}: Omit<UseDeps, 'views'>): Promise<readonly Use[]> {
  const uses: Use[] = [];
  for (const { name, pairingId } of await channels.list()) {
    const history = await channels.history(name);
    const before = [rollbackTarget(history), history.at(-1)?.previousPairingId ?? null];
    for (const id of new Set([pairingId, ...before])) {
      if (id === null) continue;
      const { manifest } = await pairings.get(id);
      const when = id === pairingId ? 'now' : 'before';
      uses.push({ channel: name, pairingId: id, viewId: manifest.view, when });
    }
  }
  return uses;
}

/** Views of a name that channels answer from, now or after a rollback; dropped ones left out. */
export async function viewsInUse(deps: UseDeps, name: string): Promise<readonly FeatureView[]> {
  const ids = new Set((await usesOf(deps)).map(({ viewId }) => viewId));
  const views = await deps.views.list();
  return views.filter((view) => view.name === name && ids.has(view.id) && view.droppedAt === null);
}
