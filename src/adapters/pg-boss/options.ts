import type pg from 'pg';
import type { Clock, Log } from '#ports/system.ts';

/** Times of the queues. What runs in earnest is `QUEUE_TIMES`; tests take others. */
export type QueueTimes = {
  /** Whoever was not heard of for this long has died, by the database's clock. */
  readonly silenceMs: number;
  /** How often each process looks for the dead, at most. */
  readonly lookMs: number;
  /** How often a holder is heard of. */
  readonly heartbeatMs: number;
  /** How often a run's coordinator looks for what others finished. */
  readonly pollMs: number;
  /** Before the second attempt; it doubles from then on. 0 means at once. */
  readonly retrySeconds: { readonly documents: number; readonly jobs: number };
};

export const QUEUE_TIMES: QueueTimes = {
  silenceMs: 10_000,
  lookMs: 1_000,
  heartbeatMs: 2_500,
  pollMs: 300,
  retrySeconds: { documents: 1, jobs: 15 },
};

export type QueueOptions = {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly log: Log;
  readonly times?: QueueTimes;
  /** Batches that the coordinator of a run works on at once. */
  readonly batchesAtOnce?: number;
};
