import { AppError } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { FeatureDeps } from '../deps.ts';
import { usesOf } from './views-in-use.ts';
import { withRun } from './with-run.ts';

export type DropDeps = Pick<FeatureDeps, 'index' | 'clock' | 'ids'> & {
  readonly registry: Pick<
    FeatureDeps['registry'],
    'views' | 'runs' | 'leases' | 'snapshots' | 'channels' | 'pairings'
  >;
};

export type DropRequest = {
  readonly view: FeatureView;
  /** Also a view that a rollback would go back to; there is no going back to it then. */
  readonly forgoRollback: boolean;
};

/**
 * Removes a view's collection and members; its name and its epochs stay on record and are given to no
 * other. Rejects with `view_in_use` naming what needs it: a channel, a rollback, a snapshot.
 */
export async function drop(
  deps: DropDeps,
  { view, forgoRollback }: DropRequest,
  signal: AbortSignal,
): Promise<void> {
  const { registry, index, clock } = deps;
  await withRun(deps, { kind: 'drop', view }, signal, async ({ held }) => {
    if (view.droppedAt === null) await requireUnused(deps, view, forgoRollback);
    // First for the readers, then for good; a second time finishes what was cut off.
    await registry.views.drop(view.id, clock.now());
    await index.drop(view, held);
    return { result: undefined, counts: {}, produced: [] };
  });
}

async function requireUnused(
  { registry }: DropDeps,
  view: FeatureView,
  forgoRollback: boolean,
): Promise<void> {
  const uses = (await usesOf(registry)).filter(({ viewId }) => viewId === view.id);
  const now = uses.find(({ when }) => when === 'now');
  if (now !== undefined) {
    throw inUse(
      view,
      `channel ${now.channel} answers from it by ${now.pairingId}; promote another pairing first`,
    );
  }
  const before = uses.find(({ when }) => when === 'before');
  if (before !== undefined && !forgoRollback) {
    throw inUse(
      view,
      `channel ${before.channel} would go back to it by ${before.pairingId}; ` +
        'give --forgo-rollback if that is over',
    );
  }
  const snapshots = (await registry.snapshots.list()).filter(({ viewId }) => viewId === view.id);
  if (snapshots.length > 0) {
    const ids = snapshots.map(({ id }) => id).join(', ');
    throw inUse(view, `${snapshots.length} snapshots are of it (${ids}), and datasets of these`);
  }
}

const inUse = (view: FeatureView, why: string): AppError =>
  new AppError('view_in_use', `${view.id} cannot be dropped: ${why}.`, { param: 'view' });
