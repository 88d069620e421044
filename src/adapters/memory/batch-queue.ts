import { type AppError, toAppError } from '#domain/errors.ts';
import type { BatchCounts, BatchQueue, DocumentBatch } from '#ports/batch-queue.ts';
import type { Clock } from '#ports/system.ts';

export type MemoryBatchQueueOptions = {
  readonly clock: Clock;
  /** Batches worked on at once. */
  readonly batchesAtOnce?: number;
};

const BATCHES_AT_ONCE = 2;
const ATTEMPTS_MAX = 4;
/** Before the second attempt; it doubles from then on. */
const RETRY_MS = 1_000;

/** Shares a run out among this process's own turns: for runs that nobody else can help with. */
export const createMemoryBatchQueue = ({
  clock,
  batchesAtOnce = BATCHES_AT_ONCE,
}: MemoryBatchQueueOptions): BatchQueue => ({
  async *shareOut(_runId, batches, work, signal) {
    const ending = new AbortController();
    const own = AbortSignal.any([signal, ending.signal]);
    const waiting = batches.values();
    const finished: BatchCounts[] = [];
    let bell = Promise.withResolvers<void>();
    let failure: AppError | null = null;

    async function turn(): Promise<void> {
      for (const batch of waiting) {
        if (own.aborted) return;
        finished.push(await attempts(batch));
        bell.resolve();
      }
    }

    async function attempts(batch: DocumentBatch): Promise<BatchCounts> {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await work(batch, own);
        } catch (thrown) {
          if (own.aborted || attempt === ATTEMPTS_MAX) throw thrown;
          await clock.sleep(RETRY_MS * 2 ** (attempt - 1), own);
        }
      }
    }

    const turns = Array.from({ length: batchesAtOnce }, () =>
      turn().catch((thrown: unknown) => {
        failure ??= toAppError(own.aborted ? own.reason : thrown);
        ending.abort();
        bell.resolve();
      }),
    );
    const leave = () => bell.resolve();
    signal.addEventListener('abort', leave);
    try {
      for (let left = batches.length; left > 0; ) {
        const next = finished.shift();
        if (next !== undefined) {
          left -= 1;
          yield next;
          continue;
        }
        if (failure !== null) throw failure;
        if (signal.aborted) throw toAppError(signal.reason);
        await bell.promise;
        bell = Promise.withResolvers<void>();
      }
    } finally {
      signal.removeEventListener('abort', leave);
      ending.abort();
      await Promise.all(turns);
    }
  },
});
