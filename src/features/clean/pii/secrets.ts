import type { PiiSpan, Seen } from './kinds.ts';

/** Keys and tokens that say by their first characters whose they are. */
const KNOWN = [
  '(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}', // Amazon Web Services
  'gh[pousr]_[A-Za-z0-9]{36,251}', // GitHub
  'github_pat_[A-Za-z0-9_]{22,255}',
  'gl(?:pat|dt|rt|soat)-[A-Za-z0-9_-]{20,64}', // GitLab
  'xox[abeoprs]-[A-Za-z0-9-]{10,250}', // Slack
  'xapp-\\d-[A-Za-z0-9-]{20,250}',
  '(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,250}', // Stripe
  'whsec_[A-Za-z0-9+/=]{24,100}',
  'AIza[A-Za-z0-9_-]{35}', // Google
  'GOCSPX-[A-Za-z0-9_-]{28}',
  'ya29\\.[A-Za-z0-9_-]{20,500}',
  'sk-ant-[A-Za-z0-9_-]{20,250}', // Anthropic
  'npm_[A-Za-z0-9]{36}',
  'pypi-[A-Za-z0-9_-]{50,500}',
  'hf_[A-Za-z0-9]{30,60}', // Hugging Face
  'SG\\.[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43}', // SendGrid
  'do[opr]_v1_[a-f0-9]{64}', // DigitalOcean
  'shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}', // Shopify
  'sq0(?:atp|csp)-[A-Za-z0-9_-]{22,43}', // Square
  '\\d{8,10}:AA[A-Za-z0-9_-]{33}', // Telegram
  'AGE-SECRET-KEY-1[A-Z0-9]{58}',
  'dckr_pat_[A-Za-z0-9_-]{27}', // Docker Hub
  // JWT (RFC 7519)
  'eyJ[A-Za-z0-9_-]{10,4000}\\.eyJ[A-Za-z0-9_-]{10,8000}\\.[A-Za-z0-9_-]{10,2000}',
];
const KNOWN_SECRET = new RegExp(`(?<![A-Za-z0-9_-])(?:${KNOWN.join('|')})(?![A-Za-z0-9_-])`, 'g');
const OPENAI = /(?<![A-Za-z0-9_-])sk-[A-Za-z0-9_-]{20,250}(?![A-Za-z0-9_-])/g;

const NAMED = new RegExp(
  '(?<name>pass(?:word|wd|phrase|wort)?|pwd|secret|token|credentials?' +
    '|(?:api|access|account|private|client)[_-]?(?:key|secret))' +
    '["\'\\]]{0,2}[ \\t]{0,4}(?::?=>?|:)[ \\t]{0,4}["\'`]?' +
    '(?<value>[^\\s"\'`<>,;|]{8,4000})',
  'gi',
);
const AUTHORIZATION = /\b(?:bearer|basic)[ \t]{1,3}(?<value>[A-Za-z0-9._~+/=-]{16,2000})/gi;

/**
 * Keys, tokens and passwords: those whose shape is known, private keys in PEM, passwords in URLs
 * (`scheme://user:password@`), and what stands after `password=`, `token:` or `Bearer` when it is
 * random enough that no one would name anything so.
 */
export function findSecrets({ text }: Seen): readonly PiiSpan[] {
  const spans: PiiSpan[] = [];
  const add = (start: number, end: number) => spans.push({ kind: 'secret', start, end });
  for (const { index, 0: key } of text.matchAll(KNOWN_SECRET)) add(index, index + key.length);
  for (const { index, 0: key } of text.matchAll(OPENAI)) {
    // `sk-` is also how classes of loading skeletons begin.
    if (/[A-Za-z0-9]{16}/.test(key) && /\d/.test(key)) add(index, index + key.length);
  }
  for (const match of [...text.matchAll(NAMED), ...text.matchAll(AUTHORIZATION)]) {
    const { name = '', value: written = '' } = match.groups ?? {};
    const start = match.index + match[0].length - written.length;
    // In an URL the next parameter follows.
    const [value = ''] = written.split(/&[\w-]{1,40}=/, 1);
    const least = /^(?:pass|pwd)/i.test(name) ? SHORT : LONG;
    if (isRandom(value, least)) add(start, start + value.length);
  }
  for (const [start, end] of [...pemKeys(text), ...urlPasswords(text)]) add(start, end);
  return spans.sort((a, b) => a.start - b.start);
}

