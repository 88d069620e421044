import type { PiiSpan, Seen } from './kinds.ts';
import { digitsOf, type Group } from './number-runs.ts';

/** Leading digits, and lengths, of the networks' numbers (ISO/IEC 7812). */
const NETWORKS: readonly { readonly prefix: RegExp; readonly lengths: readonly number[] }[] = [
  { prefix: /^4/, lengths: [13, 16, 19] }, // Visa
  { prefix: /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] }, // Mastercard
  { prefix: /^3[47]/, lengths: [15] }, // American Express
  { prefix: /^(?:6011|64[4-9]|65)/, lengths: [16, 17, 18, 19] }, // Discover
  { prefix: /^3(?:0[0-5]|095|[689])/, lengths: [14, 15, 16, 17, 18, 19] }, // Diners Club
  { prefix: /^35(?:2[89]|[3-8])/, lengths: [16, 17, 18, 19] }, // JCB
  { prefix: /^(?:2131|1800)/, lengths: [15] }, // JCB before 1989
  { prefix: /^62/, lengths: [16, 17, 18, 19] }, // UnionPay
  { prefix: /^220[0-4]/, lengths: [16, 17, 18, 19] }, // Mir
  { prefix: /^(?:60|8[12]|508)/, lengths: [16] }, // RuPay
  { prefix: /^(?:50|5[6-9]|6)/, lengths: [12, 13, 14, 15, 16, 17, 18, 19] }, // Maestro
];
/** Goods have thirteen digits, and cards no longer do: those need a word that says so. */
const LENGTH_MIN = 14;
const NAMED_LENGTH_MIN = 12;
const LENGTH_MAX = 19;

/** How numbers are printed on cards and typed from them. */
const PRINTED: readonly (readonly number[])[] = [
  [4, 4, 4, 4, 3],
  [4, 4, 4, 4],
  [4, 6, 5],
  [4, 6, 4],
  [4, 4, 4, 3],
  [4, 4, 5],
  [6, 13],
  [8, 8],
];
const BEFORE = 60;
const AFTER = 30;
const NAMED =
  /\b(?:cards?|cc|credit|debit|visa|mastercard|maestro|amex|karte|carte|tarjeta|carta)\b/i;

/**
 * Payment cards of 14 to 19 digits with a network's prefix and length whose check digit holds
 * (Luhn, ISO/IEC 7812), in one group or in those of print. Where the words around speak of a card
 * the check digit alone decides, and 12 digits are enough.
 */
export function findCards({ text, isUrl, runs }: Seen): readonly PiiSpan[] {
  const spans: PiiSpan[] = [];
  for (const { groups, end: runEnd } of runs()) {
    if (runEnd - (groups[0]?.start ?? 0) < NAMED_LENGTH_MIN) continue;
    for (let first = 0; first < groups.length; first += 1) {
      const count = cardAt(text, groups, first);
      const [start, end] = [groups[first]?.start ?? 0, groups[first + count - 1]?.end ?? 0];
      if (count === 0 || isUrl(start) || isJoined(text, start, end)) continue;
      spans.push({ kind: 'card', start, end });
      first += count - 1;
    }
  }
  return spans;
}

/** How many groups, from one on, make a card; 0 when none do. */
function cardAt(text: string, groups: readonly Group[], first: number): number {
  const group = groups[first];
  if (group === undefined) return 0;
  const length = group.end - group.start;
  if (length >= NAMED_LENGTH_MIN && length <= LENGTH_MAX) {
    return isCard(text, groups.slice(first, first + 1)) ? 1 : 0;
  }
  for (const printed of PRINTED) {
    if (length !== printed[0]) continue;
    const taken = groups.slice(first, first + printed.length);
    const fits = taken.every(({ start, end }, at) => end - start === printed[at]);
    if (!fits || taken.length < printed.length || !isEvenly(text, taken)) continue;
    if (isCard(text, taken)) return printed.length;
  }
  return 0;
}

/** The same separator, a blank or a hyphen, between all groups. */
function isEvenly(text: string, groups: readonly Group[]): boolean {
  const separators = new Set<string>();
  for (let at = 1; at < groups.length; at += 1) {
    separators.add(text.slice(groups[at - 1]?.end, groups[at]?.start));
  }
  return separators.size === 1 && (separators.has(' ') || separators.has('-'));
}

/** Part of a longer word, of a decimal or of a path. */
const isJoined = (text: string, start: number, end: number): boolean =>
  /[A-Za-z0-9_/]$|[A-Za-z0-9]-$|\d[.,]$/.test(text.slice(Math.max(0, start - 2), start)) ||
  /^(?:[A-Za-z0-9_]|[.,]\d)/.test(text.slice(end, end + 2));

function isCard(text: string, groups: readonly Group[]): boolean {
  const digits = digitsOf(text, groups);
  // Nothing but one digit, such as zeros, is a filler.
  if (/^(\d)\1*$/.test(digits) || !passesLuhn(digits)) return false;
  const isKnown = NETWORKS.some(
    ({ prefix, lengths }) => lengths.includes(digits.length) && prefix.test(digits),
  );
  if (isKnown && digits.length >= LENGTH_MIN) return true;
  const start = groups[0]?.start ?? 0;
  const end = groups.at(-1)?.end ?? start;
  const around = [text.slice(Math.max(0, start - BEFORE), start), text.slice(end, end + AFTER)];
  return around.some((words) => NAMED.test(words));
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - at) - 48;
    const weighed = at % 2 === 0 ? digit : digit * 2;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
}
