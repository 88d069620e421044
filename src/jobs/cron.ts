import { type CronExpression, CronExpressionParser } from 'cron-parser';
import { AppError } from '#domain/errors.ts';
import type { Schedule } from '#domain/schedule.ts';
import { createWallClock, type WallClock } from './wall-clock.ts';

export type Cron = Pick<Schedule, 'cron' | 'timezone'>;

const FIELDS = ['minute', 'hour', 'day of the month', 'month', 'day of the week'] as const;
const EXAMPLE =
  'write five fields, as in "0 */6 * * *" (minute, hour, day of the month, month, day of the week)';
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const HOURS = 24;
/** The 29th of February may be eight years away. */
const DAYS_MAX = 9 * 366;
/** Times that passed unseen are counted up to here. */
const MISSED_MAX = 1_000;

/**
 * The first time after an instant (ISO 8601). By the clock on the wall of its zone: what falls into an
 * hour that does not exist comes once, as much later as the clock was put on; in an hour that exists
 * twice, times of a fixed hour come the first time it is that hour, and those of every hour in both.
 * Throws `invalid_input` with the expression and what is wrong.
 */
export function nextTime(cron: Cron, after: string): string {
  for (const ms of timesAfter(cron, Date.parse(after))) return new Date(ms).toISOString();
  throw refused(cron.cron, 'it names days that never come');
}

/** How many times came after the first, up to an instant: those that nobody took up. At most 1000. */
export function missedTimes(cron: Cron, dueAt: string, now: string): number {
  const untilMs = Date.parse(now);
  let missed = 0;
  for (const ms of timesAfter(cron, Date.parse(dueAt))) {
    if (ms > untilMs || missed === MISSED_MAX) break;
    missed += 1;
  }
  return missed;
}

/** Instants in their order, without end unless the days never come. */
function* timesAfter(cron: Cron, afterMs: number): Generator<number> {
  const wall = wallClockOf(cron.timezone);
  const { days, minutes, isEveryHour } = parse(cron.cron);
  const today = Math.floor(wall.at(afterMs) / DAY_MS) * DAY_MS;
  let lastMs = afterMs;
  for (let day = today - DAY_MS, idle = 0; idle < DAYS_MAX; day += DAY_MS, idle += 1) {
    if (!days.includesDate(new Date(day))) continue;
    const all = minutes.flatMap((minute) => {
      const instants = wall.instants(day, minute * MINUTE_MS);
      return isEveryHour ? instants : instants.slice(0, 1);
    });
    for (const ms of all.sort((one, other) => one - other)) {
      if (ms <= lastMs) continue;
      lastMs = ms;
      idle = 0;
      yield ms;
    }
  }
}

type Parsed = {
  /** Says of midnights in UTC whether they are among the days. */
  readonly days: CronExpression;
  /** Minutes of a day. */
  readonly minutes: readonly number[];
  readonly isEveryHour: boolean;
};

function parse(cron: string): Parsed {
  const fields = cron.trim().split(/\s+/);
  if (cron.trim() === '') throw refused(cron, 'it is empty');
  if (fields.length !== FIELDS.length) {
    throw refused(cron, `it has ${fields.length} ${fields.length === 1 ? 'field' : 'fields'}`);
  }
  for (const [place, field] of fields.entries()) {
    const fault = faultOf(field, place);
    if (fault !== null) throw refused(cron, `${FIELDS[place]} "${field}": ${fault}`);
  }
  const [minute, hour, ...rest] = fields;
  try {
    const times = CronExpressionParser.parse(`${minute} ${hour} * * *`).fields;
    const hours = times.hour.values;
    return {
      days: CronExpressionParser.parse(`* * ${rest.join(' ')}`, { tz: 'UTC' }),
      minutes: hours.flatMap((at) => times.minute.values.map((past) => at * 60 + past)),
      isEveryHour: hours.length === HOURS,
    };
  } catch (cause) {
    throw refused(cron, 'it names days that never come', cause);
  }
}

/** What is wrong with a field on its own. */
function faultOf(field: string, place: number): string | null {
  // The parser takes H for a value of its own choosing, another at every look.
  if (/(?:^|,)H/i.test(field)) return 'H is not known here';
  const alone = FIELDS.map((_, at) => (at === place ? field : '*')).join(' ');
  try {
    CronExpressionParser.parse(alone);
    return null;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

function wallClockOf(timezone: string): WallClock {
  try {
    return createWallClock(timezone);
  } catch (cause) {
    throw new AppError(
      'invalid_input',
      `"${timezone}" is no time zone; write one like Europe/Berlin, or UTC.`,
      { cause, param: '--timezone' },
    );
  }
}

const refused = (cron: string, why: string, cause?: unknown) =>
  new AppError('invalid_input', `"${cron}" is no schedule: ${why}; ${EXAMPLE}.`, {
    param: 'cron',
    ...(cause !== undefined && { cause }),
  });
