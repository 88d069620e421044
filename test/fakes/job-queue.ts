import { AppError } from '#domain/errors.ts';
import {
  type BatchJob,
  type FailedJob,
  type Job,
  type JobQueue,
  QUEUE_NAMES,
  type QueueName,
  type TakenJob,
} from '#ports/job-queue.ts';

type State = 'waiting' | 'resting' | 'active' | 'done' | 'failed';

type Row = {
  readonly id: string;
  readonly job: Job | BatchJob;
  readonly once: string | null;
  state: State;
  attempts: number;
  /** Counts takings; a holder of an earlier one has lost it. */
  taking: number;
  silent: boolean;
  error: AppError | null;
};

export type FakeJobQueue = JobQueue & {
  /** Queues a batch, as the coordinator of a run does. */
  enqueueBatch(batch: Omit<BatchJob, 'kind'>): void;
  /** What the next calls reject with, one each. */
  failNext(...errors: readonly AppError[]): void;
  silence(): void;
  /** Tells those who have lost a job. */
  beat(): void;
  hasten(): void;
};

const ATTEMPTS_MAX = 6;
const QUEUED_AT = '2026-01-02T03:04:05.000Z';

/** Queues in memory, for workers in one process. */
export function createFakeJobQueue(): FakeJobQueue {
  const rows: Row[] = [];
  const troubles: AppError[] = [];
  const held = new Map<AbortController, { readonly row: Row; readonly taking: number }>();

  const add = (job: Job | BatchJob, once: string | null) =>
    void rows.push({
      id: `job ${rows.length + 1}`,
      job,
      once,
      state: 'waiting',
      attempts: 0,
      taking: 0,
      silent: false,
      error: null,
    });
  const isLike = (job: Job | BatchJob, other: Job | BatchJob): boolean =>
    job.kind !== 'documents' &&
    other.kind !== 'documents' &&
    job.kind === other.kind &&
    job.subject === other.subject;
  const stumble = () => {
    const trouble = troubles.shift();
    if (trouble !== undefined) throw trouble;
  };

  function end(row: Row, error: AppError, retry: boolean): 'retried' | 'failed' {
    row.error = error;
    row.state = retry && row.attempts < ATTEMPTS_MAX ? 'resting' : 'failed';
    return row.state === 'failed' ? 'failed' : 'retried';
  }

  function hold(row: Row): TakenJob {
    row.state = 'active';
    row.attempts += 1;
    row.taking += 1;
    row.silent = false;
    const { taking, attempts: attempt } = row;
    const lost = new AbortController();
    held.set(lost, { row, taking });
    const isOurs = () => row.state === 'active' && row.taking === taking;
    const settle = <T>(otherwise: T, work: () => T): T => {
      stumble();
      held.delete(lost);
      return isOurs() ? work() : otherwise;
    };
    return {
      id: row.id,
      job: row.job,
      attempt,
      lost: lost.signal,
      done: async () =>
        settle(false, () => {
          row.state = 'done';
          return true;
        }),
      fail: async (error, retry) => settle('lost', () => end(row, error, retry)),
      giveBack: async () =>
        settle(undefined, () => {
          row.attempts -= 1;
          const other = rows.some(({ state, job }) => state === 'waiting' && isLike(job, row.job));
          row.state = other ? 'done' : 'waiting';
        }),
    };
  }

  function handOn(): void {
    for (const row of rows) {
      if (row.state !== 'active' || !row.silent) continue;
      const silence = new AppError('internal', 'whoever worked on it fell silent');
      if (end(row, silence, true) === 'retried') row.state = 'waiting';
    }
  }

  return {
    enqueue: async (job, once) => {
      stumble();
      const present = rows.some(
        (row) =>
          isLike(row.job, job) &&
          (row.state === 'waiting' || (once !== undefined && row.once === once)),
      );
      if (present) return 'waiting_already';
      add(job, once ?? null);
      return 'queued';
    },
    take: async (queues) => {
      stumble();
      handOn();
      for (const queue of queues) {
        const row = rows.find(
          ({ state, job }) =>
            state === 'waiting' &&
            job.kind === queue &&
            !rows.some((other) => other.state === 'active' && isLike(other.job, job)),
        );
        if (row !== undefined) return hold(row);
      }
      return null;
    },
    status: async () =>
      QUEUE_NAMES.map((queue) => {
        const of = (...states: readonly State[]) =>
          rows.filter(({ state, job }) => job.kind === queue && states.includes(state)).length;
        const waiting = of('waiting', 'resting');
        return {
          queue,
          waiting,
          active: of('active'),
          failed: of('failed'),
          oldestAt: waiting > 0 ? QUEUED_AT : null,
        };
      }),
    failures: async (limit) =>
      rows
        .filter(({ state }) => state === 'failed')
        .toReversed()
        .slice(0, limit)
        .map(failureOf),
    tidy: async () => undefined,
    enqueueBatch: (batch) => add({ kind: 'documents', ...batch }, null),
    failNext: (...errors) => void troubles.push(...errors),
    silence: () => {
      for (const row of rows) row.silent = row.state === 'active';
    },
    beat: () => {
      for (const [lost, { row, taking }] of held) {
        if (row.state === 'active' && row.taking === taking) row.silent = false;
        else lost.abort(new AppError('lease_held', 'it is not ours', { retryable: true }));
      }
    },
    hasten: () => {
      for (const row of rows) if (row.state === 'resting') row.state = 'waiting';
    },
  };
}

const failureOf = ({ id, job, attempts, error }: Row): FailedJob => ({
  id,
  queue: job.kind as QueueName,
  subject: job.kind === 'documents' ? job.batch.viewId : job.subject,
  attempts,
  code: error?.code ?? 'internal',
  message: error?.message.replaceAll('\0', '\ufffd').toWellFormed() ?? '',
  failedAt: QUEUED_AT,
});
