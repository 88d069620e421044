import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#domain/errors.ts';
import { nextTime } from '#jobs/cron.ts';
import type { JobHandlers } from '#jobs/run-job.ts';
import { startWorker, type WorkerEvent, type WorkerReport } from '#jobs/worker.ts';
import type { BatchWork } from '#ports/batch-queue.ts';
import { JOB_KINDS } from '#ports/job-queue.ts';
import { createFakeClock, type FakeClock } from '../fakes/clock.ts';
import { createFakeJobQueue, type FakeJobQueue } from '../fakes/job-queue.ts';
import { createFakeScheduleRegistry } from '../fakes/schedule-registry.ts';

const BATCH = { viewId: 'posts@v1', epoch: 2, documentIds: ['a', 'b'] };
const COUNTS = { documents: 2, added: 3, closed: 0, kept: 0, embedded: 3, ended: 0 };
const AWAY = new AppError('database_unavailable', 'away', { retryable: true });

describe('a worker', () => {
  let clock: FakeClock;
  let jobs: FakeJobQueue;
  let schedules: ReturnType<typeof createFakeScheduleRegistry>;
  let leaving: AbortController;
  let events: WorkerEvent[];
  beforeEach(() => {
    clock = createFakeClock();
    jobs = createFakeJobQueue();
    schedules = createFakeScheduleRegistry();
    leaving = new AbortController();
    events = [];
  });

  type Given = {
    readonly handlers?: Partial<JobHandlers>;
    readonly workBatch?: BatchWork;
    readonly jobsAtOnce?: number;
    readonly once?: boolean;
    readonly onEvent?: (event: WorkerEvent) => void;
  };
  const start = (given: Given = {}): Promise<WorkerReport> => {
    const idle = async () => ({});
    const nothing = { crawl: idle, publish: idle, reembed: idle, verify: idle, vacuum: idle };
    const handlers: JobHandlers = { ...nothing, ...given.handlers };
    const workBatch = given.workBatch ?? (async () => COUNTS);
    const onEvent = (event: WorkerEvent) => {
      events.push(event);
      given.onEvent?.(event);
    };
    const options = { jobsAtOnce: given.jobsAtOnce ?? 1, once: given.once ?? true, onEvent };
    return startWorker({ handlers, workBatch, jobs, schedules, clock }, options, leaving.signal);
  };
  const none = { done: 0, retried: 0, failed: 0, lost: 0, given_back: 0 };
  /** Lasts until it is told to end, as everything in Lockstep does. */
  const untilAborted = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  const outcomes = () =>
    events.flatMap((event) => (event.kind === 'settled' ? [event.outcome.kind] : []));

  it('ends at once when there is nothing to do and it works once', async () => {
    expect(await start()).toEqual(none);
    expect(clock.sleeping()).toBe(0);
  });

  it('hands each job to its handler, batches first, and settles it with what it gave', async () => {
    const seen: string[] = [];
    const handlers = Object.fromEntries(
      JOB_KINDS.map((kind) => [
        kind,
        async (subject: string) => {
          seen.push(`${kind} ${subject}`);
          return { pages: 4 };
        },
      ]),
    );
    for (const kind of JOB_KINDS) await jobs.enqueue({ kind, subject: 'posts' });
    jobs.enqueueBatch({ runId: 'run', batch: BATCH });
    const workBatch: BatchWork = async (batch) => {
      expect(batch).toEqual(BATCH);
      seen.push('documents');
      return COUNTS;
    };
    const report = await start({ handlers, workBatch });
    expect(report).toEqual({ ...none, done: 6 });
    expect(seen).toEqual(['documents', ...JOB_KINDS.map((kind) => `${kind} posts`)]);
    expect(events[1]).toMatchObject({ kind: 'settled', outcome: { kind: 'done', result: COUNTS } });
    expect(events[3]).toMatchObject({ outcome: { kind: 'done', result: { pages: 4 } } });
  });

  it('works on as many at once as it may', async () => {
    for (const subject of ['a', 'b', 'c', 'd', 'e']) await jobs.enqueue({ kind: 'crawl', subject });
    let atOnce = 0;
    let most = 0;
    const crawl = async () => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      for (let turn = 0; turn < 5; turn += 1) await new Promise((go) => setImmediate(go));
      atOnce -= 1;
      return {};
    };
    expect(await start({ handlers: { crawl }, jobsAtOnce: 3 })).toEqual({ ...none, done: 5 });
    expect(most).toBe(3);
  });

  it('looks again after a while, and starts what is due', async () => {
    const cron = { cron: '0 * * * *', timezone: 'UTC' };
    const dueAt = nextTime(cron, clock.now());
    await schedules.set({ ...cron, name: 'posts', kind: 'verify', dueAt, at: clock.now() });
    const working = start({ once: false });
    await clock.whenSleeping(() => true);
    await clock.advance(3_600_000);
    leaving.abort();
    expect(await working).toEqual({ ...none, done: 1 });
    expect(events.map(({ kind }) => kind)).toEqual(['scheduled', 'taken', 'settled']);
    expect(events[0]).toMatchObject({ started: { name: 'posts', kind: 'verify', missed: 0 } });
  });

  it('tries again what may help, and what it does not understand, and nothing else', async () => {
    const errors = [
      new AppError('upstream_unavailable', 'away', { retryable: true }),
      new Error('a bug'),
      new AppError('not_found', 'no source'),
    ];
    for (const subject of ['0', '1', '2']) await jobs.enqueue({ kind: 'crawl', subject });
    const crawl = async (subject: string) => {
      throw errors[Number(subject)];
    };
    const working = start({ handlers: { crawl }, once: false });
    while (outcomes().length < 3) {
      await clock.advance(1_000);
      await new Promise((go) => setImmediate(go));
    }
    leaving.abort();
    expect(await working).toMatchObject({ retried: 2, failed: 1 });
    expect(outcomes()).toEqual(['retried', 'retried', 'failed']);
    expect(await jobs.failures(9)).toMatchObject([{ code: 'not_found', attempts: 1 }]);
  });

  it('tries a batch again whatever went wrong, but gives back what only it cannot do', async () => {
    for (const code of ['not_found', 'embedding_space_mismatch', 'invalid_config'] as const) {
      jobs = createFakeJobQueue();
      events = [];
      jobs.enqueueBatch({ runId: 'run', batch: BATCH });
      const workBatch = async () => {
        throw new AppError(code, 'no');
      };
      await start({ workBatch });
      expect(outcomes()).toEqual([code === 'not_found' ? 'retried' : 'given_back']);
      expect(await jobs.status()).toMatchObject([{ waiting: 1, failed: 0 }, {}, {}, {}, {}, {}]);
    }
  });

  it('leaves a queue to others for longer and longer while it fails at it', async () => {
    for (let at = 0; at < 20; at += 1) {
      jobs.enqueueBatch({ runId: 'run', batch: { ...BATCH, epoch: at } });
    }
    await jobs.enqueue({ kind: 'crawl', subject: 'posts' });
    const failedMs: number[] = [];
    let wrong = true;
    const workBatch = async () => {
      if (!wrong) return COUNTS;
      failedMs.push(clock.monotonicMs());
      throw new Error('not here');
    };
    const working = start({ workBatch, once: false });
    while (failedMs.length < 5) await clock.advance(500);
    const gaps = failedMs.slice(1).map((ms, at) => ms - (failedMs[at] ?? 0));
    for (const [at, gapMs] of gaps.entries()) expect(gapMs).toBeGreaterThanOrEqual(1_000 * 2 ** at);
    // Other queues do not suffer from it.
    expect(outcomes()).toContain('done');
    wrong = false;
    while (outcomes().length < 21) await clock.advance(1_000);
    leaving.abort();
    expect(await working).toMatchObject({ done: 16, retried: 5 });
  });

  it('stops what it lost, and does not count it', async () => {
    await jobs.enqueue({ kind: 'crawl', subject: 'posts' });
    const began = Promise.withResolvers<AbortSignal>();
    const crawl = (_: string, signal: AbortSignal) => {
      began.resolve(signal);
      return untilAborted(signal);
    };
    const working = start({ handlers: { crawl }, once: false });
    const signal = await began.promise;
    jobs.silence();
    await jobs.take([]);
    jobs.beat();
    expect(signal.aborted).toBe(true);
    leaving.abort();
    expect(await working).toEqual({ ...none, lost: 1 });
    expect(await jobs.status()).toMatchObject([
      {},
      { waiting: 1, active: 0, failed: 0 },
      {},
      {},
      {},
      {},
    ]);
  });

  it('goes on past a schedule that it cannot read', async () => {
    const unreadable = {
      name: 'posts',
      kind: 'crawl',
      cron: '0 0 * * *',
      timezone: 'Mars/Olympus',
    };
    const readable = { ...unreadable, kind: 'verify', timezone: 'UTC' } as const;
    const dueAt = '2026-01-02T00:00:00.000Z';
    await schedules.set({ ...unreadable, kind: 'crawl', dueAt, at: dueAt });
    await schedules.set({ ...readable, dueAt, at: dueAt });
    expect(await start()).toEqual({ ...none, done: 1 });
    expect(events.filter(({ kind }) => kind === 'trouble')).toMatchObject([
      { error: { code: 'invalid_input', message: expect.stringContaining('Mars/Olympus') } },
    ]);
  });

  it('lets what is in hand end when it is told to stop, and takes nothing new', async () => {
    for (const subject of ['a', 'b']) await jobs.enqueue({ kind: 'crawl', subject });
    const began = Promise.withResolvers<void>();
    const end = Promise.withResolvers<void>();
    const crawl = async () => {
      began.resolve();
      await end.promise;
      return {};
    };
    const working = start({ handlers: { crawl }, once: false });
    await began.promise;
    leaving.abort();
    end.resolve();
    expect(await working).toEqual({ ...none, done: 1 });
    expect(clock.sleeping()).toBe(0);
    expect(await jobs.status()).toMatchObject([{}, { waiting: 1, active: 0 }, {}, {}, {}, {}]);
  });

  it('gives back what does not end in time when it is told to stop', async () => {
    await jobs.enqueue({ kind: 'crawl', subject: 'posts' });
    const began = Promise.withResolvers<void>();
    const crawl = (_: string, signal: AbortSignal) => {
      began.resolve();
      return untilAborted(signal);
    };
    const working = start({ handlers: { crawl }, once: false });
    await began.promise;
    leaving.abort();
    await clock.whenSleeping((ms) => ms > 1_000);
    await clock.advance(60_000);
    expect(await working).toEqual({ ...none, given_back: 1 });
    expect(await jobs.take(['crawl'])).toMatchObject({ attempt: 1 });
  });

  it('waits for a queue that is away, and goes on', async () => {
    await jobs.enqueue({ kind: 'crawl', subject: 'posts' });
    jobs.failNext(AWAY, AWAY, AWAY);
    const working = start({ once: false });
    while (outcomes().length === 0) await clock.advance(1_000);
    leaving.abort();
    expect(await working).toEqual({ ...none, done: 1 });
    expect(events.filter(({ kind }) => kind === 'trouble')).toHaveLength(3);
    expect(clock.sleeps.slice(0, 3)).toEqual([1_000, 2_000, 4_000]);
  });

  it('does not wait for ever when it works once, nor for what waiting does not mend', async () => {
    jobs.failNext(...Array.from({ length: 9 }, () => AWAY));
    const settled = start().catch((thrown: unknown) => thrown);
    for (let turn = 0; turn < 60; turn += 1) await clock.advance(1_000);
    expect(await settled).toMatchObject({ code: 'database_unavailable' });
    jobs = createFakeJobQueue();
    jobs.failNext(new AppError('internal', 'no such table'));
    await expect(start({ once: false })).rejects.toMatchObject({ message: 'no such table' });
  });

  it('goes on when it cannot settle a job, which others then find silent', async () => {
    await jobs.enqueue({ kind: 'crawl', subject: 'posts' });
    const crawl = async () => {
      jobs.failNext(AWAY);
      return {};
    };
    expect(await start({ handlers: { crawl } })).toEqual({ ...none, lost: 1 });
    expect(events.at(-1)).toMatchObject({
      kind: 'trouble',
      error: { code: 'database_unavailable' },
    });
    expect(await jobs.status()).toMatchObject([{}, { active: 1 }, {}, {}, {}, {}]);
  });
});
