import { describe, expect, it } from 'vitest';
import { inParallel } from '#adapters/openai/embedder-parallel.ts';
import { collect } from '../../fakes/collect.ts';

const signal = new AbortController().signal;

describe('tasks in parallel', () => {
  it('are never more than may be, and all are done', async () => {
    let running = 0;
    let most = 0;
    const run = async (task: number) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return task * 2;
    };
    const tasks = Array.from({ length: 25 }, (_, at) => at);
    const outcomes = await collect(inParallel(tasks, { concurrencyMax: 3, signal, run }));
    expect(outcomes.toSorted((a, b) => a - b)).toEqual(tasks.map((task) => task * 2));
    expect(most).toBe(3);
  });

  it('that are under way when one fails are waited for, and no other begins', async () => {
    const begun: number[] = [];
    const slow = Promise.withResolvers<void>();
    const run = async (task: number) => {
      begun.push(task);
      if (task === 1) {
        setImmediate(slow.resolve);
        throw new Error('task 1');
      }
      await slow.promise;
      return task;
    };
    const given: number[] = [];
    const all = async () => {
      const tasks = [0, 1, 2, 3, 4];
      for await (const one of inParallel(tasks, { concurrencyMax: 3, signal, run }))
        given.push(one);
    };
    await expect(all()).rejects.toThrow('task 1');
    expect(given.toSorted()).toEqual([0, 2]);
    expect(begun).toEqual([0, 1, 2]);
  });

  it('are aborted when nobody listens any more', async () => {
    const aborted: number[] = [];
    const run = async (task: number, either: AbortSignal) => {
      if (task === 0) return task;
      await new Promise((resolve) => either.addEventListener('abort', resolve));
      aborted.push(task);
      return task;
    };
    for await (const _ of inParallel([0, 1, 2], { concurrencyMax: 3, signal, run })) break;
    await new Promise((resolve) => setImmediate(resolve));
    expect(aborted).toEqual([1, 2]);
  });
});
