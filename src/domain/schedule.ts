/** What a schedule starts. */
export const SCHEDULE_KINDS = ['crawl', 'reembed', 'verify', 'vacuum'] as const;

export type ScheduleKind = (typeof SCHEDULE_KINDS)[number];

/** Something that is done again and again, for all sources and versions under one name. */
export type Schedule = {
  /** Name of the views it is for: `posts`. */
  readonly name: string;
  readonly kind: ScheduleKind;
  /** Five fields: minute, hour, day of the month, month, day of the week. */
  readonly cron: string;
  /** IANA name; `UTC` unless it was given. */
  readonly timezone: string;
  /** The next time; in the past when nobody was there to take it up. */
  readonly dueAt: string;
  readonly lastStartedAt: string | null;
  /** Times that passed while nobody was there; they were made up for by one run. */
  readonly missed: number;
  readonly createdAt: string;
};
