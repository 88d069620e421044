import type { Schedule } from '#domain/schedule.ts';
import type { ScheduleRegistry } from '#ports/schedule-registry.ts';

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** Schedules in memory. */
export function createFakeScheduleRegistry(): ScheduleRegistry {
  const rows = new Map<string, Schedule>();
  const keyOf = (name: string, kind: string) => `${name}\n${kind}`;
  const all = () =>
    [...rows.values()].sort(
      (one, other) => compare(one.name, other.name) || compare(one.kind, other.kind),
    );
  return {
    set: async ({ at, ...schedule }) => {
      const key = keyOf(schedule.name, schedule.kind);
      const known = rows.get(key);
      const isSame = known?.cron === schedule.cron && known.timezone === schedule.timezone;
      const { cron, timezone, dueAt } = schedule;
      const row: Schedule =
        known === undefined
          ? { ...schedule, lastStartedAt: null, missed: 0, createdAt: at }
          : { ...known, ...(isSame ? {} : { cron, timezone, dueAt }) };
      rows.set(key, row);
      return row;
    },
    list: async () => all(),
    due: async (now) =>
      all()
        .filter(({ dueAt }) => dueAt <= now)
        .sort((one, other) => compare(one.dueAt, other.dueAt)),
    remove: async (name, kind) => rows.delete(keyOf(name, kind)),
    advance: async ({ name, kind, dueAt, nextAt, startedAt, missed }) => {
      const row = rows.get(keyOf(name, kind));
      if (row === undefined || row.dueAt !== dueAt) return false;
      rows.set(keyOf(name, kind), { ...row, dueAt: nextAt, lastStartedAt: startedAt, missed });
      return true;
    },
  };
}
