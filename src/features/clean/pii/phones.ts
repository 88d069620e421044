import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { PiiSpan, Seen } from './kinds.ts';
import { digitsOf, type Group, type NumberRun } from './number-runs.ts';
import { isNextOf, type Label, labelOf } from './phone-labels.ts';

const DIGITS_MIN = 6;
/** `mobile: 1234567` of a program is some id. */
const CODE_DIGITS_MIN = 9;
/** ITU-T E.164. */
const DIGITS_MAX = 15;
const GROUPS_MAX = 7;
/**
 * Numbers of one text that are looked up in the numbering plans; those after them count by their
 * shape alone. A text with so many is a directory, or is made to cost time.
 */
const LOOKUPS_MAX = 20_000;
/** Where a national number is dialled with a leading 0, most people first. */
const TRUNK_COUNTRIES = [
  'FR',
  'DE',
  'GB',
  'IT',
  'NL',
  'BE',
  'CH',
  'AT',
  'SE',
  'AU',
  'JP',
  'IN',
  'ZA',
] as const;

type Country = (typeof TRUNK_COUNTRIES)[number] | 'US';
type LookUp = (text: string, country: Country | null) => 'valid' | 'possible' | 'unknown';

type Candidate = NumberRun & {
  readonly digits: string;
  readonly written: string;
  readonly sizes: readonly number[];
  readonly label: Label;
  readonly isCode: boolean;
};

/**
 * Phone numbers with their extension: `+` or `00` and what its country's plan has room for;
 * `212-555-0134`; a leading 0 and a grouping that is valid in a country that dials so; and any six
 * digits or more that the words around call a phone's. In code only the first and the last are.
 * Dates, ISBNs, decimals, and what the words before call an order, id, version or such are none.
 */
export function findPhones({ text, isCode, isUrl, runs }: Seen): readonly PiiSpan[] {
  const lookUp = createLookUp();
  const spans: PiiSpan[] = [];
  for (const run of runs()) {
    if (run.end - run.start < DIGITS_MIN || isUrl(run.start)) continue;
    for (const part of partsOf(text, run)) {
      const last = spans.at(-1);
      const follows = last !== undefined && isNextOf(text, last.end, part.start);
      const candidate = candidateOf(text, part, { follows, isCode: isCode(part.start) });
      if (candidate === null || !isPhone(candidate, lookUp)) continue;
      spans.push({ kind: 'phone', start: part.start, end: withExtension(text, part.end) });
      if (part.end === run.end && part.start === run.start) break;
    }
  }
  return spans;
}

/**
 * The run as a whole; then what is between its slashes, and dashes with blanks around them; then
 * what is between the blanks of such a part (`2024-05-01 212-555-0134`).
 */
