import type { Epoch } from '#domain/epoch.ts';
import { epochId } from '#domain/epoch.ts';
import { AppError, toAppError } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { OnProgress } from '#domain/run.ts';
import type { FeatureDeps } from '../deps.ts';
import { withLease } from '../lease.ts';
import { type CommitCounts, commitDocuments } from './commit-documents.ts';
import { type PointCounts, writePoints } from './write-points.ts';

export type PublishReport = {
  readonly viewId: string;
  /** The epoch that was published; `null` when the view holds everything already. */
  readonly epoch: Epoch | null;
  readonly counts: Readonly<CommitCounts & PointCounts>;
};

/**
 * Makes all that was recorded since the last epoch visible at once: chunk → embed → load → publish.
 * A run that was cut off is taken up where it stopped. Rejects with `lease_held` while another
 * writer is at the view.
 */
export async function publish(
  deps: FeatureDeps,
  view: FeatureView,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<PublishReport> {
  const { registry, clock, ids } = deps;
  const subject = `view:${view.id}`;
  const runId = ids.next();
  const lease = { name: subject, holder: runId };
  return withLease({ leases: registry.leases, clock }, lease, signal, async (held) => {
    await registry.runs.abandon(subject, clock.now());
    await registry.runs.start({ id: runId, kind: 'publish', subject, at: clock.now() });
    try {
      const report = await publishHeld(deps, { view, runId, onProgress, signal: held });
      const produced = report.epoch === null ? [] : [epochId(view.id, report.epoch.number)];
      const end = { status: 'done', counts: report.counts, produced, error: null } as const;
      await registry.runs.end(runId, end, clock.now());
      return report;
    } catch (thrown) {
      const error = toAppError(held.aborted ? held.reason : thrown);
      const status = signal.aborted ? 'cancelled' : 'failed';
      const end = { status, counts: {}, produced: [], error: error.message } as const;
      await registry.runs.end(runId, end, clock.now()).catch(() => undefined);
      throw error;
    }
  });
}

type Held = {
  readonly view: FeatureView;
  readonly runId: string;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
};

async function publishHeld(deps: FeatureDeps, held: Held): Promise<PublishReport> {
  const { registry, index, clock } = deps;
  const { view, runId, onProgress, signal } = held;
  requireTokensMax(deps, view);
  await index.ensure(view, signal);
  const { number: epoch } = await registry.views.openEpoch(view.id, runId, clock.now());
  const open = { view, epoch };
  const commits = await commitDocuments(deps, open, onProgress, signal);
  const points = await writePoints(deps, open, onProgress, signal);
  const counts = { ...commits, ...points };
  if (await registry.views.discardEmptyEpoch(view.id, epoch)) {
    return { viewId: view.id, epoch: null, counts };
  }
  await index.seal(view, epoch, signal);
  const published = await registry.views.publish({
    viewId: view.id,
    epoch,
    holder: runId,
    at: clock.now(),
  });
  return { viewId: view.id, epoch: published, counts };
}

/** Chunks that the embedder refuses would stop every epoch; this says so before the first. */
function requireTokensMax({ embedder }: FeatureDeps, view: FeatureView): void {
  const { tokensMax } = view.spec.chunker;
  const takes = embedder.spec.tokensMax - embedder.countTokens(embedder.spec.documentPrefix);
  if (tokensMax <= takes) return;
  throw new AppError(
    'invalid_config',
    `view ${view.id} cuts chunks of ${tokensMax} tokens, but ${embedder.spec.model} takes ` +
      `${takes}; set LOCKSTEP_CHUNK_TOKENS to that or less.`,
    { param: 'LOCKSTEP_CHUNK_TOKENS' },
  );
}
