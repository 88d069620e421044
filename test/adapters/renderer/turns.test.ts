import { expect, it } from 'vitest';
import { createTurns } from '#adapters/renderer/turns.ts';

const { signal } = new AbortController();

it('lets so many go on at a time, in the order in which they came', async () => {
  const turns = createTurns(2);
  const order: number[] = [];
  const leaves: (() => void)[] = [];
  const taking = [1, 2, 3, 4].map(async (name) => {
    leaves.push(await turns.take(signal));
    order.push(name);
  });
  await Promise.all(taking.slice(0, 2));
  expect(order).toEqual([1, 2]);
  leaves[0]?.();
  await taking[2];
  expect(order).toEqual([1, 2, 3]);
  leaves[1]?.();
  await taking[3];
  expect(order).toEqual([1, 2, 3, 4]);
});

it('passes over who has given up, and keeps no turn of theirs', async () => {
  const turns = createTurns(1);
  const leave = await turns.take(signal);
  const impatient = new AbortController();
  const given = turns.take(impatient.signal);
  const next = turns.take(signal);
  impatient.abort(new Error('enough'));
  await expect(given).rejects.toThrow('enough');
  leave();
  (await next)();
  await expect(turns.take(AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
  expect(await turns.take(signal)).toBeTypeOf('function');
});
