import type { FeatureView } from '#domain/feature-view.ts';
import type { OnProgress } from '#domain/run.ts';
import type { FeatureDeps } from '../deps.ts';

/** What it takes to write a view. */
export type PublishDeps = Pick<
  FeatureDeps,
  'index' | 'embedders' | 'sparseOf' | 'batches' | 'clock' | 'ids' | 'log'
> & {
  readonly registry: Pick<FeatureDeps['registry'], 'views' | 'runs' | 'leases'>;
  /** Documents of a batch; 64 when absent. */
  readonly batchDocumentsMax?: number;
};

/** A view, and whoever writes it. */
export type Held = {
  readonly view: FeatureView;
  /** Of the run that holds the view's lease. */
  readonly runId: string;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
};
