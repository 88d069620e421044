import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { systemClock, systemIds } from '#adapters/system/system.ts';

describe('systemClock', () => {
  it('tells the time in UTC with milliseconds', () => {
    const before = Date.now();
    const now = systemClock.now();
    expect(now).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Date.parse(now)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(now)).toBeLessThanOrEqual(Date.now());
  });

  it('never goes back', () => {
    const readings = Array.from({ length: 1000 }, () => systemClock.monotonicMs());
    expect(readings).toEqual([...readings].sort((one, other) => one - other));
  });

  it('wakes up, and lets go of the signal', async () => {
    const { signal } = new AbortController();
    await systemClock.sleep(1, signal);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('rejects with the reason of the signal', async () => {
    const controller = new AbortController();
    const sleeping = systemClock.sleep(60_000, controller.signal);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
    await expect(systemClock.sleep(0, controller.signal)).rejects.toBe(reason);
  });

  it('sleeps longer than a timer of Node can', async () => {
    const controller = new AbortController();
    const ms = 2 * (2 ** 31 - 1) + 1;
    const long = systemClock.sleep(ms, controller.signal).then(() => 'awake');
    const moment = systemClock.sleep(20, controller.signal).then(() => 'asleep');
    expect(await Promise.race([long, moment])).toBe('asleep');
    controller.abort();
    await expect(long).rejects.toBe(controller.signal.reason);
  });
});

describe('systemIds', () => {
  it('gives UUIDs that differ', () => {
    const ids = Array.from({ length: 100 }, () => systemIds.next());
    expect(new Set(ids).size).toBe(100);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it('gives numbers in [0, 1) that differ', () => {
    const numbers = Array.from({ length: 100 }, () => systemIds.random());
    expect(new Set(numbers).size).toBeGreaterThan(90);
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
  });
});
