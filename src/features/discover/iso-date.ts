/** Longest text that is looked at for a date. */
const LENGTH_MAX = 80;

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const FULL_MONTHS =
  'january february march april may june july august september october november december'.split(
    ' ',
  );

/** Zones of RFC 822 in minutes east of UTC; its military letters were wrong and stay unknown. */
const ZONES: Readonly<Record<string, number>> = {
  z: 0,
  ut: 0,
  utc: 0,
  gmt: 0,
  est: -300,
  edt: -240,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
};

const ISO =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:t| +)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)? *(z|utc|gmt|[+-]\d{2}(?::?\d{2})?)?)?$/;
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?:t(\d{2})(\d{2})(\d{2})?(z|[+-]\d{2}(?::?\d{2})?)?)?$/;
const RFC_822 =
  /^(?:[a-z]{3,9},? +)?(\d{1,2})[ -]([a-z]{3,9})\.?,?[ -](\d{4}|\d{2})(?:,? +(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)? *([a-z]{1,5}|(?:gmt|utc)?[+-]\d{2}:?\d{2})?(?: \([a-z ]{1,40}\))?)?$/;
/** C's asctime, Unix's `date` and what JavaScript makes of a date. */
const ASCTIME =
  /^[a-z]{3,9},? +([a-z]{3,9}) +(\d{1,2}) +(?:(\d{4}) +)?(\d{1,2}):(\d{2}):(\d{2})(?: +([a-z]{1,5}|(?:gmt|utc)?[+-]\d{2}:?\d{2}))?(?: +(\d{4}))?(?: \([a-z ]{1,40}\))?$/;
const WRITTEN =
  /^(?:[a-z]{3,9}, +)?([a-z]{3,9})\.? +(\d{1,2})(?:st|nd|rd|th)?,? +(\d{4})(?:,? +(?:at +)?\d{1,2}:\d{2}(?::\d{2})? *(?:[ap]\.?m\.?)?)?$/;

type Parts = {
  readonly date: readonly [year: number, month: number, day: number];
  readonly time: readonly [hour: number, minute: number, second: number] | null;
  /** Minutes east of UTC; `null` when the text does not say. */
  readonly zone: number | null;
};

/**
 * A date of a feed or a page as ISO 8601: an instant in UTC (`2024-05-01T10:00:00Z`), or the day
 * alone (`2024-05-01`) when the text has no time or does not say in which zone. Reads ISO 8601,
 * RFC 822, asctime and its like, and English `May 1, 2024`. `null` for all else; `01/05/2024` is
 * never guessed.
 */
export function isoDate(text: string): string | null {
  const said = text.trim().toLowerCase().replace(/\s+/g, ' ');
  if (said === '' || said.length > LENGTH_MAX) return null;
  const parts = isoParts(said) ?? rfcParts(said) ?? wordParts(said);
  return parts === null ? null : render(parts);
}

function isoParts(said: string): Parts | null {
  const match = ISO.exec(said) ?? COMPACT.exec(said);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, zone] = match;
  return {
    date: [Number(year), Number(month), Number(day)],
    time: hour === undefined ? null : [Number(hour), Number(minute), Number(second ?? 0)],
    zone: zoneOf(zone),
  };
}

function rfcParts(said: string): Parts | null {
  const match = RFC_822.exec(said);
  if (match === null) return null;
  const [, day, month = '', year = '', hour, minute, second, zone] = match;
  return {
    date: [fullYear(year), monthOf(month), Number(day)],
    time: hour === undefined ? null : [Number(hour), Number(minute), Number(second ?? 0)],
    zone: zoneOf(zone),
  };
}

function wordParts(said: string): Parts | null {
  const stamp = ASCTIME.exec(said);
  if (stamp !== null) {
    const [, month = '', day, early, hour, minute, second, zone, late] = stamp;
    const year = early ?? late;
    if (year === undefined) return null;
    return {
      date: [Number(year), monthOf(month), Number(day)],
      time: [Number(hour), Number(minute), Number(second)],
      zone: zoneOf(zone),
    };
  }
  const written = WRITTEN.exec(said);
  if (written === null) return null;
  return {
    date: [Number(written[3]), monthOf(written[1] ?? ''), Number(written[2])],
    // Nobody writes the zone there, so that the time says nothing.
    time: null,
    zone: null,
  };
}

/** Counted from 1; 0 for what is no month. */
function monthOf(word: string): number {
  const short = MONTHS.indexOf(word === 'sept' ? 'sep' : word);
  return (short >= 0 ? short : FULL_MONTHS.indexOf(word)) + 1;
}

/** RFC 2822, 4.3: two digits below 50 are of this century. */
function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length > 2) return year;
  return year < 50 ? 2_000 + year : 1_900 + year;
}

function zoneOf(zone: string | undefined): number | null {
  if (zone === undefined) return null;
  const offset = /^(?:gmt|utc)?([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (offset === null) return ZONES[zone] ?? null;
  const minutes = Number(offset[2]) * 60 + Number(offset[3] ?? 0);
  return offset[1] === '-' ? -minutes : minutes;
}

const DAY_MINUTES = 24 * 60;

function render({ date: [year, month, day], time, zone }: Parts): string | null {
  const midnight = new Date(Date.UTC(year, month - 1, day));
  midnight.setUTCFullYear(year);
  const isReal =
    month >= 1 && midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day;
  if (!isReal || year < 1_000) return null;
  if (time === null) return midnight.toISOString().slice(0, 10);
  const [hour, minute, second] = time;
  if (hour > 23 && (hour > 24 || minute + second > 0)) return null;
  if (minute > 59 || second > 60) return null;
  if (zone === null) return midnight.toISOString().slice(0, 10);
  if (Math.abs(zone) >= DAY_MINUTES) return null;
  const instant = midnight.getTime() + ((hour * 60 + minute - zone) * 60 + second) * 1_000;
  const written = new Date(instant).toISOString();
  // A zone can carry the last day of 9999 into a year of five digits, which has another form.
  return written.startsWith('+') ? null : `${written.slice(0, 19)}Z`;
}
