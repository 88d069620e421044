import type { PiiSpan, Seen } from './kinds.ts';

/** Length of each country's IBAN (SWIFT IBAN registry). */
const LENGTHS: ReadonlyMap<string, number> = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 ' +
    'DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 ' +
    'HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 ' +
    'MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 ' +
    'RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 ' +
    'VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

const START = /(?<![A-Za-z0-9])[A-Za-z]{2}[ -]?\d{2}/g;
const ALPHANUMERIC = /[A-Za-z0-9]/;

/** IBANs of the right length for their country whose checksum holds (ISO 13616, mod 97). */
export function findIbans({ text }: Seen): readonly PiiSpan[] {
  const spans: PiiSpan[] = [];
  for (const { index, 0: head } of text.matchAll(START)) {
    const length = LENGTHS.get(head.slice(0, 2).toUpperCase());
    if (length === undefined) continue;
    const read = readCharacters(text, index, length);
    if (read !== null && holds(read.characters)) {
      spans.push({ kind: 'iban', start: index, end: read.end });
    }
  }
  return spans;
}

/** So many letters and digits, with at most one blank or hyphen between two of them. */
function readCharacters(text: string, start: number, length: number) {
  let [characters, at] = ['', start];
  while (characters.length < length) {
    const character = text[at] ?? '';
    if (ALPHANUMERIC.test(character)) characters += character;
    else if (!/[ -]/.test(character) || !ALPHANUMERIC.test(text[at + 1] ?? '')) return null;
    at += 1;
  }
  return ALPHANUMERIC.test(text[at] ?? '') ? null : { characters, end: at };
}

function holds(iban: string): boolean {
  let remainder = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}
