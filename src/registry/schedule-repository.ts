import { and, asc, eq, lte, sql } from 'drizzle-orm';
import { AppError } from '#domain/errors.ts';
import type { ScheduleKind } from '#domain/schedule.ts';
import type { ScheduleRegistry } from '#ports/schedule-registry.ts';
import type { Database } from './database.ts';
import { one, translated } from './errors.ts';
import { byCode } from './queries.ts';
import { schedules } from './schema/job-tables.ts';

export function createScheduleRegistry(db: Database): ScheduleRegistry {
  const named = (name: string, kind: ScheduleKind) =>
    and(eq(schedules.name, name), eq(schedules.kind, kind));
  return {
    set: ({ at, ...schedule }) =>
      translated(async () => {
        const fresh = { ...schedule, lastStartedAt: null, missed: 0, createdAt: at };
        const { cron, timezone, dueAt } = schedule;
        await db
          .insert(schedules)
          .values(fresh)
          .onConflictDoUpdate({
            target: [schedules.name, schedules.kind],
            set: { cron, timezone, dueAt },
            setWhere: sql`${schedules.cron} <> ${cron} or ${schedules.timezone} <> ${timezone}`,
          });
        const rows = await db.select().from(schedules).where(named(schedule.name, schedule.kind));
        return one(rows, () => removedMeanwhile(schedule));
      }),
    list: () =>
      translated(() =>
        db.select().from(schedules).orderBy(byCode(schedules.name), byCode(schedules.kind)),
      ),
    due: (now) =>
      translated(() =>
        db
          .select()
          .from(schedules)
          .where(lte(schedules.dueAt, now))
          .orderBy(asc(schedules.dueAt), byCode(schedules.name), byCode(schedules.kind)),
      ),
    remove: (name, kind) =>
      translated(async () => {
        const rows = await db.delete(schedules).where(named(name, kind)).returning();
        return rows.length > 0;
      }),
    advance: ({ name, kind, dueAt, nextAt, startedAt, missed }) =>
      translated(async () => {
        const rows = await db
          .update(schedules)
          .set({ dueAt: nextAt, lastStartedAt: startedAt, missed })
          .where(and(named(name, kind), eq(schedules.dueAt, dueAt)))
          .returning();
        return rows.length > 0;
      }),
  };
}

const removedMeanwhile = ({ name, kind }: { readonly name: string; readonly kind: ScheduleKind }) =>
  new AppError('not_found', `the ${kind} schedule of ${name} was removed at the same time.`, {
    retryable: true,
    param: 'name',
  });
