import type { Split } from '#domain/dataset.ts';
import type { Revision } from '#domain/document.ts';
import type { SplitRows } from '../dataset/row.ts';

export type RowsMin = Readonly<Record<Split, number>>;

/** Fewest rows of a split that can be trained on or measured with. */
export const ROWS_MIN: RowsMin = { train: 1, validation: 1, test: 1 };

export type GateInput = {
  readonly rows: SplitRows;
  readonly revisions: readonly Revision[];
  readonly rowsMin: RowsMin;
  readonly signal: AbortSignal;
};
