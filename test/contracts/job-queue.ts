import { beforeEach, expect, it } from 'vitest';
import { AppError } from '#domain/errors.ts';
import { JOB_KINDS, type JobQueue, QUEUE_NAMES } from '#ports/job-queue.ts';

/** Queues over one store, as several processes hold them. */
export type JobQueueBed = {
  readonly one: JobQueue;
  readonly other: JobQueue;
  /** As if nobody who has a job in hand had been heard of for a minute. */
  silence(): Promise<void>;
  /** Lets those who have a job in hand be heard of once, or learn that they lost it. */
  beat(): Promise<void>;
  /** As if every wait for another attempt were over. */
  hasten(): Promise<void>;
};

const ATTEMPTS_MAX = 20;

/** What every `JobQueue` promises. `open` gives empty ones before each case. */
export function jobQueueContract(open: () => Promise<JobQueueBed>): void {
  let bed: JobQueueBed;
  beforeEach(async () => {
    bed = await open();
  });
  const crawl = (subject = 'posts') => ({ kind: 'crawl', subject }) as const;
  const taken = async (queue = bed.one, queues: Parameters<JobQueue['take']>[0] = QUEUE_NAMES) => {
    const found = await queue.take(queues);
    if (found === null) throw new Error('there is no job to take');
    return found;
  };
  const statusOf = async (name: string) =>
    (await bed.other.status()).find(({ queue }) => queue === name);
  const trouble = new AppError('upstream_unavailable', 'the site is away \0 \ud800', {
    retryable: true,
  });

  it('gives a job to one of many who ask', async () => {
    expect(await bed.one.enqueue(crawl())).toBe('queued');
    const all = await Promise.all([bed.one, bed.other].map((queue) => queue.take(QUEUE_NAMES)));
    const found = all.filter((job) => job !== null);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ job: { kind: 'crawl', subject: 'posts' }, attempt: 1 });
    expect(await found[0]?.done({ documents: 3 })).toBe(true);
    expect(await bed.other.take(QUEUE_NAMES)).toBeNull();
  });

  it('has a queue for every kind, and takes from those that were asked for, in their order', async () => {
    for (const kind of JOB_KINDS) await bed.one.enqueue({ kind, subject: 'posts' });
    expect(await bed.one.take([])).toBeNull();
    expect((await taken(bed.one, ['vacuum'])).job.kind).toBe('vacuum');
    expect(await bed.one.take(['vacuum', 'documents'])).toBeNull();
    expect((await taken(bed.one, ['verify', 'crawl'])).job.kind).toBe('verify');
    const rest = [await taken(), await taken(), await taken()].map(({ job }) => job.kind);
    expect(rest).toEqual(['crawl', 'publish', 'reembed']);
  });

  it('does not queue a job that is waiting already, nor run two like it at once', async () => {
    expect(await bed.one.enqueue(crawl())).toBe('queued');
    expect(await bed.other.enqueue(crawl())).toBe('waiting_already');
    expect(await bed.other.enqueue(crawl('notes'))).toBe('queued');
    const first = await taken();
    expect(
      await bed.other.enqueue(crawl(first.job.kind === 'crawl' ? first.job.subject : '')),
    ).toBe('queued');
    const second = await taken();
    expect(new Set([first.job, second.job])).toEqual(new Set([crawl(), crawl('notes')]));
    expect(await bed.other.take(QUEUE_NAMES)).toBeNull();
    await first.done({});
    expect((await taken(bed.other)).job).toEqual(first.job);
  });

  it('queues what is wanted once but once, whatever became of it', async () => {
    const at = '2026-01-02T03:00:00.000Z';
    expect(await bed.one.enqueue(crawl(), at)).toBe('queued');
    const first = await taken();
    await first.done({});
    expect(await bed.other.enqueue(crawl(), at)).toBe('waiting_already');
    expect(await bed.other.take(QUEUE_NAMES)).toBeNull();
    expect(await bed.other.enqueue(crawl(), '2026-01-02T04:00:00.000Z')).toBe('queued');
  });

  it('gives a job that failed to another, and keeps it with its error in the end', async () => {
    await bed.one.enqueue(crawl());
    let outcome = '';
    let attempts = 0;
    while (outcome !== 'failed' && attempts < ATTEMPTS_MAX) {
      await bed.hasten();
      const job = await taken(attempts % 2 === 0 ? bed.one : bed.other);
      attempts += 1;
      expect(job.attempt).toBe(attempts);
      outcome = await job.fail(trouble, true);
    }
    expect(outcome).toBe('failed');
    expect(attempts).toBeGreaterThan(2);
    expect(await statusOf('crawl')).toMatchObject({ waiting: 0, active: 0, failed: 1 });
    const [failure] = await bed.one.failures(10);
    expect(failure).toMatchObject({
      queue: 'crawl',
      subject: 'posts',
      attempts,
      code: 'upstream_unavailable',
      message: 'the site is away \ufffd \ufffd',
    });
    // It is no obstacle to the next one.
    expect(await bed.one.enqueue(crawl())).toBe('queued');
  });

  it('keeps a job as failed at once when another attempt is of no use', async () => {
    await bed.one.enqueue(crawl());
    expect(await (await taken()).fail(trouble, false)).toBe('failed');
    await bed.hasten();
    expect(await bed.one.take(QUEUE_NAMES)).toBeNull();
    expect(await bed.one.failures(10)).toMatchObject([{ attempts: 1 }]);
  });

  it('gives a job back as if it had never been taken', async () => {
    await bed.one.enqueue(crawl());
    for (let time = 0; time < ATTEMPTS_MAX; time += 1) await (await taken()).giveBack();
    expect(await statusOf('crawl')).toMatchObject({ waiting: 1, active: 0, failed: 0 });
    const job = await taken(bed.other);
    expect(job.attempt).toBe(1);
    await bed.hasten();
    await job.fail(trouble, true);
    await bed.hasten();
    const again = await taken();
    expect(again.attempt).toBe(2);
    await again.giveBack();
    expect((await taken()).attempt).toBe(2);
  });

  it('gives a job back although one like it was queued meanwhile', async () => {
    await bed.one.enqueue(crawl());
    const job = await taken();
    await bed.other.enqueue(crawl());
    await job.giveBack();
    expect(await statusOf('crawl')).toMatchObject({ waiting: 1, active: 0 });
    await (await taken()).done({});
    expect(await bed.one.take(QUEUE_NAMES)).toBeNull();
  });

  it('hands on what a silent worker had, and lets it have no say any more', async () => {
    await bed.one.enqueue(crawl());
    const dead = await taken(bed.one);
    expect(await bed.other.take(QUEUE_NAMES)).toBeNull();
    await bed.silence();
    const found = await taken(bed.other);
    expect(found).toMatchObject({ job: crawl(), attempt: 2 });
    expect(dead.lost.aborted).toBe(false);
    await bed.beat();
    expect(dead.lost.reason).toMatchObject({ code: 'lease_held', retryable: true });
    expect(await dead.done({})).toBe(false);
    expect(await found.done({})).toBe(true);
  });

  it('lets a late worker neither fail nor give back what another has', async () => {
    await bed.one.enqueue(crawl());
    const dead = await taken(bed.one);
    await bed.silence();
    const found = await taken(bed.other);
    expect(await dead.fail(trouble, false)).toBe('lost');
    await dead.giveBack();
    expect(await statusOf('crawl')).toMatchObject({ waiting: 0, active: 1, failed: 0 });
    expect(await found.done({})).toBe(true);
  });

  it('leaves a slow worker its job for as long as it is heard of', async () => {
    await bed.one.enqueue(crawl());
    const slow = await taken(bed.one);
    for (let time = 0; time < 3; time += 1) {
      await bed.silence();
      await bed.beat();
      expect(await bed.other.take(QUEUE_NAMES)).toBeNull();
    }
    expect(slow.lost.aborted).toBe(false);
    expect(await slow.done({})).toBe(true);
  });

  it('ends a job whose workers die again and again', async () => {
    await bed.one.enqueue(crawl());
    let deaths = 0;
    for (; deaths < ATTEMPTS_MAX; deaths += 1) {
      if ((await bed.one.take(QUEUE_NAMES)) === null) break;
      await bed.silence();
      await bed.other.take([]);
    }
    expect(deaths).toBeLessThan(ATTEMPTS_MAX);
    const [failure] = await bed.one.failures(10);
    expect(failure).toMatchObject({ attempts: deaths, code: 'internal' });
    expect(failure?.message).toContain('fell silent');
  });

  it('says how each queue stands', async () => {
    const empty = { waiting: 0, active: 0, failed: 0, oldestAt: null };
    expect(await bed.one.status()).toEqual(QUEUE_NAMES.map((queue) => ({ queue, ...empty })));
    for (const subject of ['a', 'b', 'c', 'd']) await bed.one.enqueue(crawl(subject));
    await taken();
    await (await taken()).fail(trouble, false);
    await (await taken()).fail(trouble, true);
    const status = await statusOf('crawl');
    expect(status).toMatchObject({ queue: 'crawl', waiting: 2, active: 1, failed: 1 });
    expect(status?.oldestAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    for (const subject of ['b', 'c']) await bed.one.enqueue({ kind: 'vacuum', subject });
    await (await taken(bed.one, ['vacuum'])).fail(trouble, false);
    await (await taken(bed.one, ['vacuum'])).fail(trouble, false);
    expect((await bed.one.failures(2)).map(({ queue }) => queue)).toEqual(['vacuum', 'vacuum']);
  });
}
