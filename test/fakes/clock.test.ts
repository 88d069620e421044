import { expect, it } from 'vitest';
import { createFakeClock } from './clock.ts';
import { createFakeIds } from './ids.ts';

const { signal } = new AbortController();

it('wakes sleepers in order of their hour, and lets them sleep again on the way', async () => {
  const clock = createFakeClock({ now: '2026-01-01T00:00:00.000Z' });
  const woken: string[] = [];
  const nap = async (name: string, ms: number) => {
    await clock.sleep(ms, signal);
    woken.push(`${name}@${clock.monotonicMs()}`);
  };
  const late = nap('late', 300);
  const twice = nap('once', 100).then(() => nap('twice', 100));
  await clock.advance(250);
  await twice;
  expect([woken, clock.sleeping(), clock.now()]).toEqual([
    ['once@100', 'twice@200'],
    1,
    '2026-01-01T00:00:00.250Z',
  ]);
  await clock.advance(50);
  await late;
  expect(clock.sleeps).toEqual([300, 100, 100]);
});

it('lets sleep pass at once when it is automatic', async () => {
  const clock = createFakeClock({ mode: 'auto' });
  await clock.sleep(5_000, signal);
  expect(clock.monotonicMs()).toBe(5_000);
  await expect(clock.sleep(1, AbortSignal.abort('enough'))).rejects.toBe('enough');
});

it('tells who waits for a sleep, before or after it begins', async () => {
  const clock = createFakeClock();
  const controller = new AbortController();
  const before = clock.whenSleeping((ms) => ms === 7);
  const asleep = clock.sleep(7, controller.signal);
  await Promise.all([before, clock.whenSleeping((ms) => ms === 7)]);
  controller.abort('enough');
  await expect(asleep).rejects.toBe('enough');
  expect(clock.sleeping()).toBe(0);
});

it('ids of one seed repeat themselves, of another do not', () => {
  const take = (seed: number) => {
    const ids = createFakeIds(seed);
    return [ids.next(), ids.next(), ids.random(), ids.random()];
  };
  expect(take(1)).toEqual(take(1));
  expect(new Set([...take(1), ...take(2)]).size).toBe(8);
});
