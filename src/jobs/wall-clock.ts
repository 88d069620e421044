const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Milliseconds since the epoch as a wall clock shows them, as if it stood in UTC. */
type WallMs = number;

/** The clock on the wall of a time zone. */
export type WallClock = {
  at(ms: number): WallMs;
  /**
   * The instants of a day on which the wall shows a time of it: two in an hour that exists twice. A
   * time that does not exist is the instant that it would have been, had the clock not been put on.
   */
  instants(day: WallMs, time: number): readonly number[];
};

/** Throws a `RangeError` for a zone that there is not. */
export function createWallClock(timezone: string): WallClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  const at = (ms: number): WallMs => {
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
    return Date.UTC(
      ...([part('year'), part('month') - 1, part('day')] as const),
      ...([part('hour'), part('minute'), part('second')] as const),
    );
  };
  const offsetAt = (ms: number): number => at(ms) - Math.floor(ms / 1_000) * 1_000;
  // A day's offsets before and after any change of it; asked for at every time of the day.
  let known = { day: Number.NaN, before: 0, after: 0 };
  const offsetsOf = (day: WallMs) => {
    if (known.day !== day) {
      known = { day, before: offsetAt(day - DAY_MS), after: offsetAt(day + 2 * DAY_MS) };
    }
    return known;
  };
  return {
    at,
    instants: (day, time) => {
      const { before, after } = offsetsOf(day);
      const early = day + time - before;
      if (before === after) return [early];
      const late = day + time - after;
      const real = [early, late].filter((ms) => at(ms) === day + time);
      return real.length === 0 ? [early] : real;
    },
  };
}
