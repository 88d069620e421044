import { parse } from 'tldts';
import type { PiiSpan, Seen } from './kinds.ts';

/** The sign, and how URLs, scripts, markup and people who hide it write it. */
const AT =
  /@|%40|\\u0040|\\x40|&#(?:0{0,5}64|x0{0,5}40);|&commat;| {0,2}[[({] {0,2}at {0,2}[\])}] {0,2}/gi;

const LETTERS = '\\p{Script=Latin}\\p{Script=Cyrillic}\\p{Script=Greek}0-9';
const LOCAL_CHARACTER = new RegExp(`[${LETTERS}._%+'-]`, 'u');
/** The first ones of the Basic Multilingual Plane: all that the scripts above need. */
const LOCAL_CODES = Uint8Array.from({ length: 0x2000 }, (_none, code) =>
  Number(LOCAL_CHARACTER.test(String.fromCharCode(code))),
);
const isLocal = (code: number): boolean => LOCAL_CODES[code] === 1;
const LOCAL_LENGTH_MAX = 64;
const DOT = '(?:\\.| {0,2}[[({] {0,2}dot {0,2}[\\])}] {0,2})';
const DOMAIN = new RegExp(`[${LETTERS}-]{1,63}(?:${DOT}[${LETTERS}-]{1,63}){1,8}`, 'iuy');
const LABEL = new RegExp(`[${LETTERS}-]+$`, 'iu');

/** Names of networks that are no one's in the DNS, and yet have mailboxes. */
const PRIVATE_NETWORKS: ReadonlySet<string> = new Set(
  'local internal intranet lan corp localdomain example test invalid'.split(' '),
);

/** Users by which everyone logs in: `git@github.com:owner/name` is no one's address. */
const SHARED_USERS: ReadonlySet<string> = new Set(['git', 'hg', 'svn']);

/**
 * E-mail addresses whose domain ends in a public suffix or the name of a private network, so that
 * `logo@2x.png` and `name@1.2.3` are none. `user [at] host [dot] org` is one; without brackets it
 * is not, as that is how people write of other things.
 */
export function findEmails({ text, isCode }: Seen): readonly PiiSpan[] {
  const spans: PiiSpan[] = [];
  for (const { index, 0: sign } of text.matchAll(AT)) {
    const start = localStart(text, index);
    const domainStart = index + sign.length;
    if (start === index) continue;
    const end = domainEnd(text, domainStart);
    if (end === null) continue;
    if (SHARED_USERS.has(text.slice(start, index).toLowerCase())) continue;
    // `A@B.to(device)` multiplies matrices.
    if (isCode(index) && text[end] === '(') continue;
    spans.push({ kind: 'email', start, end });
  }
  return spans;
}

function localStart(text: string, at: number): number {
  let start = at;
  const least = Math.max(0, at - LOCAL_LENGTH_MAX);
  while (start > least && isLocal(text.charCodeAt(start - 1))) start -= 1;
  // A sentence, a list or a quotation may stand right before it.
  while (start < at && /[.'%+-]/.test(text[start] ?? '')) start += 1;
  return start;
}

/** The end of the longest domain that starts here; a sentence may go on right after it. */
function domainEnd(text: string, start: number): number | null {
  DOMAIN.lastIndex = start;
  let written = DOMAIN.exec(text)?.[0];
  while (written !== undefined && written !== '') {
    const domain = written.replace(/[ [({}\])]+(?:dot[ [({}\])]+)?/gi, '.');
    if (!domain.includes('.')) return null;
    if (isDomain(domain)) return start + written.length;
    const label = LABEL.exec(written);
    if (label === null) return null;
    // What goes on in other letters is the next word.
    const ascii = /^[!-~]+(?=[^!-~])/.exec(label[0])?.[0];
    const kept = written.slice(0, label.index);
    if (ascii === undefined) written = kept.replace(/[ [({}\]).]+(?:dot[ [({}\])]+)?$/i, '');
    else written = kept + ascii;
  }
  return null;
}

const TLDTS = { extractHostname: false, validateHostname: false, detectIp: false } as const;

function isDomain(domain: string): boolean {
  const lower = domain.toLowerCase();
  const last = lower.slice(lower.lastIndexOf('.') + 1);
  if (PRIVATE_NETWORKS.has(last)) return true;
  const parsed = parse(lower, TLDTS);
  return parsed.isIcann === true && parsed.domain !== null;
}
