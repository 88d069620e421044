import { integer, pgTable, primaryKey } from 'drizzle-orm/pg-core';
import type { ScheduleKind } from '#domain/schedule.ts';
import { instant } from './instant.ts';
import { text } from './storable.ts';

/** What is done again and again; `dueAt` is the next time, moved on by whoever takes it up. */
export const schedules = pgTable(
  'schedules',
  {
    name: text().notNull(),
    kind: text().$type<ScheduleKind>().notNull(),
    cron: text().notNull(),
    timezone: text().notNull(),
    dueAt: instant('due_at').notNull(),
    lastStartedAt: instant('last_started_at'),
    missed: integer().notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.name, table.kind] })],
);
