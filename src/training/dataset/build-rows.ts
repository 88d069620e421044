import { type DatasetKind, type Label, SPLITS } from '#domain/dataset.ts';
import type { Revision } from '#domain/document.ts';
import type { OnProgress } from '#domain/run.ts';
import type { SparseEncoder } from '#ports/embedder.ts';
import { type CurationLimits, curate, type DropReason } from '../curate/curate.ts';
import { withNegatives } from './negatives.ts';
import type { SplitRows } from './row.ts';
import { splitRows, splitsOf } from './splits.ts';

export type RowsRequest = {
  readonly kind: DatasetKind;
  readonly seed: number;
  readonly labels: readonly Label[];
  readonly revisions: readonly Revision[];
  readonly limits: CurationLimits;
  /** Stemmed terms, as the view's sparse ranking sees them. */
  readonly terms: SparseEncoder['terms'];
  readonly signal: AbortSignal;
};

/** Labels to the rows of each split, and how many were dropped for which reason. */
export async function buildRows(
  request: RowsRequest,
  onProgress: OnProgress,
): Promise<{ readonly rows: SplitRows; readonly dropped: Readonly<Record<string, number>> }> {
  const { revisions, seed, terms, signal } = request;
  const dropped: Partial<Record<DropReason, number>> = {};
  const drop = (reason: DropReason): void => {
    dropped[reason] = (dropped[reason] ?? 0) + 1;
  };
  const curated = await curate({ ...request, drop });
  onProgress({ stage: 'curate', done: curated.length, total: request.labels.length });
  const splits = await splitsOf(revisions, curated, { seed, signal });
  const bare = splitRows(curated, splits, drop);
  const rows = request.kind === 'retrieval' ? await negated(bare, terms, signal) : bare;
  const kept = SPLITS.reduce((sum, split) => sum + rows[split].length, 0);
  onProgress({ stage: 'split', done: kept, total: curated.length });
  return { rows, dropped };
}

/** Negatives come from a row's own split, so that no split shows another's documents. */
const negated = async (
  rows: SplitRows,
  terms: SparseEncoder['terms'],
  signal: AbortSignal,
): Promise<SplitRows> => ({
  train: await withNegatives(rows.train, terms, signal),
  validation: await withNegatives(rows.validation, terms, signal),
  test: await withNegatives(rows.test, terms, signal),
});
