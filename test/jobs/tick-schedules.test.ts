import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AppError } from '#domain/errors.ts';
import { SCHEDULE_KINDS } from '#domain/schedule.ts';
import { nextTime } from '#jobs/cron.ts';
import { type ScheduleDeps, tickSchedules } from '#jobs/tick-schedules.ts';
import { QUEUE_NAMES } from '#ports/job-queue.ts';
import { createFakeClock } from '../fakes/clock.ts';
import { createFakeJobQueue } from '../fakes/job-queue.ts';
import { createFakeScheduleRegistry } from '../fakes/schedule-registry.ts';

const tick = async (deps: ScheduleDeps) => (await tickSchedules(deps)).started;

const START = '2026-01-02T03:04:05.000Z';
const HOUR_MS = 3_600_000;

async function world(cron = '0 * * * *', timezone = 'UTC') {
  const clock = createFakeClock({ now: START });
  const jobs = createFakeJobQueue();
  const schedules = createFakeScheduleRegistry();
  const dueAt = nextTime({ cron, timezone }, START);
  await schedules.set({ name: 'posts', kind: 'crawl', cron, timezone, dueAt, at: START });
  /** Does all that is queued; says how many jobs there were. */
  const drain = async () => {
    for (let done = 0; ; done += 1) {
      const taken = await jobs.take(QUEUE_NAMES);
      if (taken === null) return done;
      await taken.done({});
    }
  };
  return { deps: { clock, jobs, schedules }, clock, jobs, schedules, drain };
}

it('starts nothing before its time', async () => {
  const { deps, clock, drain } = await world();
  await clock.advance(HOUR_MS - 245_001);
  expect(await tick(deps)).toEqual([]);
  expect(await drain()).toBe(0);
});

it('queues the job of a schedule that is due, and moves it on', async () => {
  const { deps, clock, schedules, jobs } = await world();
  await clock.advance(HOUR_MS);
  expect(await tick(deps)).toEqual([
    {
      name: 'posts',
      kind: 'crawl',
      dueAt: '2026-01-02T04:00:00.000Z',
      nextAt: '2026-01-02T05:00:00.000Z',
      missed: 0,
      queued: true,
    },
  ]);
  expect(await tick(deps)).toEqual([]);
  expect(await schedules.list()).toMatchObject([
    { dueAt: '2026-01-02T05:00:00.000Z', lastStartedAt: '2026-01-02T04:04:05.000Z', missed: 0 },
  ]);
  const taken = await jobs.take(QUEUE_NAMES);
  expect(taken?.job).toEqual({ kind: 'crawl', subject: 'posts' });
});

it('makes up for any number of missed times by one job', async () => {
  const { deps, clock, schedules, drain } = await world();
  await clock.advance(50 * HOUR_MS);
  expect(await tick(deps)).toMatchObject([{ missed: 49, queued: true }]);
  expect(await tick(deps)).toEqual([]);
  expect(await drain()).toBe(1);
  expect(await schedules.list()).toMatchObject([{ dueAt: '2026-01-04T06:00:00.000Z', missed: 49 }]);
});

it('leaves it to the next tick when the worker dies between the two', async () => {
  const { deps, clock, schedules, drain } = await world();
  await clock.advance(HOUR_MS);
  const dead = { ...schedules, advance: () => Promise.reject(new Error('killed')) };
  await expect(tick({ ...deps, schedules: dead })).rejects.toThrow('killed');
  // Even when the job was done by then, it is not queued again.
  expect(await drain()).toBe(1);
  expect(await tick(deps)).toMatchObject([{ queued: false }]);
  expect(await drain()).toBe(0);
  expect(await schedules.due('2026-01-02T04:30:00.000Z')).toEqual([]);
});

it('loses none when the queue is away', async () => {
  const { deps, clock, jobs, drain } = await world();
  await clock.advance(HOUR_MS);
  jobs.failNext(new AppError('database_unavailable', 'away', { retryable: true }));
  await expect(tick(deps)).rejects.toMatchObject({ code: 'database_unavailable' });
  expect(await tick(deps)).toMatchObject([{ queued: true }]);
  expect(await drain()).toBe(1);
});

it('starts every kind of schedule by itself', async () => {
  const { deps, clock, schedules, jobs } = await world();
  for (const kind of SCHEDULE_KINDS) {
    const dueAt = '2026-01-02T03:30:00.000Z';
    const cron = '30 3 * * *';
    await schedules.set({ name: 'posts', kind, cron, timezone: 'UTC', dueAt, at: START });
  }
  await clock.advance(HOUR_MS / 2);
  const started = await tick(deps);
  expect(started.map(({ kind }) => kind).sort()).toEqual([...SCHEDULE_KINDS].sort());
  expect(await jobs.status()).toMatchObject(
    QUEUE_NAMES.map((queue) => ({ queue, waiting: /documents|publish/.test(queue) ? 0 : 1 })),
  );
});

it('queues one job for each gap without a tick, whoever ticks how often and at once', () =>
  fc.assert(
    fc.asyncProperty(
      fc.constantFrom('*/7 * * * *', '0 * * * *', '30 2 * * *'),
      fc.constantFrom('UTC', 'Europe/Berlin'),
      fc.array(
        fc.record({
          minutes: fc.integer({ min: 1, max: 400 }),
          workers: fc.integer({ min: 1, max: 4 }),
        }),
        { minLength: 1, maxLength: 6 },
      ),
      async (cron, timezone, ticks) => {
        const { deps, clock, drain } = await world(cron, timezone);
        let before = START;
        for (const { minutes, workers } of ticks) {
          await clock.advance(minutes * 60_000);
          const all = await Promise.all(Array.from({ length: workers }, () => tick(deps)));
          const now = clock.now();
          let passed = 0;
          for (let at = nextTime({ cron, timezone }, before); at <= now; passed += 1) {
            at = nextTime({ cron, timezone }, at);
          }
          before = now;
          const started = all.flat();
          expect(started).toHaveLength(passed === 0 ? 0 : 1);
          expect(started[0]?.missed ?? 0).toBe(Math.max(0, Math.min(passed - 1, 1_000)));
          expect(await drain()).toBe(started.length);
        }
      },
    ),
    { numRuns: 25 },
  ));
