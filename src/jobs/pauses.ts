import type { QueueName } from '#ports/job-queue.ts';
import type { Clock } from '#ports/system.ts';
import type { JobOutcome } from './run-job.ts';

export type Pauses = {
  isPaused(queue: QueueName): boolean;
  note(queue: QueueName, outcome: JobOutcome): void;
};

const PAUSE_MS = 1_000;
const PAUSE_MS_MAX = 60_000;

/**
 * Keeps a worker from what it fails at: after every failure in a row on a queue it leaves that queue to
 * others for twice as long. A worker that fails fast would otherwise take most jobs, and use up the
 * attempts of all.
 */
export function createPauses(clock: Clock): Pauses {
  const failures = new Map<QueueName, { readonly inARow: number; readonly untilMs: number }>();
  return {
    isPaused: (queue) => (failures.get(queue)?.untilMs ?? 0) > clock.monotonicMs(),
    note: (queue, { kind }) => {
      if (kind === 'done') failures.delete(queue);
      if (kind === 'done' || kind === 'lost') return;
      const inARow = (failures.get(queue)?.inARow ?? 0) + 1;
      const pauseMs = Math.min(PAUSE_MS * 2 ** (inARow - 1), PAUSE_MS_MAX);
      failures.set(queue, { inARow, untilMs: clock.monotonicMs() + pauseMs });
    },
  };
}
