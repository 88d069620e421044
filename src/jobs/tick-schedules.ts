import { type AppError, toAppError } from '#domain/errors.ts';
import type { Schedule } from '#domain/schedule.ts';
import type { JobQueue } from '#ports/job-queue.ts';
import type { ScheduleRegistry } from '#ports/schedule-registry.ts';
import type { Clock } from '#ports/system.ts';
import { missedTimes, nextTime } from './cron.ts';

export type ScheduleDeps = {
  readonly schedules: ScheduleRegistry;
  readonly jobs: Pick<JobQueue, 'enqueue'>;
  readonly clock: Clock;
};

/** A schedule that this worker took up. */
export type Started = Pick<Schedule, 'name' | 'kind' | 'dueAt' | 'missed'> & {
  readonly nextAt: string;
  /** `false` when one like it was waiting already. */
  readonly queued: boolean;
};

export type Ticked = {
  readonly started: readonly Started[];
  /** Schedules that cannot be read here, as in a zone that this machine does not know. */
  readonly problems: readonly AppError[];
};

/**
 * Queues one job for each schedule that has come due, however many of its times have passed, and moves
 * it on to its next time. Of any number of workers that do so one queues it: it is queued under the
 * time it was due at. Who dies between the two leaves it to the next.
 */
export async function tickSchedules(deps: ScheduleDeps): Promise<Ticked> {
  const now = deps.clock.now();
  const started: Started[] = [];
  const problems: AppError[] = [];
  for (const schedule of await deps.schedules.due(now)) {
    try {
      const one = await start(deps, schedule, now);
      if (one !== null) started.push(one);
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code !== 'invalid_input') throw error;
      problems.push(error);
    }
  }
  return { started, problems };
}

/** `null` when another worker was faster. */
async function start(
  { schedules, jobs }: ScheduleDeps,
  schedule: Schedule,
  now: string,
): Promise<Started | null> {
  const { name, kind, dueAt } = schedule;
  const nextAt = nextTime(schedule, now);
  const missed = missedTimes(schedule, dueAt, now);
  const queued = await jobs.enqueue({ kind, subject: name }, dueAt);
  const isOurs = await schedules.advance({ name, kind, dueAt, nextAt, startedAt: now, missed });
  return isOurs ? { name, kind, dueAt, nextAt, missed, queued: queued === 'queued' } : null;
}