function* partsOf(text: string, run: NumberRun): Generator<NumberRun> {
  if (run.groups.length <= GROUPS_MAX) yield run;
  for (const part of split(text, run, /\/|^ [-.] $/)) {
    const isWhole = part.groups.length === run.groups.length;
    if (!isWhole && part.groups.length <= GROUPS_MAX) yield part;
    for (const smaller of split(text, part, /^ +\(?$/)) {
      const isSame = smaller.groups.length === part.groups.length;
      const isOne = smaller.groups.length === 1 && part.groups.length < 3;
      if (!isSame && !isOne && smaller.groups.length <= GROUPS_MAX) yield smaller;
    }
  }
}

function split(text: string, run: NumberRun, at: RegExp): readonly NumberRun[] {
  const parts: NumberRun[] = [];
  let groups: Group[] = [];
  let { start } = run;
  for (const [place, group] of run.groups.entries()) {
    groups.push(group);
    const next = run.groups[place + 1];
    const between = text.slice(group.end, next?.start ?? group.end);
    if (next !== undefined && !at.test(between)) continue;
    parts.push({ start, end: group.end, groups });
    groups = [];
    start = (next?.start ?? 0) - (between.endsWith('(') ? 1 : 0);
  }
  return parts;
}

function candidateOf(
  text: string,
  part: NumberRun,
  { follows, isCode }: { readonly follows: boolean; readonly isCode: boolean },
): Candidate | null {
  const { start, end, groups } = part;
  const digits = digitsOf(text, groups);
  if (digits.length < DIGITS_MIN || digits.length > DIGITS_MAX + 2) return null;
  const written = text.slice(start, end);
  if (isJoined(text, start, end) || isDate(written) || isRound(digits)) return null;
  const sizes = groups.map((group) => group.end - group.start);
  const isCount = /^\d{1,3}(?: \d{3})+$/.test(written);
  const label = follows ? 'phone' : labelOf(text, { start, end, isCount });
  return { ...part, digits, written, sizes, label, isCode };
}

function isPhone(candidate: Candidate, lookUp: LookUp): boolean {
  const { digits, written, label, isCode, sizes } = candidate;
  if (label === 'other' || (digits.length === 13 && /^97[89]/.test(digits))) return false;
  if (/^\(?\+/.test(written)) return isInternational(candidate, lookUp);
  if (label === 'phone') {
    const least = isCode ? CODE_DIGITS_MIN : DIGITS_MIN;
    return digits.length >= least && digits.length <= DIGITS_MAX && !isYears(candidate);
  }
  if (isCode) return false;
  if (label === 'maybe')
    return digits.length > DIGITS_MIN && digits.length <= DIGITS_MAX && !isYears(candidate);
  if (/^\(?00[1-9]/.test(written) && sizes.length > 1) return isInternational(candidate, lookUp);
  return isNorthAmerican(candidate, lookUp) || isTrunk(candidate, lookUp);
}

function isInternational({ digits, written, isCode }: Candidate, lookUp: LookUp): boolean {
  const dialled = written.replace(/\(0\)/, '').replace(/\D/g, '').replace(/^00/, '');
  if (dialled.length > DIGITS_MAX || digits.length < DIGITS_MIN + 1) return false;
  const found = lookUp(`+${dialled}`, null);
  return found === 'valid' || (found === 'possible' && !isCode);
}

/** Ten digits as they are written in the United States, Canada and the Caribbean. */
function isNorthAmerican({ written, digits, sizes }: Candidate, lookUp: LookUp): boolean {
  const area = sizes[0] === 1 && digits[0] === '1' ? sizes.slice(1) : sizes;
  if (area.join() !== '3,3,4' || !/^1?[2-9]/.test(digits)) return false;
  const separators = written.replace(/\d/g, '');
  if (/^ +$/.test(separators)) return lookUp(digits, 'US') === 'valid';
  return /^(?:1[-. ])?\(?\d{3}(?:\)? ?|\)?[-./])\d{3}[-. ]\d{4}$/.test(written);
}

/** A leading 0 and groups, of which the first is no lone digit as in a decimal or an ISBN. */
function isTrunk({ written, digits, sizes }: Candidate, lookUp: LookUp): boolean {
  if (!/^\(?0[1-9]\d/.test(written.replace(/^(\(?0\d)\D+/, '$1')) || (sizes[0] ?? 0) < 2)
    return false;
  if (sizes.length < 2 || digits.length < 9 || digits.length > 11) return false;
  const separators = new Set(written.replace(/^\(?\d+(?:\) ?|[-/ .])/, '').match(/\D+/g) ?? []);
  if (separators.size > 1) return false;
  return TRUNK_COUNTRIES.some((country) => lookUp(digits, country) === 'valid');
}

function createLookUp(): LookUp {
  let lookUps = 0;
  return (text, country) => {
    lookUps += 1;
    if (lookUps > LOOKUPS_MAX) return 'valid';
    const number = parsePhoneNumberFromString(
      text,
      country === null ? {} : { defaultCountry: country },
    );
    if (number === undefined) return 'unknown';
    if (number.isValid()) return 'valid';
    return number.isPossible() ? 'possible' : 'unknown';
  };
}

const EXTENSION = /(?:[ ,]{0,2}(?:x|ext\.?|extension|#|durchwahl) ?)\d{1,6}(?!\w)/iy;

function withExtension(text: string, end: number): number {
  EXTENSION.lastIndex = end;
  return end + (EXTENSION.exec(text)?.[0].length ?? 0);
}

/** Part of a longer word, amount, time, path or identifier. */
function isJoined(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 2), start);
  if (/[\p{L}\p{N}_$€£¥#@&/\\+^]$|[\d\p{L}][-]$|\d[:,.]$|[-.]{2}$/u.test(before)) return true;
  EXTENSION.lastIndex = end;
  if (EXTENSION.test(text)) return false;
  const after = text.slice(end, end + 12);
  if (/^ ?-(?:office|fax|home|work|mobile|tel|phone)/i.test(after)) return false;
  return /^(?:[\p{L}\p{N}_%°€$£@]|[:,.-]\d|-\p{L}|\/\w| ?[%€$£])/u.test(after);
}

const MONTH = '(?:0?[1-9]|1[0-2])';
const DAY = '(?:0?[1-9]|[12]\\d|3[01])';
const YEAR = '(?:19|20)\\d\\d';
/** By hyphens, dots, slashes or blanks; without a century never by blanks, as phones are. */
const DATE = new RegExp(
  `^(?:${YEAR}([-./ ])${MONTH}\\1${DAY}|${DAY}([-./ ])${DAY}\\2${YEAR}` +
    `|${DAY}([-./])${DAY}\\3\\d\\d)(?: |$)`,
);

const isDate = (written: string): boolean => DATE.test(written);

/** `1 000 000`, `100000`. */
const isRound = (digits: string): boolean => /000$/.test(digits) && digits.length < 10;

/** `2019-2024`. */
const isYears = ({ sizes, digits }: Candidate): boolean =>
  sizes.join() === '4,4' && /^(?:19|20)\d\d(?:19|20)\d\d$/.test(digits);
