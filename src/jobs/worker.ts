import { AppError, toAppError } from '#domain/errors.ts';
import { type JobQueue, QUEUE_NAMES, type QueueName, type TakenJob } from '#ports/job-queue.ts';
import type { ScheduleRegistry } from '#ports/schedule-registry.ts';
import type { Clock } from '#ports/system.ts';
import { createPauses, type Pauses } from './pauses.ts';
import { type JobOutcome, type JobWork, runJob } from './run-job.ts';
import { type Started, tickSchedules } from './tick-schedules.ts';

export type WorkerDeps = JobWork & {
  readonly jobs: JobQueue;
  readonly schedules: ScheduleRegistry;
  readonly clock: Clock;
};

/** What a worker tells whoever watches. */
export type WorkerEvent =
  | { readonly kind: 'scheduled'; readonly started: Started }
  | { readonly kind: 'taken'; readonly job: TakenJob['job']; readonly attempt: number }
  | {
      readonly kind: 'settled';
      readonly job: TakenJob['job'];
      readonly outcome: JobOutcome;
      readonly tookMs: number;
    }
  /** The queue cannot be reached; it is tried again for as long as that may help. */
  | { readonly kind: 'trouble'; readonly error: AppError };

export type WorkerOptions = {
  /** Jobs worked on at once. */
  readonly jobsAtOnce: number;
  /** Ends as soon as there is nothing to take up and nothing in hand. */
  readonly once: boolean;
  readonly onEvent: (event: WorkerEvent) => void;
};

/** Jobs by what became of them. */
export type WorkerReport = Readonly<Record<JobOutcome['kind'], number>>;

/** Between looks at the queues when there was nothing; a job that ends brings the next look forward. */
const POLL_MS = 500;
const TICK_MS = 5_000;
const TIDY_MS = 3_600_000;
/** What is in hand when the worker is told to stop gets this long to end by itself. */
const GRACE_MS = 5_000;
const TROUBLE_MS_MAX = 30_000;
/** In a row, before a worker that works once only gives up. */
const ONCE_TROUBLES_MAX = 5;

type Worker = {
  readonly deps: WorkerDeps;
  readonly options: WorkerOptions;
  readonly stopping: AbortSignal;
  readonly inHand: Set<Promise<void>>;
  readonly pauses: Pauses;
  readonly counts: Record<JobOutcome['kind'], number>;
};

/**
 * Works on jobs, and starts what is due, until the signal aborts. Resolves when nothing is in hand any
 * more: what does not end within a few seconds is aborted and given back. Rejects when the queue fails
 * in a way that waiting does not mend.
 */
export async function startWorker(
  deps: WorkerDeps,
  options: WorkerOptions,
  signal: AbortSignal,
): Promise<WorkerReport> {
  const stopping = new AbortController();
  const worker: Worker = {
    deps,
    options,
    stopping: stopping.signal,
    inHand: new Set(),
    pauses: createPauses(deps.clock),
    counts: { done: 0, retried: 0, failed: 0, lost: 0, given_back: 0 },
  };
  try {
    await loop(worker, signal);
  } finally {
    await drain(worker, stopping);
  }
  return worker.counts;
}

async function loop(worker: Worker, signal: AbortSignal): Promise<void> {
  const { deps, options, inHand } = worker;
  const { clock } = deps;
  let tickMs = Number.NEGATIVE_INFINITY;
  let tidyMs = Number.NEGATIVE_INFINITY;
  let troubles = 0;
  while (!signal.aborted) {
    let found = false;
    try {
      if (clock.monotonicMs() - tickMs >= TICK_MS) {
        await tick(worker);
        tickMs = clock.monotonicMs();
      }
      if (clock.monotonicMs() - tidyMs >= TIDY_MS) {
        await deps.jobs.tidy();
        tidyMs = clock.monotonicMs();
      }
      found = inHand.size < options.jobsAtOnce && (await takeUp(worker));
      troubles = 0;
    } catch (thrown) {
      const error = toAppError(thrown);
      troubles += 1;
      if (!error.retryable || (options.once && troubles === ONCE_TROUBLES_MAX)) throw error;
      options.onEvent({ kind: 'trouble', error });
    }
    if (found) continue;
    if (options.once && inHand.size === 0 && troubles === 0) return;
    const napMs = Math.min(POLL_MS * 2 ** troubles, TROUBLE_MS_MAX);
    await nap(worker, napMs, signal);
  }
}

async function tick({ deps, options }: Worker): Promise<void> {
  const { started, problems } = await tickSchedules(deps);
  for (const one of started) options.onEvent({ kind: 'scheduled', started: one });
  for (const error of problems) options.onEvent({ kind: 'trouble', error });
}

/** Takes a job up and works on it beside the loop; says whether there was one. */
async function takeUp(worker: Worker): Promise<boolean> {
  const { deps, inHand, pauses } = worker;
  const queues = QUEUE_NAMES.filter((queue) => !pauses.isPaused(queue));
  const taken = await deps.jobs.take(queues);
  if (taken === null) return false;
  const working = work(worker, taken).finally(() => inHand.delete(working));
  inHand.add(working);
  return true;
}

async function work(worker: Worker, taken: TakenJob): Promise<void> {
  const { deps, options, pauses, counts } = worker;
  const { job, attempt } = taken;
  const startedMs = deps.clock.monotonicMs();
  options.onEvent({ kind: 'taken', job, attempt });
  try {
    const outcome = await runJob(taken, deps, worker.stopping);
    counts[outcome.kind] += 1;
    const queue: QueueName = job.kind;
    pauses.note(queue, outcome);
    options.onEvent({
      kind: 'settled',
      job,
      outcome,
      tookMs: Math.round(deps.clock.monotonicMs() - startedMs),
    });
  } catch (thrown) {
    // The queue could not be told; it finds us silent about this job, and hands it on.
    counts.lost += 1;
    options.onEvent({ kind: 'trouble', error: toAppError(thrown) });
  }
}

/** Waits for something in hand to end, or for a while. */
async function nap({ deps, inHand }: Worker, ms: number, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const asleep = deps.clock.sleep(ms, AbortSignal.any([signal, over.signal]));
  await Promise.race([...inHand, asleep.catch(() => undefined)]);
  over.abort();
}

async function drain({ deps, inHand }: Worker, stopping: AbortController): Promise<void> {
  const over = new AbortController();
  const grace = deps.clock.sleep(GRACE_MS, over.signal).then(
    () => stopping.abort(new AppError('cancelled', 'the worker was told to stop.')),
    () => undefined,
  );
  await Promise.all(inHand);
  over.abort();
  await grace;
}
