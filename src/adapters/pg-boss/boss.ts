import type pg from 'pg';
import type { Clock, Db, JobInsert, PgBoss, QueueResult } from 'pg-boss';
import { JOB_KINDS, QUEUE_NAMES, type QueueName } from '#ports/job-queue.ts';
import type { Log } from '#ports/system.ts';
import { translated } from './errors.ts';
import { executorOf } from './executor.ts';
import type { QueueTimes } from './options.ts';

/** pg-boss's tables are apart from ours: it migrates them itself. */
export const SCHEMA = 'lockstep_jobs';

/** Attempts, the first among them, before a job is kept as failed. */
const ATTEMPTS_MAX = { documents: 4, jobs: 6 } as const;
const RETRY_SECONDS_MAX = { documents: 30, jobs: 900 } as const;
/** The longest that pg-boss lets a job run, a second short of a day. */
const RUN_SECONDS_MAX = 86_399;
/** How long done and failed jobs are kept. */
export const KEEP_SECONDS = 7 * 86_400;

/** The vendor's queues, opened when first used. */
export type Boss = {
  /** Runs `work` on the queues, which are created or brought up to date before the first. */
  use<T>(work: (boss: PgBoss) => Promise<T>): Promise<T>;
  /** Runs one statement on the vendor's tables. */
  query<T>(text: string, values: readonly unknown[]): Promise<readonly T[]>;
  close(): Promise<void>;
};

export function createBoss(pool: pg.Pool, log: Log): Boss {
  const db = executorOf(pool);
  let opening: Promise<PgBoss> | null = null;
  const open = (): Promise<PgBoss> => {
    opening ??= start(db, log).catch((thrown: unknown) => {
      // The next use tries again: the database may have been away.
      opening = null;
      throw thrown;
    });
    return opening;
  };
  return {
    use: (work) => translated(async () => work(await open())),
    query: <T>(text: string, values: readonly unknown[]) =>
      translated(async () => {
        await open();
        const { rows } = await db.executeSql(text, [...values]);
        return rows as readonly T[];
      }),
    close: async () => {
      const boss = await opening?.catch(() => null);
      await boss?.stop({ graceful: false });
    },
  };
}

async function start(db: Db, log: Log): Promise<PgBoss> {
  // A sixth of a second to load, which only those pay who queue something.
  const vendor = await import('pg-boss');
  const boss = new vendor.PgBoss({
    db,
    schema: SCHEMA,
    clock: unheld(vendor.systemClock),
    // Who died is found by `reclaim`, in seconds instead of a minute; times are ours (`schedules`).
    supervise: false,
    schedule: false,
    registerInstance: false,
    monitorVacuum: false,
    openTelemetry: { enabled: false },
  });
  boss.on('error', (thrown: unknown) =>
    log.warn('the job queues are in trouble', { why: reasonOf(thrown) }),
  );
  boss.on('warning', ({ message }) => log.warn('the job queues warn', { why: message }));
  await boss.start();
  try {
    const known = new Map((await boss.getQueues()).map((queue) => [queue.name, queue]));
    for (const name of QUEUE_NAMES) await ensureQueue(boss, name, known.get(name));
  } catch (thrown) {
    await boss.stop({ graceful: false });
    throw thrown;
  }
  return boss;
}

/** `stately`: of jobs with one key at most one waits, and at most one runs. */
async function ensureQueue(
  boss: PgBoss,
  name: QueueName,
  known: QueueResult | undefined,
): Promise<void> {
  if (known !== undefined) return;
  const isKeyed = JOB_KINDS.some((kind) => kind === name);
  await boss.createQueue(name, { policy: isKeyed ? 'stately' : 'standard' });
}

/** The vendor's clock, with timers that never keep the process alive. */
const unheld = (clock: Clock): Clock => ({
  ...clock,
  setTimeout: (work, ms) => setTimeout(work, ms).unref(),
  setInterval: (work, ms) => setInterval(work, ms).unref(),
});

/** How often, how late and how long the jobs of a queue are tried. */
export function termsOf(queue: QueueName, { retrySeconds }: QueueTimes): JobInsert {
  const terms = queue === 'documents' ? 'documents' : 'jobs';
  const delay = retrySeconds[terms];
  return {
    retryLimit: ATTEMPTS_MAX[terms] - 1,
    retryDelay: delay,
    ...(delay > 0 && { retryBackoff: true, retryDelayMax: RETRY_SECONDS_MAX[terms] }),
    expireInSeconds: RUN_SECONDS_MAX,
    deleteAfterSeconds: KEEP_SECONDS,
    retentionSeconds: KEEP_SECONDS,
  };
}

/** The library reports errors, and now and then something that only holds a message. */
function reasonOf(thrown: unknown): string {
  const held = typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, 'message') : '';
  return typeof held === 'string' && held !== '' ? held : String(thrown);
}
