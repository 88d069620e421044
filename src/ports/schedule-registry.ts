import type { Schedule, ScheduleKind } from '../domain/schedule.ts';

/** What is done again and again, and when next. */
export interface ScheduleRegistry {
  /**
   * Sets the schedule of this name and kind, or changes it. Setting it to what it is leaves it alone,
   * with all that has become due.
   */
  set(schedule: {
    readonly name: string;
    readonly kind: ScheduleKind;
    readonly cron: string;
    readonly timezone: string;
    readonly dueAt: string;
    readonly at: string;
  }): Promise<Schedule>;
  /** By name and kind. */
  list(): Promise<readonly Schedule[]>;
  /** Those whose time has come, the longest due first. */
  due(now: string): Promise<readonly Schedule[]>;
  /** Says whether there was one. */
  remove(name: string, kind: ScheduleKind): Promise<boolean>;
  /**
   * Moves a schedule on by compare-and-set of its due time, so that one of any number of workers
   * does. Says whether it was this one; a schedule that was changed or removed meanwhile is left.
   */
  advance(move: {
    readonly name: string;
    readonly kind: ScheduleKind;
    readonly dueAt: string;
    readonly nextAt: string;
    readonly startedAt: string;
    readonly missed: number;
  }): Promise<boolean>;
}
