import { AppError, toAppError } from '#domain/errors.ts';
import type { BatchJob, Job, JobResult, QueueName, TakenJob } from '#ports/job-queue.ts';
import type { Clock } from '#ports/system.ts';
import { type Boss, SCHEMA } from './boss.ts';
import { isConflict } from './errors.ts';
import type { QueueTimes } from './options.ts';

/** A job as pg-boss hands it out; `retryCount` names the attempt. */
export type Claim = { readonly id: string; readonly retryCount: number };

export type HoldParts = { readonly boss: Boss; readonly clock: Clock; readonly times: QueueTimes };

/** What is kept of an error, for whoever reads the failures or waits for the job. */
const keptError = ({ code, message, retryable, param }: AppError) => ({
  code,
  // JSON in Postgres has no NUL and no half characters, and an error may quote a page.
  message: message.replaceAll('\0', '\ufffd').toWellFormed(),
  retryable,
  param,
});

/** Keeps a claim alive by heartbeats until it is settled, and says when it has been lost. */
export function hold(
  { boss, clock, times }: HoldParts,
  queue: QueueName,
  claim: Claim,
  job: Job | BatchJob,
): TakenJob {
  const lost = new AbortController();
  const settled = new AbortController();
  void beat().catch(() => undefined);

  async function beat(): Promise<void> {
    let heardMs = clock.monotonicMs();
    for (;;) {
      await clock.sleep(times.heartbeatMs, settled.signal);
      try {
        const answer = await boss.use((vendor) => vendor.touch(queue, claim));
        if (settled.signal.aborted) return;
        if (affectedBy(answer) === 0) return lose(null);
        heardMs = clock.monotonicMs();
      } catch (thrown) {
        // Others take us for dead from now on; until then the database may come back.
        if (clock.monotonicMs() - heardMs >= times.silenceMs) return lose(thrown);
      }
    }
  }

  function lose(cause: unknown): void {
    lost.abort(
      new AppError(
        'lease_held',
        `job ${claim.id} is not ours any more: its run has ended, or we were silent for so long that ` +
          'another took it over.',
        { retryable: true, ...(cause !== null && { cause }) },
      ),
    );
  }

  /** Settles once; the heart stops before, so that it does not take the end for a loss. */
  async function settle<T>(work: () => Promise<T>): Promise<T> {
    settled.abort();
    return work();
  }

  return {
    id: claim.id,
    job,
    attempt: claim.retryCount + 1,
    lost: lost.signal,
    done: (result: JobResult) =>
      settle(async () => {
        const answer = await boss.use((vendor) => vendor.complete(queue, claim, result));
        return affectedBy(answer) > 0;
      }),
    fail: (error, retry) =>
      settle(async () => {
        if (!retry) await endAttempts(boss, queue, claim);
        return failClaim(boss, queue, claim, toAppError(error));
      }),
    giveBack: () => settle(() => giveBack(boss, queue, claim)),
  };
}

/** Fails an attempt; others of the same claim have been settled by then, or none. */
export async function failClaim(
  boss: Boss,
  queue: QueueName,
  claim: Claim,
  error: AppError,
): Promise<'retried' | 'failed' | 'lost'> {
  const answer = await boss.use((vendor) => vendor.fail(queue, claim, keptError(error)));
  if (affectedBy(answer) === 0) return 'lost';
  const rows = await boss.query<{ state: string }>(
    `select state from ${SCHEMA}.job where name = $1 and id = $2`,
    [queue, claim.id],
  );
  return rows[0]?.state === 'failed' ? 'failed' : 'retried';
}

/** pg-boss knows no failure for good but by the number of attempts. */
const endAttempts = (boss: Boss, queue: QueueName, { id, retryCount }: Claim) =>
  boss.query(
    `update ${SCHEMA}.job set retry_limit = retry_count
      where name = $1 and id = $2 and state = 'active' and retry_count = $3`,
    [queue, id, retryCount],
  );

/** The vendor knows no return without an attempt lost; a job that never began has no `started_on`. */
async function giveBack(boss: Boss, queue: QueueName, claim: Claim): Promise<void> {
  try {
    await boss.query(
      `update ${SCHEMA}.job set state = 'created', started_on = null, heartbeat_on = null
        where name = $1 and id = $2 and state = 'active' and retry_count = $3`,
      [queue, claim.id, claim.retryCount],
    );
  } catch (thrown) {
    if (!(thrown instanceof AppError && isConflict(thrown.cause))) throw thrown;
    // One like it was queued while ours ran; it will do.
    await boss.use((vendor) => vendor.deleteJob(queue, claim));
  }
}

/** How many jobs a command met: the vendor says it, but leaves it out of its types. */
function affectedBy(answer: object): number {
  const affected: unknown = Reflect.get(answer, 'affected');
  if (typeof affected === 'number') return affected;
  throw new AppError('internal', 'pg-boss does not say what a command changed any more.');
}
