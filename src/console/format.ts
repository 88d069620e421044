const GROUPED = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `12,345`. */
export const amount = (value: number): string => GROUPED.format(value);

/** `1 page`, `2 pages`. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${amount(value)} ${value === 1 ? one : many}`;

/** Two or three digits that matter; what is smaller than a hundredth is nothing. */
const rounded = (value: number): string =>
  value < 0.01 ? '0' : String(Number(value.toPrecision(value >= 100 ? 3 : 2)));

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes in powers of 1,000: `840 B`, `1.2 MB`. */
export function bytes(value: number): string {
  let [scaled, unit] = [value, 0];
  while (scaled >= 999.5 && unit < BYTE_UNITS.length - 1) {
    scaled /= 1_000;
    unit += 1;
  }
  return `${rounded(scaled)} ${BYTE_UNITS[unit]}`;
}

const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000];

/** Milliseconds in the unit that reads best: `0.4 ms`, `1.2 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(ms: number): string {
  if (ms < 999.5) return `${rounded(ms)} ms`;
  if (ms < MINUTE - SECOND / 2) return `${rounded(ms / SECOND)} s`;
  if (ms < HOUR - SECOND / 2) return twoUnits(ms, [MINUTE, 'min'], [SECOND, 's']);
  if (ms < DAY - MINUTE / 2) return twoUnits(ms, [HOUR, 'h'], [MINUTE, 'min']);
  return twoUnits(ms, [DAY, 'd'], [HOUR, 'h']);
}

type Unit = readonly [ms: number, name: string];

function twoUnits(ms: number, [large, name]: Unit, [small, smallName]: Unit): string {
  const smalls = Math.round(ms / small);
  const perLarge = large / small;
  const rest = smalls % perLarge;
  const whole = `${Math.floor(smalls / perLarge)} ${name}`;
  return rest === 0 ? whole : `${whole} ${rest} ${smallName}`;
}

/** A share of a whole: `12%`, `<1%`, `0%`. */
export function share(part: number, whole: number): string {
  if (part === 0 || whole === 0) return '0%';
  const percent = (100 * part) / whole;
  if (percent < 1) return '<1%';
  // All but a few are not all.
  return `${percent > 99 && part < whole ? 99 : Math.round(percent)}%`;
}

/** An ISO 8601 instant as people read it: `2026-11-25 03:13:16 UTC`. */
export const moment = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
