import { AppError, ERROR_CODES, toAppError } from '#domain/errors.ts';
import { uuidOf } from '#domain/hash.ts';
import type { BatchCounts, BatchQueue, BatchWork, DocumentBatch } from '#ports/batch-queue.ts';
import type { TakenJob } from '#ports/job-queue.ts';
import { SCHEMA, termsOf } from './boss.ts';
import type { HoldParts } from './hold.ts';
import type { Payload, Take } from './take.ts';

/** Batches of a run that are queued and not yet counted. */
const QUEUED_MAX = 256;
const QUEUE = 'documents';

type Run = {
  readonly id: string;
  readonly work: BatchWork;
  /** Aborts when the coordinator leaves, for whatever reason. */
  readonly ending: AbortController;
  /** Resolves what waits for the next look at the queue. */
  wake(): void;
};

/** The batches of a run that are queued and not yet counted, by job. */
type Queued = Map<string, DocumentBatch>;

export type BatchQueueParts = HoldParts & {
  readonly take: Take;
  /** Batches that the coordinator of a run works on at once. */
  readonly batchesAtOnce: number;
};

export function createBatchQueue(parts: BatchQueueParts): BatchQueue {
  let shares = 0;
  return {
    async *shareOut(runId, batches, work, signal) {
      if (batches.length === 0) return;
      // A run may share out more than once, and nobody's late word may be taken for one of another.
      shares += 1;
      const jobIds = batches.map((_, at) => uuidOf('batch', runId, String(shares), String(at)));
      await forsake(parts, runId, batches);
      const bell = createBell();
      const run: Run = { id: runId, work, ending: new AbortController(), wake: bell.ring };
      const own = AbortSignal.any([signal, run.ending.signal]);
      const turns: Promise<void>[] = [];
      const queued: Queued = new Map();
      try {
        for (let at = 0; ; ) {
          own.throwIfAborted();
          const more = batches
            .slice(at, at + QUEUED_MAX - queued.size)
            .map((batch, ahead) => [jobIds[at + ahead] ?? '', batch] as const);
          for (const [id, batch] of more) queued.set(id, batch);
          await queue(parts, runId, more);
          at += more.length;
          while (turns.length < parts.batchesAtOnce) turns.push(workAlong(parts, run, own));
          for (const counts of await collect(parts, runId, queued)) yield counts;
          if (queued.size === 0 && at === batches.length) return;
          await bell.wait(parts.clock, parts.times.pollMs, own);
        }
      } catch (thrown) {
        throw toAppError(own.aborted ? own.reason : thrown);
      } finally {
        run.ending.abort();
        await Promise.all(turns);
        await takeBack(parts, [...queued.keys()]);
      }
    },
  };
}

/** Queues batches under ids of their own: what is queued already is not queued again. */
async function queue(
  { boss, times }: HoldParts,
  runId: string,
  entries: readonly (readonly [string, DocumentBatch])[],
): Promise<void> {
  if (entries.length === 0) return;
  const terms = termsOf(QUEUE, times);
  const jobs = entries.map(([id, batch]) => ({
    ...terms,
    id,
    data: { runId, batch } satisfies Payload,
    group: { id: runId },
  }));
  await boss.use((vendor) => vendor.insert(QUEUE, jobs));
}

type Outcome = { readonly id: string; readonly state: string; readonly output: unknown };

/**
 * Counts of what was finished since the last look; each is taken off the queue with it. Queues again
 * what somebody deleted. Rejects with what a batch failed with, once it is not tried any more.
 */
