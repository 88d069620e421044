import { type Snapshot, type SnapshotFilter, snapshotIdOf } from '#domain/dataset.ts';
import { epochId } from '#domain/epoch.ts';
import { AppError } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import { canonicalJson } from '#domain/hash.ts';
import type { ViewRegistry } from '#ports/view-registry.ts';

/** The epoch asked for, or the published one. Rejects with `not_found` unless it is published. */
export async function publishedEpochOf(
  views: Pick<ViewRegistry, 'epochs'>,
  view: FeatureView,
  asked: number | null,
): Promise<number> {
  if (view.publishedEpoch === 0) {
    throw new AppError(
      'not_found',
      `view ${view.id} has no published epoch yet; run lockstep crawl first.`,
      { param: 'view' },
    );
  }
  const number = asked ?? view.publishedEpoch;
  const epoch = (await views.epochs(view.id)).find((known) => known.number === number);
  if (epoch?.status === 'published') return number;
  const fault = epoch === undefined ? 'no epoch of the view' : 'not published yet';
  throw new AppError(
    'not_found',
    `${epochId(view.id, number)} is ${fault}; ` +
      `the newest published one is ${epochId(view.id, view.publishedEpoch)}.`,
    { param: 'epoch' },
  );
}

/** Throws `not_found` when vacuum has taken what the epoch alone could see. */
export function requireReadable(view: FeatureView, epoch: number): void {
  if (view.droppedAt === null && epoch >= view.firstEpoch) return;
  const held = view.droppedAt === null ? `it begins at ${view.firstEpoch}` : 'it was dropped';
  throw new AppError(
    'not_found',
    `${epochId(view.id, epoch)} cannot be read any more: ${held}. Take a newer one.`,
    { param: 'epoch' },
  );
}

/** Counts and hashes the members of an epoch. Rejects when none match, or when some are gone. */
export async function freeze(
  views: Pick<ViewRegistry, 'epochs' | 'membership'>,
  at: { readonly viewId: string; readonly epoch: number; readonly filter: SnapshotFilter },
): Promise<Omit<Snapshot, 'createdAt'>> {
  await requireWhole(views, at.viewId, at.epoch);
  const { documents, chunks, hash } = await views.membership(at.viewId, at.epoch, at.filter);
  if (documents === 0) {
    throw new AppError(
      'invalid_input',
      `no document of ${epochId(at.viewId, at.epoch)} matches the filter ` +
        `${canonicalJson({ ...at.filter })}; widen it or leave it out.`,
      { param: 'filter' },
    );
  }
  const snapshot = { ...at, documents, chunks, membershipHash: hash };
  return { id: snapshotIdOf(snapshot), ...snapshot };
}

/** An epoch that vacuum has thinned out is not what was published under its number. */
async function requireWhole(
  views: Pick<ViewRegistry, 'epochs' | 'membership'>,
  viewId: string,
  number: number,
): Promise<void> {
  const epoch = (await views.epochs(viewId)).find((known) => known.number === number);
  const held = await views.membership(viewId, number, {});
  if (epoch?.documents === held.documents && epoch.chunks === held.chunks) return;
  throw new AppError(
    'history_broken',
    `${epochId(viewId, number)} was published with ${epoch?.documents} document(s) and ` +
      `${epoch?.chunks} chunk(s), but ${held.documents} and ${held.chunks} are left. ` +
      'Take the snapshot of a newer epoch.',
  );
}

/** Throws `history_broken` unless the snapshot's members are still those that were frozen. */
export async function requireUnchanged(
  views: Pick<ViewRegistry, 'membership'>,
  snapshot: Snapshot,
): Promise<void> {
  const { viewId, epoch, filter } = snapshot;
  const { hash } = await views.membership(viewId, epoch, filter);
  if (hash === snapshot.membershipHash && snapshot.id === snapshotIdOf(snapshot)) return;
  throw new AppError(
    'history_broken',
    `snapshot ${snapshot.id} no longer has the members it was frozen with. ` +
      `Take a new snapshot of ${viewId}, or restore the registry from a backup.`,
  );
}
