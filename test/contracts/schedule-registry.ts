import { beforeEach, expect, it } from 'vitest';
import type { ScheduleKind } from '#domain/schedule.ts';
import type { ScheduleRegistry } from '#ports/schedule-registry.ts';

const at = (hour: number) => `2026-01-02T${String(hour).padStart(2, '0')}:00:00.000Z`;

/** What every `ScheduleRegistry` promises. `open` gives an empty one before each case. */
export function scheduleRegistryContract(open: () => Promise<ScheduleRegistry>): void {
  let schedules: ScheduleRegistry;
  beforeEach(async () => {
    schedules = await open();
  });
  const set = (hour: number, kind: ScheduleKind = 'crawl', name = 'posts') => {
    const cron = `0 ${hour} * * *`;
    return schedules.set({ name, kind, cron, timezone: 'UTC', dueAt: at(hour), at: at(0) });
  };
  const move = (dueHour: number, nextHour: number, missed = 0) =>
    schedules.advance({
      name: 'posts',
      kind: 'crawl',
      dueAt: at(dueHour),
      nextAt: at(nextHour),
      startedAt: at(dueHour),
      missed,
    });

  it('gives what was set, by name and kind', async () => {
    const posts = await set(3);
    expect(posts).toEqual({
      name: 'posts',
      kind: 'crawl',
      cron: '0 3 * * *',
      timezone: 'UTC',
      dueAt: at(3),
      lastStartedAt: null,
      missed: 0,
      createdAt: at(0),
    });
    await set(4, 'verify');
    await set(5, 'crawl', 'Notes');
    const all = (await schedules.list()).map(({ name, kind }) => `${name} ${kind}`);
    expect(all).toEqual(['Notes crawl', 'posts crawl', 'posts verify']);
  });

  it('changes a schedule, and leaves one alone that is set to what it is', async () => {
    await set(3);
    await move(3, 9, 2);
    const same = await set(3);
    expect(same).toMatchObject({ dueAt: at(9), lastStartedAt: at(3), missed: 2 });
    const changed = await set(5);
    expect(changed).toMatchObject({ cron: '0 5 * * *', dueAt: at(5), lastStartedAt: at(3) });
    const moved = await schedules.set({ ...changed, timezone: 'Europe/Berlin', at: at(1) });
    expect(moved).toMatchObject({ timezone: 'Europe/Berlin', createdAt: at(0) });
    expect(await schedules.list()).toEqual([moved]);
  });

  it('says what is due, the longest due first', async () => {
    await set(5);
    await set(3, 'verify');
    await set(7, 'vacuum');
    const due = async (hour: number) => (await schedules.due(at(hour))).map(({ kind }) => kind);
    expect(await due(2)).toEqual([]);
    expect(await due(3)).toEqual(['verify']);
    expect(await due(6)).toEqual(['verify', 'crawl']);
  });

  it('is moved on by one of any number who try', async () => {
    await set(3);
    const moves = await Promise.all(Array.from({ length: 6 }, () => move(3, 9, 1)));
    expect(moves.filter(Boolean)).toHaveLength(1);
    expect(await schedules.list()).toMatchObject([
      { dueAt: at(9), lastStartedAt: at(3), missed: 1 },
    ]);
    expect(await move(3, 15)).toBe(false);
  });

  it('does not move what was changed or removed meanwhile', async () => {
    await set(3);
    await set(4);
    expect(await move(3, 9)).toBe(false);
    expect(await schedules.remove('posts', 'crawl')).toBe(true);
    expect(await move(4, 9)).toBe(false);
    expect(await schedules.remove('posts', 'crawl')).toBe(false);
    expect(await schedules.list()).toEqual([]);
  });
}
