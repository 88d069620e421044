import type { AppError } from '../domain/errors.ts';
import type { DocumentBatch } from './batch-queue.ts';

/** What a worker can be asked to do, besides its share of another's publishing run. */
export const JOB_KINDS = ['crawl', 'publish', 'reembed', 'verify', 'vacuum'] as const;

export type JobKind = (typeof JOB_KINDS)[number];

export type Job = {
  readonly kind: JobKind;
  /** What it is for: the name of the views (`posts`), or whatever its handler understands. */
  readonly subject: string;
};

/** One batch of a publishing run that another process shares out. */
export type BatchJob = {
  readonly kind: 'documents';
  readonly runId: string;
  readonly batch: DocumentBatch;
};

export type QueueName = JobKind | 'documents';

/** Documents first: a publishing run waits for them. */
export const QUEUE_NAMES = ['documents', ...JOB_KINDS] as const satisfies readonly QueueName[];

/** What a job gives: counts by name. */
export type JobResult = Readonly<Record<string, number>>;

/** A job in hand. Until it is settled, its holder is heard of every few seconds. */
export type TakenJob = {
  readonly id: string;
  readonly job: Job | BatchJob;
  /** 1 the first time; jobs that were given back do not count. */
  readonly attempt: number;
  /** Aborts when the job is no longer ours: we were silent for too long, or its run has ended. */
  readonly lost: AbortSignal;
  /** Settles it; `false` when it had been lost before. */
  done(result: JobResult): Promise<boolean>;
  /** Puts it back for another attempt after a while, or keeps it as failed with its error. */
  fail(error: AppError, retry: boolean): Promise<'retried' | 'failed' | 'lost'>;
  /** Puts it back at once, as if it had never been taken. */
  giveBack(): Promise<void>;
};

export type QueueStatus = {
  readonly queue: QueueName;
  /** Not begun, or failed before and waiting for another attempt. */
  readonly waiting: number;
  readonly active: number;
  readonly failed: number;
  /** When the oldest waiting one was queued. */
  readonly oldestAt: string | null;
};

export type FailedJob = {
  readonly id: string;
  readonly queue: QueueName;
  readonly subject: string;
  readonly attempts: number;
  readonly code: string;
  readonly message: string;
  readonly failedAt: string;
};

/**
 * Jobs for any number of workers. A worker that died is noticed by its silence, and what it had in
 * hand goes to others; a slow but living one keeps it. Methods reject with a retryable
 * `database_unavailable` when the queue cannot be reached.
 */
export interface JobQueue {
  /**
   * Queues a job, unless one like it (same kind and subject) is waiting already; one that runs is no
   * obstacle, but two like it never run at once. What was queued under `once` before, however long
   * ago it was done, is not queued again.
   */
  enqueue(job: Job, once?: string): Promise<'queued' | 'waiting_already'>;
  /** The next job of these queues, in their order; `null` when none can be begun now. */
  take(queues: readonly QueueName[]): Promise<TakenJob | null>;
  /** Every queue, in the order of `QUEUE_NAMES`. */
  status(): Promise<readonly QueueStatus[]>;
  /** Newest first. */
  failures(limit: number): Promise<readonly FailedJob[]>;
  /** Deletes what was done, or failed, more than a week ago. */
  tidy(): Promise<void>;
}
