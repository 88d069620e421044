import { afterEach, describe, expect, it } from 'vitest';
import { createModelThreads, type ModelThreads } from '#adapters/transformers/model-threads.ts';
import { rejection } from '../../fakes/collect.ts';

const signal = new AbortController().signal;
const opened: ModelThreads[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((threads) => threads.close()));
});

function open(threads = 1): ModelThreads {
  const created = createModelThreads({
    entry: new URL('./dying-thread.ts', import.meta.url),
    start: {
      place: { kind: 'folder', folder: '/', subfolder: '' },
      dtype: 'fp32',
      cacheFolder: '/',
      hubUrl: 'http://localhost/',
      hubToken: null,
    },
    name: 'transformers:fake',
    threads,
  });
  opened.push(created);
  return created;
}

const batchOf = (...ids: number[]) => ({
  ids: ids.map((id) => Int32Array.of(id)),
  pooling: 'mean' as const,
  normalise: true,
  alone: false,
});

describe('threads of a model', () => {
  it('answer in turn, however many ask at once', async () => {
    const threads = open(2);
    expect(await threads.dimension()).toBe(1);
    const asked = Array.from({ length: 20 }, (_, at) => threads.run(batchOf(100 + at, 7), signal));
    const answers = await Promise.all(asked);
    expect(answers.map((answer) => [...answer])).toEqual(
      Array.from({ length: 20 }, (_, at) => [100 + at, 7]),
    );
  });

  it.each([
    [13, 'it left with code 3'],
    [14, 'out of luck'],
  ])('say when one ends (at %i), and take another for what comes', async (id, reason) => {
    const threads = open();
    const [dying, after] = await Promise.all([
      rejection(threads.run(batchOf(id), signal)),
      threads.run(batchOf(5), signal),
    ]);
    expect(dying).toMatchObject({ code: 'upstream_unavailable', retryable: true });
    expect(String(dying)).toContain(reason);
    expect([...after]).toEqual([5]);
    expect([...(await threads.run(batchOf(6), signal))]).toEqual([6]);
  });

  it('outlive a batch that is refused', async () => {
    const threads = open();
    const refused = await rejection(threads.run(batchOf(15), signal));
    expect(refused).toMatchObject({ code: 'upstream_rejected', retryable: false });
    expect([...(await threads.run(batchOf(5), signal))]).toEqual([5]);
  });

  it('let go of whoever aborts, waiting or served', async () => {
    const threads = open();
    const [served, waiting] = [new AbortController(), new AbortController()];
    const silent = threads.run(batchOf(16), served.signal);
    const queued = threads.run(batchOf(5), waiting.signal);
    waiting.abort(new Error('second thoughts'));
    await expect(queued).rejects.toThrow('second thoughts');
    served.abort(new Error('enough'));
    await expect(silent).rejects.toThrow('enough');
    await expect(threads.run(batchOf(5), AbortSignal.abort())).rejects.toThrow();
  });

  it('end when they are closed, and what runs with them', async () => {
    const threads = open();
    await threads.dimension();
    const running = rejection(threads.run(batchOf(16), signal));
    await threads.close();
    expect(await running).toMatchObject({ code: 'upstream_unavailable' });
    expect(await rejection(threads.run(batchOf(5), signal))).toMatchObject({ code: 'cancelled' });
  });

  it('take only so many that wait', async () => {
    const threads = open();
    const leave = new AbortController();
    const asked = Array.from({ length: 1_002 }, () =>
      rejection(threads.run(batchOf(16), leave.signal)),
    );
    expect(await asked.at(-1)).toMatchObject({ code: 'internal' });
    leave.abort();
    await Promise.all(asked);
  });
});
