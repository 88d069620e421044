import type { BatchQueue } from '#ports/batch-queue.ts';
import type { JobQueue } from '#ports/job-queue.ts';
import { createBatchQueue } from './batch-queue.ts';
import { createBoss } from './boss.ts';
import { createJobQueue } from './job-queue.ts';
import { QUEUE_TIMES, type QueueOptions } from './options.ts';
import { createTake } from './take.ts';

/** Two at once, so that one waits for the embedder while the other is written. */
const BATCHES_AT_ONCE = 2;

export type PgBossQueues = {
  readonly jobs: JobQueue;
  readonly batches: BatchQueue;
  /** Stops the queues' timers; the pool is its owner's to end. */
  close(): Promise<void>;
};

/** The queues in Postgres, embedded or not. Nothing is loaded or created before the first use. */
export function createPgBossQueues(options: QueueOptions): PgBossQueues {
  const { pool, clock, log, times = QUEUE_TIMES, batchesAtOnce = BATCHES_AT_ONCE } = options;
  const boss = createBoss(pool, log);
  const parts = { boss, clock, times };
  const take = createTake(parts);
  return {
    jobs: createJobQueue(parts, take),
    batches: createBatchQueue({ ...parts, take, batchesAtOnce }),
    close: boss.close,
  };
}
