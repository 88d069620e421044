import type { Epoch } from '#domain/epoch.ts';
import { epochId } from '#domain/epoch.ts';
import { AppError } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { OnProgress } from '#domain/run.ts';
import type { BatchCounts } from '#ports/batch-queue.ts';
import { reconcile } from '../view/reconcile.ts';
import { withRun } from '../view/with-run.ts';
import type { Held, PublishDeps } from './held.ts';
import { addCounts, NO_COUNTS, shareOut } from './share-out.ts';
import { toolsOf } from './view-tools.ts';

export type PublishReport = {
  readonly viewId: string;
  /** The epoch that was published; `null` when the view holds everything already. */
  readonly epoch: Epoch | null;
  readonly counts: BatchCounts;
};

/**
 * Makes all that was recorded since the last epoch visible at once: chunk → embed → load → publish.
 * A run that was cut off is taken up where it stopped. Rejects with `lease_held` while another
 * writer is at the view.
 */
export async function publish(
  deps: PublishDeps,
  view: FeatureView,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<PublishReport> {
  return withRun(deps, { kind: 'publish', view }, signal, async ({ runId, held }) => {
    const report = await publishHeld(deps, { view, runId, onProgress, signal: held });
    const produced = report.epoch === null ? [] : [epochId(view.id, report.epoch.number)];
    return { result: report, counts: report.counts, produced };
  });
}

/** `publish` for a caller that has the view's lease already, under its own run. */
export async function publishHeld(deps: PublishDeps, held: Held): Promise<PublishReport> {
  const { registry, index, clock } = deps;
  const { view, runId, signal } = held;
  // What cannot be done is found out before anything is.
  await toolsOf(deps, view, signal);
  const { number: epoch } = await registry.views.openEpoch(view.id, runId, clock.now());
  await index.ensure(view, signal);
  const counts = await shareOut(deps, held, epoch);
  if (await registry.views.discardEmptyEpoch(view.id, epoch)) {
    // What was written again belongs to epochs that are published already.
    if (counts.embedded + counts.ended > 0) await index.seal(view, epoch - 1, signal);
    const mended = await requireStillWhole(deps, held, epoch - 1);
    return { viewId: view.id, epoch: null, counts: addCounts(counts, mended) };
  }
  await index.seal(view, epoch, signal);
  const mended = await requireWhole(deps, held, epoch);
  const published = await registry.views.publish({
    viewId: view.id,
    epoch,
    holder: runId,
    at: clock.now(),
  });
  await index.announce?.(view, signal);
  return { viewId: view.id, epoch: published, counts: addCounts(counts, mended) };
}

/** A look at what was published before: a worker may have written late, or a collection be gone. */
async function requireStillWhole(
  deps: PublishDeps,
  held: Held,
  epoch: number,
): Promise<BatchCounts> {
  const { registry, index } = deps;
  const { view, signal } = held;
  const published = (await registry.views.epochs(view.id)).find(({ number }) => number === epoch);
  const isWhole =
    published === undefined || (await index.count(view, epoch, signal)) === published.chunks;
  return isWhole ? NO_COUNTS : requireWhole(deps, held, epoch);
}

/**
 * No epoch is published of which the index holds more or less than the registry says. A worker that
 * was taken for dead may have written late, or somebody may have been at the index: then every point
 * is compared, and what differs is mended, once. Gives what that took.
 */
async function requireWhole(deps: PublishDeps, held: Held, epoch: number): Promise<BatchCounts> {
  const { registry, index, log } = deps;
  const { view, signal } = held;
  const { chunks } = await registry.views.membership(view.id, epoch, {});
  const found = await index.count(view, epoch, signal);
  if (found === chunks) return NO_COUNTS;
  log.warn('the index differs from the registry and is mended', { view: view.id, chunks, found });
  const differences = await reconcile(deps, { view, epoch, repair: true }, signal);
  const counts = await shareOut(deps, held, epoch);
  await index.seal(view, epoch, signal);
  const mended = await index.count(view, epoch, signal);
  if (mended === chunks) return counts;
  throw new AppError(
    'index_mismatch',
    `${epochId(view.id, epoch)} has ${chunks} chunks, but the index shows ${mended} after ` +
      `${differences.missing + differences.different} points were written again and ` +
      `${differences.extra} removed; run lockstep view verify ${view.id} --repair.`,
  );
}
