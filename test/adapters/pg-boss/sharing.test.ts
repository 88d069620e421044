import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PgBossQueues } from '#adapters/pg-boss/pg-boss-queues.ts';
import { AppError } from '#domain/errors.ts';
import type { BatchCounts, BatchWork } from '#ports/batch-queue.ts';
import type { TakenJob } from '#ports/job-queue.ts';
import { batchesOf, counted, countsOf, upTo } from '../../contracts/batch-queue.ts';
import { createFakeClock } from '../../fakes/clock.ts';
import { collect } from '../../fakes/collect.ts';
import { DATABASES, openQueueBed, type QueueBed } from './queue-bed.ts';

const turn = () => new Promise<void>((go) => setImmediate(go));

const endless: BatchWork = (_, signal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

describe.each(DATABASES)('batches shared out over %s', (_, start) => {
  let bed: QueueBed;
  let run = 0;
  beforeAll(async () => {
    bed = await openQueueBed(start);
  });
  beforeEach(() => bed.reset());
  afterAll(() => bed.close());
  const never = new AbortController().signal;
  const nextRun = () => {
    run += 1;
    return `run ${run}`;
  };

  const batchOf = ({ job }: TakenJob) => {
    if (job.kind !== 'documents') throw new Error(`${job.kind} is no batch`);
    return job.batch;
  };

  /** Takes a batch of whatever run; waits until there is one. */
  async function takeBatch({ jobs }: PgBossQueues): Promise<TakenJob> {
    for (;;) {
      const taken = await jobs.take(['documents']);
      if (taken !== null) return taken;
      await turn();
    }
  }

  const silence = (id: string) =>
    bed.query(
      "update lockstep_jobs.job set heartbeat_on = now() - interval '1 minute' where id = $1",
      [id],
    );

  type Fate = 'done' | 'fails' | 'dies' | 'dies and comes back';

  it('counts each batch once, and has each done, whatever workers die or fail when', async () => {
    const coordinator = bed.open();
    const helper = bed.open(createFakeClock());
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.constantFrom<Fate>('done', 'fails', 'dies', 'dies and comes back'), {
          maxLength: 10,
        }),
        async (total, fates) => {
          const done = new Set<number>();
          const incidents = new Map<string, number>();
          const over = new AbortController();
          const work: BatchWork = async (batch) => {
            await turn();
            done.add(countsOf(batch).added);
            return countsOf(batch);
          };

          async function helpOut(): Promise<void> {
            const late: TakenJob[] = [];
            for (const fate of fates) {
              const taken = over.signal.aborted ? null : await helper.jobs.take(['documents']);
              if (taken === null) continue;
              const mishaps = incidents.get(taken.id) ?? 0;
              // Three attempts may be lost; the fourth has to succeed.
              if (fate === 'done' || mishaps === 3) {
                done.add(countsOf(batchOf(taken)).added);
                await taken.done(countsOf(batchOf(taken)));
                continue;
              }
              incidents.set(taken.id, mishaps + 1);
              if (fate === 'fails') await taken.fail(new AppError('internal', 'no'), true);
              else await silence(taken.id);
              if (fate === 'dies and comes back') late.push(taken);
            }
            for (const taken of late) {
              done.add(countsOf(batchOf(taken)).added);
              await taken.done(countsOf(batchOf(taken)));
            }
          }

          const shared = collect(
            coordinator.batches.shareOut(nextRun(), batchesOf(total), work, never),
          ).finally(() => over.abort());
          const [counts] = await Promise.all([shared, helpOut()]);
          expect(counted(counts)).toEqual(upTo(total));
          expect([...done].sort((one, other) => one - other)).toEqual(upTo(total));
        },
      ),
      { numRuns: 20 },
    );
  });

  it('lets others do what its own turns are too busy for', async () => {
    const [coordinator, worker] = [bed.open(), bed.open()];
    const byOthers = Promise.withResolvers<void>();
    let own = 0;
    const work: BatchWork = async (batch) => {
      own += 1;
      await byOthers.promise;
      return countsOf(batch);
    };
    const sharing = collect(coordinator.batches.shareOut(nextRun(), batchesOf(12), work, never));
    for (let others = 0; others < 10; others += 1) {
      const taken = await takeBatch(worker);
      expect(await taken.done(countsOf(batchOf(taken)))).toBe(true);
    }
    byOthers.resolve();
    expect(counted(await sharing)).toEqual(upTo(12));
    expect(own).toBe(2);
  });

  it('tells a worker that the run whose batch it has in hand has ended', async () => {
    const clock = createFakeClock();
    const [coordinator, worker] = [bed.open(), bed.open(clock)];
    const leaving = new AbortController();
    const sharing = collect(
      coordinator.batches.shareOut(nextRun(), batchesOf(5), endless, leaving.signal),
    );
    const taken = await takeBatch(worker);
    leaving.abort(new DOMException('SIGTERM', 'AbortError'));
    await expect(sharing).rejects.toMatchObject({ code: 'cancelled' });
    expect(await worker.jobs.take(['documents'])).toBeNull();
    await clock.advance(2_500);
    await bed.idle();
    expect(taken.lost.aborted).toBe(true);
    expect(await taken.done(countsOf(batchOf(taken)))).toBe(false);
    expect(await worker.jobs.status()).toMatchObject([
      { waiting: 0, active: 0 },
      {},
      {},
      {},
      {},
      {},
    ]);
  });

  it('takes the batches of a dead run back when the next run of its view begins', async () => {
    const clock = createFakeClock();
    const [dead, next] = [bed.open(clock), bed.open()];
    const begun = Promise.withResolvers<AbortSignal>();
    const work: BatchWork = (batch, signal) => {
      begun.resolve(signal);
      return endless(batch, signal);
    };
    const notes = { viewId: 'notes@v1', epoch: 1, documentIds: ['n0'] };
    const leaving = new AbortController();
    const sharing = collect(
      dead.batches.shareOut(nextRun(), [...batchesOf(5), notes], work, leaving.signal),
    );
    const signal = await begun.promise;
    const seen: BatchCounts[] = [];
    for await (const counts of next.batches.shareOut(
      nextRun(),
      batchesOf(3),
      async (batch) => countsOf(batch),
      never,
    )) {
      seen.push(counts);
    }
    expect(counted(seen)).toEqual(upTo(3));
    // Of what the dead run had, only another view's batch is left.
    const left = await bed.query<{ view: string }>(
      "select data -> 'batch' ->> 'viewId' as view from lockstep_jobs.job",
    );
    expect(left.map(({ view }) => view)).toEqual(['notes@v1']);
    await clock.advance(2_500);
    await bed.idle();
    expect(signal.aborted).toBe(true);
    leaving.abort();
    await sharing.catch(() => undefined);
  });

  it('lets two runs at once work on their own batches alone', async () => {
    const [one, other] = [bed.open(), bed.open()];
    const views = new Map<string, Set<string>>([
      ['posts@v1', new Set()],
      ['notes@v1', new Set()],
    ]);
    const share = (queues: PgBossQueues, view: string) =>
      collect(
        queues.batches.shareOut(
          nextRun(),
          batchesOf(8, view),
          async (batch) => {
            views.get(view)?.add(batch.viewId);
            await turn();
            return countsOf(batch);
          },
          never,
        ),
      );
    const all = await Promise.all([share(one, 'posts@v1'), share(other, 'notes@v1')]);
    expect(all.map(counted)).toEqual([upTo(8), upTo(8)]);
    for (const [view, seen] of views) expect([...seen]).toEqual([view]);
  });

  it('does not take the late word on one sharing for one on the next of the same run', async () => {
    const [coordinator, worker] = [bed.open(), bed.open(createFakeClock())];
    const runId = nextRun();
    const work: BatchWork = async (batch) => countsOf(batch);
    const first = coordinator.batches.shareOut(runId, batchesOf(1), work, never);
    const late: TakenJob[] = [];
    // Another worker has the first batch in hand until it is taken for dead.
    const stolen = (async () => {
      const taken = await worker.jobs.take(['documents']);
      if (taken === null) return;
      late.push(taken);
      await silence(taken.id);
    })();
    const [counts] = await Promise.all([collect(first), stolen]);
    expect(counted(counts)).toEqual([0]);
    const begun = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const sharing = collect(
      coordinator.batches.shareOut(
        runId,
        batchesOf(1),
        async (batch) => {
          begun.resolve();
          await go.promise;
          return { ...countsOf(batch), added: 77 };
        },
        never,
      ),
    );
    await begun.promise;
    for (const taken of late) expect(await taken.done({ added: 1 })).toBe(false);
    go.resolve();
    expect(counted(await sharing)).toEqual([77]);
  });

  it('queues again what somebody deleted', async () => {
    const queues = bed.open();
    const held = Promise.withResolvers<void>();
    let deleted = false;
    const work: BatchWork = async (batch) => {
      if (!deleted) {
        deleted = true;
        await bed.query("delete from lockstep_jobs.job where state <> 'active'");
        held.resolve();
      }
      await held.promise;
      return countsOf(batch);
    };
    const counts = await collect(queues.batches.shareOut(nextRun(), batchesOf(9), work, never));
    expect(counted(counts)).toEqual(upTo(9));
  });

  it('deletes what was done long ago, and nothing else', async () => {
    const queues = bed.open();
    for (const subject of ['old', 'new']) await queues.jobs.enqueue({ kind: 'crawl', subject });
    for (let taken = await queues.jobs.take(['crawl']); taken !== null; ) {
      await taken.done({});
      taken = await queues.jobs.take(['crawl']);
    }
    await bed.query(
      "update lockstep_jobs.job set completed_on = now() - interval '8 days' where singleton_key = 'old'",
    );
    await queues.jobs.tidy();
    const left = await bed.query<{ subject: string }>(
      'select singleton_key as subject from lockstep_jobs.job',
    );
    expect(left).toEqual([{ subject: 'new' }]);
  });
});