/** Least length of what is called a password, and of what is called something else. */
const SHORT = 8;
const LONG = 16;
/** Shannon entropy of a character, in bits. */
const ENTROPY_MIN = 2.7;
/** Turns of letters, digits and capitals that no one's word has. */
const CHANGES_MIN = 5;
const PLACEHOLDER = new RegExp(
  '^[$%{<[*#.]|\\$\\{|\\{\\{|\\(|\\.\\.\\.$|xxxx|\\*\\*\\*' +
    '|^(?:your|my|example|changeme|placeholder|process\\.|os\\.)',
  'i',
);

function isRandom(value: string, lengthMin: number): boolean {
  if (value.length < lengthMin || PLACEHOLDER.test(value)) return false;
  const has = (expression: RegExp) => expression.test(value);
  const digits = value.match(/\d/g)?.length ?? 0;
  if (digits === 0 || !has(/[A-Za-z]/) || entropyOf(value) < ENTROPY_MIN) return false;
  if (value.length < LONG) {
    return has(/[a-z]/) && has(/[A-Z]/) && (has(/[^\w.-]/) || changesOf(value) >= CHANGES_MIN);
  }
  // Words with hyphens or dots between them are names.
  const longest = value.split(/[_.\-/]/).reduce((a, b) => (b.length > a.length ? b : a), '');
  return longest.length >= 12 && digits >= 2 && changesOf(longest) >= 2;
}

/** How often letters and digits take turns, or small and capital letters within. */
function changesOf(value: string): number {
  let changes = 0;
  for (let at = 1; at < value.length; at += 1) {
    if (sortOf(value, at) !== sortOf(value, at - 1)) changes += 1;
  }
  return changes;
}

function sortOf(value: string, at: number): number {
  const code = value.charCodeAt(at);
  if (code >= 48 && code <= 57) return 0;
  return code >= 65 && code <= 90 ? 1 : 2;
}

function entropyOf(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values())
    bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}

const PEM_BEGIN = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const PEM_END = /-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const PEM_LENGTH_MAX = 20_000;
const PEM_LINES = /(?:[\s>*#|]{0,8}[A-Za-z0-9+/=]{16,80}){0,200}/y;

/** To the end that belongs to it; without one, as far as its lines go. */
function* pemKeys(text: string): Generator<readonly [start: number, end: number]> {
  const ends = Array.from(text.matchAll(PEM_END), ({ index, 0: line }) => index + line.length);
  let [next, done] = [0, 0];
  for (const { index, 0: line } of text.matchAll(PEM_BEGIN)) {
    if (index < done) continue;
    while (next < ends.length && (ends[next] ?? 0) <= index) next += 1;
    const end = ends[next];
    PEM_LINES.lastIndex = index + line.length;
    const lines = index + line.length + (PEM_LINES.exec(text)?.[0].length ?? 0);
    const isWhole = end !== undefined && isKeyText(text.slice(index, end));
    done = isWhole ? end : lines;
    yield [index, done];
  }
}

/** Markup or other text in between: the end is another key's. */
const isKeyText = (text: string): boolean =>
  text.length <= PEM_LENGTH_MAX && !/[<>{}]/.test(text) && text.indexOf('-----BEGIN', 1) < 0;

const USER_INFO = /:\/\/(?<user>[^\s/?#@:"'<>`]{0,100}):(?<password>[^\s/?#@"'<>`]{1,200})@/g;

function* urlPasswords(text: string): Generator<readonly [start: number, end: number]> {
  for (const { index, 0: written, groups = {} } of text.matchAll(USER_INFO)) {
    if (/^[${<%*[]/.test(groups['password'] ?? '')) continue;
    yield [index + 3, index + written.length - 1];
  }
}
