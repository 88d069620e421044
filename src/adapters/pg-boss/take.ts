import { AppError } from '#domain/errors.ts';
import type { BatchJob, Job, QueueName, TakenJob } from '#ports/job-queue.ts';
import { SCHEMA } from './boss.ts';
import { type Claim, failClaim, type HoldParts, hold } from './hold.ts';

/** What is stored with a job. */
export type Payload = Pick<Job, 'subject'> | Pick<BatchJob, 'runId' | 'batch'>;

type Waiting = { readonly queue: QueueName; readonly run: string | null };

const WAITING = `
  select distinct name as queue, group_id as run from ${SCHEMA}.job
  where name = any($1) and state < 'active' and not blocked and start_after <= now()`;

const SILENT = `
  select name as queue, id, retry_count as "retryCount" from ${SCHEMA}.job
  where state = 'active' and heartbeat_on < now() - $1 * interval '1 ms'
  limit 1000`;

const AT_ONCE = `
  update ${SCHEMA}.job set start_after = now() where name = $1 and id = $2 and state = 'retry'`;

/** The next job of some queues, or `null`; of one run alone when `runId` is given. */
export type Take = (queues: readonly QueueName[], runId?: string) => Promise<TakenJob | null>;

/** What the dead had in hand is handed on before, so that whoever looks for work finds it. */
export function createTake(parts: HoldParts): Take {
  const { boss, clock, times } = parts;
  let lookedMs = Number.NEGATIVE_INFINITY;

  return async (queues, runId) => {
    if (clock.monotonicMs() - lookedMs >= times.lookMs) {
      lookedMs = clock.monotonicMs();
      await handOn(parts);
    }
    const waiting = await boss.query<Waiting>(WAITING, [queues]);
    for (const queue of queues) {
      const runs = waiting.filter((row) => row.queue === queue).map(({ run }) => run);
      if (runs.length === 0 || (runId !== undefined && !runs.includes(runId))) continue;
      const taken = await takeFrom(queue, runs, runId);
      if (taken !== null) return taken;
    }
    return null;
  };

  async function takeFrom(
    queue: QueueName,
    runs: readonly (string | null)[],
    runId?: string,
  ): Promise<TakenJob | null> {
    const ignoreGroups = runs.flatMap((run) => (run === null || run === runId ? [] : [run]));
    const [found] = await boss.use((vendor) =>
      vendor.fetch<Payload>(queue, runId === undefined ? {} : { ignoreGroups }),
    );
    if (found === undefined) return null;
    const held = hold(parts, queue, found, jobOf(queue, found.data));
    if (runId === undefined || found.groupId === runId) return held;
    // One of another run, queued since we looked.
    await held.giveBack();
    return null;
  }
}

const jobOf = (queue: QueueName, payload: Payload): Job | BatchJob => {
  if ('batch' in payload) return { kind: 'documents', ...payload };
  if (queue === 'documents')
    throw new AppError('internal', 'a batch was queued without documents.');
  return { kind: queue, subject: payload.subject };
};

/** Gives the jobs of those who fell silent another attempt, or ends them when they had enough. */
async function handOn({ boss, times }: HoldParts): Promise<void> {
  const silent = await boss.query<Claim & { queue: QueueName }>(SILENT, [times.silenceMs]);
  for (const { queue, ...claim } of silent) {
    const message =
      `whoever worked on job ${claim.id} fell silent (attempt ${claim.retryCount + 1}): the process was ` +
      'killed, or lost the database. Look at its log if it happens again.';
    const error = new AppError('internal', message, { retryable: true });
    const became = await failClaim(boss, queue, claim, error);
    // The job is not known to be at fault: others need not wait.
    if (became === 'retried') await boss.query(AT_ONCE, [queue, claim.id]);
  }
}
