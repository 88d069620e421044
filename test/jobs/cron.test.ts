import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { missedTimes, nextTime } from '#jobs/cron.ts';

/** The next few times after an instant. */
function times(cron: string, timezone: string, after: string, total: number): readonly string[] {
  const all: string[] = [];
  for (let at = after; all.length < total; ) {
    at = nextTime({ cron, timezone }, at);
    all.push(at.replace(':00.000Z', 'Z'));
  }
  return all;
}

const BERLIN = 'Europe/Berlin';

describe('times of a schedule', () => {
  it.each([
    ['0 */6 * * *', 'UTC', '2026-01-02T03:04:05.678Z', '2026-01-02T06:00Z 2026-01-02T12:00Z'],
    ['0 */6 * * *', 'UTC', '2026-01-02T06:00:00.000Z', '2026-01-02T12:00Z 2026-01-02T18:00Z'],
    ['0 */6 * * *', 'UTC', '2026-01-02T05:59:59.999Z', '2026-01-02T06:00Z 2026-01-02T12:00Z'],
    [
      ' 30  4 * * MON-FRI ',
      'UTC',
      '2026-01-02T03:00:00.000Z',
      '2026-01-02T04:30Z 2026-01-05T04:30Z',
    ],
    ['0 9 * * *', BERLIN, '2026-01-02T00:00:00.000Z', '2026-01-02T08:00Z 2026-01-03T08:00Z'],
    ['0 9 * * *', BERLIN, '2026-07-02T00:00:00.000Z', '2026-07-02T07:00Z 2026-07-03T07:00Z'],
    ['0 0 29 2 *', 'UTC', '2026-01-02T00:00:00.000Z', '2028-02-29T00:00Z 2032-02-29T00:00Z'],
    // Either day will do when both are given, as in every cron.
    ['0 0 1 * 1', 'UTC', '2026-03-28T00:00:00.000Z', '2026-03-30T00:00Z 2026-04-01T00:00Z'],
    ['0 0 L * *', 'UTC', '2026-02-02T00:00:00.000Z', '2026-02-28T00:00Z 2026-03-31T00:00Z'],
  ])('%s in %s after %s', (cron, timezone, after, expected) => {
    expect(times(cron, timezone, after, 2).join(' ')).toBe(expected);
  });

  it('comes once, as much later as the clock is put on, on the day that has no such hour', () => {
    expect(times('30 2 * * *', BERLIN, '2026-03-28T12:00:00Z', 2)).toEqual([
      '2026-03-29T01:30Z',
      '2026-03-30T00:30Z',
    ]);
    expect(times('15 * * * *', BERLIN, '2026-03-29T00:00:00Z', 3)).toEqual([
      '2026-03-29T00:15Z',
      '2026-03-29T01:15Z',
      '2026-03-29T02:15Z',
    ]);
    expect(times('0,20,40 2,3 * * *', BERLIN, '2026-03-28T12:00:00Z', 4)).toEqual([
      '2026-03-29T01:00Z',
      '2026-03-29T01:20Z',
      '2026-03-29T01:40Z',
      '2026-03-30T00:00Z',
    ]);
    // Where the clock is put on by half an hour.
    expect(times('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T00:00:00Z', 2)).toEqual([
      '2026-10-03T15:45Z',
      '2026-10-04T15:15Z',
    ]);
  });

  it('comes once at a fixed hour that exists twice, and in both when it is every hour', () => {
    const [first, second] = ['2026-10-25T00:30Z', '2026-10-26T01:30Z'];
    expect(times('30 2 * * *', BERLIN, '2026-10-24T12:00:00Z', 2)).toEqual([first, second]);
    // Also for who asks in the middle of it, between the two half past two.
    for (const asked of ['2026-10-25T00:30:03Z', '2026-10-25T00:59:59Z', '2026-10-25T01:10:03Z']) {
      expect(times('30 2 * * *', BERLIN, asked, 1)).toEqual([second]);
    }
    expect(times('30 * * * *', BERLIN, '2026-10-25T00:00:00Z', 3)).toEqual([
      '2026-10-25T00:30Z',
      '2026-10-25T01:30Z',
      '2026-10-25T02:30Z',
    ]);
  });

  const cronArbitrary = fc.constantFrom(
    '*/10 * * * *',
    '17 * * * *',
    '30 2 * * *',
    '0 */2 * * *',
    '5,35 1-3 * * *',
    '0 0 * * 0',
  );
  const zoneArbitrary = fc.constantFrom('UTC', BERLIN, 'America/New_York', 'Australia/Lord_Howe');

  it('is the same list of times, wherever in it one asks', () =>
    fc.assert(
      fc.property(
        cronArbitrary,
        zoneArbitrary,
        fc.constantFrom(
          '2026-03-28T20:00:00.000Z',
          '2026-10-24T20:00:00.000Z',
          '2026-04-04T12:00:00.000Z',
        ),
        fc.integer({ min: 0, max: 24 * 60 }),
        (cron, timezone, start, minutes) => {
          const asked = new Date(Date.parse(start) + minutes * 60_000).toISOString();
          const next = nextTime({ cron, timezone }, asked);
          expect(next > asked).toBe(true);
          let walked: string = start;
          while (walked <= asked) walked = nextTime({ cron, timezone }, walked);
          expect(walked).toBe(next);
        },
      ),
      { numRuns: 25 },
    ));

  it('counts the times that nobody took up, up to a bound', () => {
    const cron = { cron: '0 */6 * * *', timezone: 'UTC' };
    const due = '2026-01-02T00:00:00.000Z';
    const missed = (now: string) => missedTimes(cron, due, now);
    expect(missed('2026-01-02T00:00:03.000Z')).toBe(0);
    expect(missed('2026-01-02T05:59:59.999Z')).toBe(0);
    expect(missed('2026-01-02T06:00:00.000Z')).toBe(1);
    expect(missed('2026-01-04T00:00:00.000Z')).toBe(8);
    expect(missedTimes({ ...cron, cron: '* * * * *' }, due, '2027-01-01T00:00:00.000Z')).toBe(
      1_000,
    );
  });
});

describe('what is no schedule', () => {
  it.each([
    ['', 'it is empty'],
    ['* * * *', 'it has 4 fields'],
    ['* * * * * *', 'it has 6 fields'],
    ['@daily', 'it has 1 field;'],
    ['61 * * * *', 'minute "61"'],
    ['* 24 * * *', 'hour "24"'],
    ['* * 0 * *', 'day of the month "0"'],
    ['* * * foo *', 'month "foo"'],
    ['* * * * 8', 'day of the week "8"'],
    ['*/0 * * * *', 'minute "*/0"'],
    ['5-1 * * * *', 'minute "5-1"'],
    ['H * * * *', 'minute "H": H is not known here'],
    ['0 0 31 2 *', 'days that never come'],
    ['0 0 31 4,6 *', 'days that never come'],
  ])('%j: %s', (cron, why) => {
    const asked = () => nextTime({ cron, timezone: 'UTC' }, '2026-01-02T00:00:00.000Z');
    expect(asked).toThrow(expect.objectContaining({ code: 'invalid_input', param: 'cron' }));
    expect(asked).toThrow(`"${cron}" is no schedule`);
    expect(asked).toThrow(why);
  });

  it('names a time zone that there is not', () => {
    const asked = () => nextTime({ cron: '0 0 * * *', timezone: 'Mars/Olympus' }, '2026-01-02');
    expect(asked).toThrow(expect.objectContaining({ code: 'invalid_input', param: '--timezone' }));
    expect(asked).toThrow('"Mars/Olympus" is no time zone');
  });
});
