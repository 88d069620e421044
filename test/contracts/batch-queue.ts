import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { AppError } from '#domain/errors.ts';
import type { BatchCounts, BatchQueue, BatchWork, DocumentBatch } from '#ports/batch-queue.ts';
import { collect } from '../fakes/collect.ts';

const VIEW = 'posts@v1';
/** More than a queue takes in at once. */
const MANY = 260;

export const batchesOf = (total: number, viewId = VIEW): readonly DocumentBatch[] =>
  Array.from({ length: total }, (_, at) => ({
    viewId,
    epoch: 7,
    documentIds: [`d${at}`, 'é😀'],
  }));

/** Counts that tell batches apart. */
export const countsOf = ({ documentIds }: DocumentBatch): BatchCounts => {
  const at = Number(documentIds[0]?.slice(1));
  return { documents: 2, added: at, closed: 0, kept: 0, embedded: at, ended: 0 };
};

/** Which batches were counted, by what they added, in order. */
export const counted = (all: readonly BatchCounts[]): readonly number[] =>
  all.map(({ added }) => added).sort((one, other) => one - other);

export const upTo = (total: number): readonly number[] =>
  Array.from({ length: total }, (_, at) => at);

/** What every `BatchQueue` promises. `open` gives an empty one before each case. */
export function batchQueueContract(open: () => Promise<BatchQueue>): void {
  let queue: BatchQueue;
  let run = 0;
  beforeEach(async () => {
    queue = await open();
  });
  const never = new AbortController().signal;
  const share = (batches: readonly DocumentBatch[], work: BatchWork, signal = never) => {
    run += 1;
    return queue.shareOut(`run ${run}`, batches, work, signal);
  };

  it('ends at once when there is nothing to share', async () => {
    const work = async () => expect.unreachable();
    expect(await collect(share([], work))).toEqual([]);
  });

  it('hands every batch to the work as it was, and gives the counts of each', async () => {
    const batches = batchesOf(5);
    const seen: DocumentBatch[] = [];
    const counts = await collect(
      share(batches, async (batch) => {
        seen.push(batch);
        return countsOf(batch);
      }),
    );
    const byId = (one: DocumentBatch, other: DocumentBatch) =>
      String(one.documentIds[0]).localeCompare(String(other.documentIds[0]));
    expect(seen.sort(byId)).toEqual(batches);
    expect(counts.toSorted((one, other) => one.added - other.added)).toEqual(batches.map(countsOf));
  });

  it('takes more batches than are queued at once', async () => {
    const counts = await collect(share(batchesOf(MANY), async (batch) => countsOf(batch)));
    expect(counted(counts)).toEqual(upTo(MANY));
  });

  it('gives counts while other batches are still worked on', async () => {
    const { promise: seen, resolve: go } = Promise.withResolvers<void>();
    const work: BatchWork = async (batch) => {
      if (countsOf(batch).added === 1) await seen;
      return countsOf(batch);
    };
    const given: number[] = [];
    for await (const { added } of share(batchesOf(2), work)) {
      given.push(added);
      go();
    }
    expect(given).toEqual([0, 1]);
  });

  it('tries a batch again that failed', async () => {
    const attempts = new Map<number, number>();
    const counts = await collect(
      share(batchesOf(4), async (batch) => {
        const at = countsOf(batch).added;
        attempts.set(at, (attempts.get(at) ?? 0) + 1);
        if (attempts.get(at) === 1 && at % 2 === 1) throw new Error('not yet');
        return countsOf(batch);
      }),
    );
    expect(counted(counts)).toEqual(upTo(4));
    expect(Object.fromEntries(attempts)).toEqual({ 0: 1, 1: 2, 2: 1, 3: 2 });
  });

  it('rejects with what a batch failed with again and again, and leaves the rest', async () => {
    let attempts = 0;
    let worked = 0;
    const work: BatchWork = async (batch) => {
      worked += 1;
      if (countsOf(batch).added !== 0) return countsOf(batch);
      attempts += 1;
      throw new AppError('embedding_space_mismatch', 'these are other weights', { param: 'x' });
    };
    const failing = collect(share(batchesOf(3), work));
    await expect(failing).rejects.toMatchObject({
      code: 'embedding_space_mismatch',
      message: expect.stringContaining('these are other weights'),
      param: 'x',
    });
    expect(attempts).toBeGreaterThan(1);
    expect(attempts).toBeLessThan(10);
    const before = worked;
    const counts = await collect(share(batchesOf(2), async (batch) => countsOf(batch)));
    expect(counted(counts)).toEqual(upTo(2));
    expect(worked).toBe(before);
  });

  it('takes back what was not begun when its caller leaves, and stops what was', async () => {
    const begun: AbortSignal[] = [];
    const work: BatchWork = async (batch, signal) => {
      if (countsOf(batch).added === 0) return countsOf(batch);
      begun.push(signal);
      return new Promise((_, reject) => {
        const leave = () => reject(signal.reason);
        if (signal.aborted) leave();
        signal.addEventListener('abort', leave, { once: true });
      });
    };
    for await (const { added } of share(batchesOf(20), work)) {
      expect(added).toBe(0);
      break;
    }
    expect(begun.every(({ aborted }) => aborted)).toBe(true);
    const before = begun.length;
    expect(before).toBeLessThan(19);
    const counts = await collect(share(batchesOf(3), async (batch) => countsOf(batch)));
    expect(counted(counts)).toEqual(upTo(3));
    expect(begun).toHaveLength(before);
  });

  it('ends when it is aborted, before and while it works', async () => {
    const gone = AbortSignal.abort(new DOMException('SIGTERM', 'AbortError'));
    await expect(
      collect(share(batchesOf(3), async (batch) => countsOf(batch), gone)),
    ).rejects.toMatchObject({ code: 'cancelled' });
    const leaving = new AbortController();
    const work: BatchWork = (_, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        leaving.abort(new DOMException('SIGTERM', 'AbortError'));
      });
    await expect(collect(share(batchesOf(3), work, leaving.signal))).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it('counts each batch once, whatever fails how often', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 12 }),
        async (failures) => {
          const left = [...failures];
          const done = new Set<number>();
          const counts = await collect(
            share(batchesOf(failures.length), async (batch) => {
              const at = countsOf(batch).added;
              left[at] = (left[at] ?? 0) - 1;
              if ((left[at] ?? 0) >= 0) throw new Error('not yet');
              done.add(at);
              return countsOf(batch);
            }),
          );
          expect(counted(counts)).toEqual(upTo(failures.length));
          expect(done.size).toBe(failures.length);
        },
      ),
      { numRuns: 15 },
    ));
}