async function collect(
  parts: HoldParts,
  runId: string,
  queued: Queued,
): Promise<readonly BatchCounts[]> {
  const rows = await parts.boss.query<Outcome>(
    `select id, state, output from ${SCHEMA}.job where name = $1 and group_id = $2`,
    [QUEUE, runId],
  );
  const failed = rows.find(({ id, state }) => state === 'failed' && queued.has(id));
  if (failed !== undefined) throw errorOf(failed.output);
  const present = new Set(rows.map(({ id }) => id));
  await queue(
    parts,
    runId,
    [...queued].filter(([id]) => !present.has(id)),
  );
  const done = rows.filter(({ id, state }) => state === 'completed' && queued.has(id));
  if (done.length === 0) return [];
  const ids = done.map(({ id }) => id);
  await parts.boss.use((vendor) => vendor.deleteJob(QUEUE, ids));
  for (const id of ids) queued.delete(id);
  return done.map(({ output }) => output as BatchCounts);
}

/** Takes up batches of the run, one after another, until it ends. */
async function workAlong(parts: BatchQueueParts, run: Run, signal: AbortSignal): Promise<void> {
  try {
    while (!signal.aborted) {
      const taken = await parts.take([QUEUE], run.id);
      if (taken !== null) await workOn(taken, run, signal);
      else await parts.clock.sleep(parts.times.pollMs, signal).catch(() => undefined);
    }
  } catch (thrown) {
    // Only the queue itself fails here, and the run with it.
    run.ending.abort(thrown);
  }
}

async function workOn(taken: TakenJob, { work, wake }: Run, signal: AbortSignal): Promise<void> {
  if (taken.job.kind !== QUEUE) return;
  const heard = AbortSignal.any([signal, taken.lost]);
  try {
    heard.throwIfAborted();
    const counts = await work(taken.job.batch, heard);
    await taken.done(counts);
  } catch (thrown) {
    // What the leaving coordinator still has in hand goes with the rest of its run.
    if (signal.aborted) await taken.giveBack();
    else if (!taken.lost.aborted) await taken.fail(toAppError(thrown), true);
  }
  wake();
}

/** Batches of runs that ended without taking them back: one writer per view says that they did. */
async function forsake(
  { boss }: HoldParts,
  runId: string,
  batches: readonly DocumentBatch[],
): Promise<void> {
  const views = [...new Set(batches.map(({ viewId }) => viewId))];
  const rows = await boss.query<{ id: string }>(
    `select id from ${SCHEMA}.job where name = $1 and state <> 'failed' and group_id <> $2
        and data -> 'batch' ->> 'viewId' = any($3)`,
    [QUEUE, runId, views],
  );
  const ids = rows.map(({ id }) => id);
  if (ids.length > 0) await boss.use((vendor) => vendor.deleteJob(QUEUE, ids));
}

/** What failed stays to be looked at; the rest goes, and whoever has it in hand finds that it went. */
async function takeBack({ boss }: HoldParts, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await boss
    .query(`delete from ${SCHEMA}.job where name = $1 and id = any($2) and state <> 'failed'`, [
      QUEUE,
      ids,
    ])
    // A database that is away keeps them for the next run of the view to take back.
    .catch(() => undefined);
}

function errorOf(output: unknown): AppError {
  const kept = (output ?? {}) as Partial<
    Pick<AppError, 'code' | 'message' | 'param' | 'retryable'>
  >;
  const code = ERROR_CODES.find((known) => known === kept.code) ?? 'internal';
  const message = `a batch of documents failed again and again: ${kept.message ?? 'it says not why'}`;
  return new AppError(code, message, {
    retryable: kept.retryable ?? false,
    ...(typeof kept.param === 'string' && { param: kept.param }),
  });
}

/** Wakes who waits as soon as there is something to see, or after a while. */
function createBell() {
  let ring = Promise.withResolvers<void>();
  return {
    ring: () => ring.resolve(),
    async wait(clock: HoldParts['clock'], ms: number, signal: AbortSignal): Promise<void> {
      const over = new AbortController();
      try {
        await Promise.race([
          ring.promise,
          clock.sleep(ms, AbortSignal.any([signal, over.signal])).catch(() => undefined),
        ]);
      } finally {
        over.abort();
        ring = Promise.withResolvers<void>();
      }
    },
  };
}
