import { toAppError } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { RunKind } from '#domain/run.ts';
import type { FeatureDeps } from '../deps.ts';
import { withLease } from '../lease.ts';

export type RunDeps = Pick<FeatureDeps, 'clock' | 'ids'> & {
  readonly registry: Pick<FeatureDeps['registry'], 'runs' | 'leases'>;
};

type Outcome<T> = {
  readonly result: T;
  readonly counts: Readonly<Record<string, number>>;
  /** Ids of what was made. */
  readonly produced: readonly string[];
};

/**
 * Does something to a view as its only writer, and records it as a run: with what came of it, or
 * with what it failed of.
 */
export async function withRun<T>(
  { registry, clock, ids }: RunDeps,
  { kind, view }: { readonly kind: RunKind; readonly view: Pick<FeatureView, 'id'> },
  signal: AbortSignal,
  work: (run: { readonly runId: string; readonly held: AbortSignal }) => Promise<Outcome<T>>,
): Promise<T> {
  const subject = `view:${view.id}`;
  const runId = ids.next();
  const lease = { name: subject, holder: runId };
  return withLease({ leases: registry.leases, clock }, lease, signal, async (held) => {
    await registry.runs.abandon(subject, clock.now());
    await registry.runs.start({ id: runId, kind, subject, at: clock.now() });
    try {
      const { result, counts, produced } = await work({ runId, held });
      await registry.runs.end(
        runId,
        { status: 'done', counts, produced, error: null },
        clock.now(),
      );
      return result;
    } catch (thrown) {
      const error = toAppError(held.aborted ? held.reason : thrown);
      const status = signal.aborted ? 'cancelled' : 'failed';
      const end = { status, counts: {}, produced: [], error: error.message } as const;
      await registry.runs.end(runId, end, clock.now()).catch(() => undefined);
      throw error;
    }
  });
}
