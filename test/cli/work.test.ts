import { describe, expect, it } from 'vitest';
import type { Lockstep } from '#cli/lockstep.ts';
import { AppError } from '#domain/errors.ts';
import { createFakeJobQueue } from '../fakes/job-queue.ts';
import { createFakeScheduleRegistry } from '../fakes/schedule-registry.ts';
import { createFakeCli, errorOf } from './fake-cli.ts';

/** A command line on queues and schedules in memory. */
function workCli() {
  const jobs = createFakeJobQueue();
  const schedules = createFakeScheduleRegistry();
  const run = async (...argv: string[]) => {
    const fake = createFakeCli({ registry: { schedules } });
    const open = async (folder: string | null) =>
      ({ ...(await fake.cli.open(folder)), jobs }) as Lockstep;
    const { runCommand } = await import('#cli/program.ts');
    const exit = await runCommand({ ...fake.cli, open }, argv, '1.2.3');
    return { exit, ...fake.printed };
  };
  const json = async (...argv: string[]) => JSON.parse((await run(...argv, '--json')).out);
  return { jobs, schedules, run, json };
}

const ON_HOUR = '2026-01-02T04:00:00.000Z';

describe('lockstep schedule', () => {
  it('sets, lists and removes', async () => {
    const { run, json } = workCli();
    const set = await run(
      ...['schedule', 'set', 'posts', '--crawl', '0 */4 * * *', '--vacuum', '30 3 * * 0'],
      ...['--timezone', 'Europe/Berlin'],
    );
    expect(set).toMatchObject({ exit: 0, err: '' });
    expect(set.out).toBe(
      'crawl posts: next at 2026-01-02T07:00:00.000Z\nvacuum posts: next at 2026-01-04T02:30:00.000Z\n',
    );
    expect(await json('schedule', 'list')).toMatchObject([
      { name: 'posts', kind: 'crawl', cron: '0 */4 * * *', timezone: 'Europe/Berlin', missed: 0 },
      { name: 'posts', kind: 'vacuum' },
    ]);
    const table = (await run('schedule', 'list')).out.split('\n');
    expect(table[0]).toMatch(/^name +kind +times +zone +next +last start +missed$/);
    expect(table[1]).toMatch(
      /^posts +crawl +0 \*\/4 \* \* \* +Europe\/Berlin +2026-01-02T07:00:00.000Z +– +0$/,
    );
    expect(await json('schedule', 'remove', 'posts', '--crawl')).toEqual({
      name: 'posts',
      removed: ['crawl'],
    });
    const again = await run('schedule', 'remove', 'posts', '--crawl');
    expect(again.exit).toBe(1);
    expect(again.err).toContain('posts has no such schedule');
    expect(await json('schedule', 'list')).toHaveLength(1);
  });

  it('sets nothing when one of them is wrong', async () => {
    const { run, schedules } = workCli();
    const wrong = [
      [
        ['--crawl', '0 0 * * *', '--verify', '61 * * * *'],
        '"61 * * * *" is no schedule: minute "61"',
      ],
      [['--crawl', '0 0 * *'], '"0 0 * *" is no schedule: it has 4 fields'],
      [['--crawl', ''], 'it is empty'],
      [['--crawl', '0 0 * * *', '--timezone', 'Mars/Olympus'], '"Mars/Olympus" is no time zone'],
      [[], 'say what: --crawl'],
    ] as const;
    for (const [options, message] of wrong) {
      const { exit, err } = await run('schedule', 'set', 'posts', ...options, '--json');
      expect(exit).toBe(2);
      expect(errorOf({ err })).toMatchObject({ code: 'invalid_input' });
      expect(errorOf({ err }).message).toContain(message);
    }
    expect(await schedules.list()).toEqual([]);
  });

  it('knows no views of another name', async () => {
    const { run } = workCli();
    for (const argv of [
      ['set', 'post', '--crawl', '0 0 * * *'],
      ['run', 'post', '--crawl'],
    ]) {
      const { exit, err } = await run('schedule', ...argv);
      expect(exit).toBe(1);
      expect(err).toContain('there are no views named post; there are posts');
    }
  });

  it('queues a job now, unless one waits already', async () => {
    const { run, json, jobs } = workCli();
    const first = await run('schedule', 'run', 'posts', '--crawl', '--verify');
    expect(first.out.split('\n').slice(0, 2)).toEqual([
      'crawl posts: queued; lockstep work and lockstep up take it up',
      'verify posts: queued; lockstep work and lockstep up take it up',
    ]);
    expect(await json('schedule', 'run', 'posts', '--crawl')).toEqual({
      name: 'posts',
      queued: [{ kind: 'crawl', outcome: 'waiting_already' }],
    });
    expect((await jobs.take(['crawl']))?.job).toEqual({ kind: 'crawl', subject: 'posts' });
  });
});

describe('lockstep work', () => {
  it('says how the queues stand and what has failed', async () => {
    const { run, json, jobs } = workCli();
    for (const subject of ['a', 'b', 'c']) await jobs.enqueue({ kind: 'crawl', subject });
    const failed = await jobs.take(['crawl']);
    await failed?.fail(new AppError('not_found', 'there is no source a'), false);
    await jobs.take(['crawl']);
    const { exit, out } = await run('work', '--status');
    expect(exit).toBe(0);
    expect(out).toMatch(
      /^queue +waiting +active +failed +oldest\ndocuments +0 +0 +0 +–\ncrawl +1 +1 +1 +2026/,
    );
    expect(out).toContain('crawl a, 1 attempts: not_found: there is no source a');
    expect(await json('work', '--status')).toMatchObject({
      queues: [
        { queue: 'documents' },
        { queue: 'crawl', waiting: 1, active: 1, failed: 1 },
        {},
        {},
        {},
        {},
      ],
      failures: [{ subject: 'a', code: 'not_found' }],
    });
  });

  it('starts what is due, says what became of it, and exits when nothing is left', async () => {
    const { run, json, jobs, schedules } = workCli();
    const at = '2026-01-01T00:00:00.000Z';
    const due = { name: 'posts', cron: '0 * * * *', timezone: 'UTC', dueAt: at, at };
    await schedules.set({ ...due, kind: 'vacuum' });
    const { exit, out } = await run('work', '--once');
    expect(exit).toBe(0);
    expect(out.split('\n')).toEqual([
      'working on one job at a time',
      `  vacuum posts: is queued by its schedule, for 28 times that have passed; next at ${ON_HOUR}`,
      '  vacuum posts: begun',
      '  vacuum posts: done after 0.0 s',
      '',
    ]);
    await jobs.enqueue({ kind: 'verify', subject: 'posts' });
    expect(await json('work', '--once')).toMatchObject({ done: 1, failed: 0 });
  });

  it('says why a job failed, and goes on', async () => {
    const { run, jobs } = workCli();
    // The sources' registry is there, what a crawl needs is not.
    await jobs.enqueue({ kind: 'crawl', subject: 'posts' });
    await jobs.enqueue({ kind: 'vacuum', subject: 'posts' });
    const { exit, out } = await run('work', '--once');
    expect(exit).toBe(0);
    expect(out).toMatch(/crawl posts: failed, and is tried again: .+ – after 0.0 s/);
    expect(await jobs.status()).toMatchObject([{}, { waiting: 1 }, {}, {}, {}, {}]);
  });

  it('wants a whole number of jobs', async () => {
    const { run } = workCli();
    for (const jobs of ['0', '65', 'x']) {
      expect(await run('work', '--jobs', jobs)).toMatchObject({ exit: 2, out: '' });
    }
  });
});
