import { type AppError, type ErrorCode, toAppError } from '#domain/errors.ts';
import type { BatchWork } from '#ports/batch-queue.ts';
import type { JobKind, JobResult, TakenJob } from '#ports/job-queue.ts';

/** Does a job; `signal` aborts when the job is lost, or when the worker has no more time for it. */
type JobHandler = (subject: string, signal: AbortSignal) => Promise<JobResult>;

export type JobHandlers = Readonly<Record<JobKind, JobHandler>>;

export type JobWork = { readonly handlers: JobHandlers; readonly workBatch: BatchWork };

export type JobOutcome =
  | { readonly kind: 'done'; readonly result: JobResult }
  | { readonly kind: 'retried' | 'failed'; readonly error: AppError }
  /** Another has it now, or its run has ended: what was done of it does not count. */
  | { readonly kind: 'lost' }
  /** The worker stops, or is not made for it. */
  | { readonly kind: 'given_back'; readonly error: AppError };

/** Faults of this process that another worker need not have: another embedder, another disk. */
const OUR_FAULT: ReadonlySet<ErrorCode> = new Set([
  'embedding_space_mismatch',
  'invalid_config',
  'folder_unwritable',
  'database_newer',
]);

/**
 * Does a job and settles it. A batch is somebody else's run: whatever goes wrong is tried again, and
 * what only this process cannot do is given back for others. Any other job is tried again when that
 * may help. Rejects when the queue cannot be told.
 */
export async function runJob(
  taken: TakenJob,
  work: JobWork,
  stopping: AbortSignal,
): Promise<JobOutcome> {
  const { job, lost } = taken;
  const attempt = await tried(() => workOn(taken, work, AbortSignal.any([lost, stopping])));
  if (attempt.kind === 'done') {
    return (await taken.done(attempt.result)) ? attempt : { kind: 'lost' };
  }
  if (lost.aborted) return { kind: 'lost' };
  const { error } = attempt;
  const isBatch = job.kind === 'documents';
  if (stopping.aborted || (isBatch && OUR_FAULT.has(error.code))) {
    await taken.giveBack();
    return { kind: 'given_back', error };
  }
  const retry = isBatch || error.retryable || error.code === 'internal';
  const became = await taken.fail(error, retry);
  return became === 'lost' ? { kind: 'lost' } : { kind: became, error };
}

async function workOn(
  { job }: TakenJob,
  { handlers, workBatch }: JobWork,
  signal: AbortSignal,
): Promise<JobResult> {
  signal.throwIfAborted();
  if (job.kind === 'documents') return workBatch(job.batch, signal);
  return handlers[job.kind](job.subject, signal);
}

async function tried(work: () => Promise<JobResult>) {
  try {
    return { kind: 'done', result: await work() } as const;
  } catch (thrown) {
    return { kind: 'thrown', error: toAppError(thrown) } as const;
  }
}
