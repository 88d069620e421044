import { AppError } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { OnProgress } from '#domain/run.ts';
import type { FeatureDeps } from '../deps.ts';
import { withRun } from './with-run.ts';

export type VacuumDeps = Pick<FeatureDeps, 'index' | 'clock' | 'ids'> & {
  readonly registry: Pick<FeatureDeps['registry'], 'views' | 'runs' | 'leases' | 'snapshots'>;
};

export type VacuumRequest = {
  readonly view: FeatureView;
  /** Epochs that stay readable, the published one among them. */
  readonly keep: number;
  /** Says what would go, and leaves it. */
  readonly dryRun: boolean;
};

export type VacuumReport = {
  readonly viewId: string;
  /** The oldest epoch that can still be read. */
  readonly firstEpoch: number;
  readonly removed: number;
  /** What kept older epochs than `keep` asks for: snapshots, by id. */
  readonly keptBy: readonly string[];
};

const POINTS_MAX = 5_000;

/**
 * Removes the points that no reader can see any more at the epochs that are still needed: those of
 * the snapshots, the published one, and the last `keep`. A cut-off run leaves points that the next one
 * finds: they go from the index first, and from the registry when the index has confirmed it.
 */
export async function vacuum(
  deps: VacuumDeps,
  request: VacuumRequest,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<VacuumReport> {
  const { registry, index } = deps;
  const { view } = request;
  if (!(request.keep >= 1)) {
    throw new AppError('invalid_input', `at least 1 epoch is kept, not ${request.keep}.`, {
      param: 'keep',
    });
  }
  return withRun(deps, { kind: 'vacuum', view }, signal, async ({ held }) => {
    const { publishedEpoch } = await registry.views.get(view.id);
    const { firstEpoch, keptBy } = await needs(deps, { ...request, publishedEpoch });
    let removed = 0;
    if (request.dryRun) {
      removed = await registry.views.endedCount(view.id, firstEpoch);
    } else if (publishedEpoch > 0) {
      await registry.views.forgetBefore(view.id, firstEpoch);
      for (;;) {
        held.throwIfAborted();
        const ids = await registry.views.ended(view.id, firstEpoch, POINTS_MAX);
        if (ids.length > 0) await index.remove(view, ids, held);
        // Without points, too: a document may have changed in what no chunk shows.
        await registry.views.forget(view.id, firstEpoch, ids);
        if (ids.length === 0) break;
        removed += ids.length;
        onProgress({ stage: 'vacuum', done: removed, total: null });
      }
    }
    const result = { viewId: view.id, firstEpoch, removed, keptBy };
    return { result, counts: { removed }, produced: [] };
  });
}

/** The oldest epoch that something needs. Questions are asked of the published one. */
async function needs(
  { registry }: VacuumDeps,
  { view, keep, publishedEpoch }: VacuumRequest & { readonly publishedEpoch: number },
): Promise<Pick<VacuumReport, 'firstEpoch' | 'keptBy'>> {
  const window = Math.max(view.firstEpoch, 1, publishedEpoch - keep + 1);
  const older = (await registry.snapshots.list()).filter(
    ({ viewId, epoch }) => viewId === view.id && epoch < window,
  );
  const firstEpoch = Math.min(window, ...older.map(({ epoch }) => epoch));
  return { firstEpoch, keptBy: older.map(({ id }) => id) };
}
