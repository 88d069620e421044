/** Some documents of an open epoch: chunked, embedded and loaded by whoever takes the batch up. */
export type DocumentBatch = {
  readonly viewId: string;
  readonly epoch: number;
  readonly documentIds: readonly string[];
};

/** What became of a batch: documents, chunks added, closed and kept, points embedded and ended. */
export type BatchCounts = {
  readonly documents: number;
  readonly added: number;
  readonly closed: number;
  readonly kept: number;
  readonly embedded: number;
  readonly ended: number;
};

/** Works on one batch. Doing it twice, even at once, gives what doing it once gives. */
export type BatchWork = (batch: DocumentBatch, signal: AbortSignal) => Promise<BatchCounts>;

/** Shares the batches of a run out among all that work on the queue. */
export interface BatchQueue {
  /**
   * Gives the counts of each batch when it is done, in any order; ends when all are. The caller works
   * along by `work`, so that a run needs no other worker. A worker that died is noticed by its silence
   * and its batches go to others; one that fails is tried again a few times, and then rejects with
   * what it failed with. When the caller leaves early, what was not begun is taken back.
   */
  shareOut(
    runId: string,
    batches: readonly DocumentBatch[],
    work: BatchWork,
    signal: AbortSignal,
  ): AsyncIterable<BatchCounts>;
}
