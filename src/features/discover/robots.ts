import type { FetchOutcome } from '#ports/page-fetcher.ts';
import { parseRobotsLines } from './robots-lines.ts';

/** What one robots.txt says to one crawler. */
export type RobotsRules = {
  /** Whether an absolute URL may be visited. The site that it is on is not looked at. */
  allows(url: string): boolean;
  /** Least pause between requests; `null` when the file states none. */
  readonly crawlDelayMs: number | null;
  /** As they are written; absolute when the site keeps to the protocol. */
  readonly sitemaps: readonly string[];
};

type Rule = { readonly allow: boolean; readonly length: number; readonly glob: Glob };

/** A pattern cut at its stars; the first part is a prefix, the last may be bound to the end. */
type Glob = { readonly parts: readonly string[]; readonly toEnd: boolean };

type Group = { readonly rules: Rule[]; crawlDelayMs: number | null };

const INDEX_PAGE = /\/index\.html?$/;

/**
 * Reads a robots.txt by RFC 9309 with Google's readings: the groups that name the crawler override
 * those for `*`, the longest matching rule wins, allow wins a tie. Never throws; what is no rule is
 * passed over. At most 500 KiB are read. `userAgent` is a product's name, with or without a version.
 */
export function parseRobots(text: string, userAgent: string): RobotsRules {
  const [product = ''] = userAgent.toLowerCase().split('/');
  const named: Group = { rules: [], crawlDelayMs: null };
  const general: Group = { rules: [], crawlDelayMs: null };
  const sitemaps: string[] = [];
  const addressed = { named: false, general: false, ever: false, ruleSeen: false };

  for (const { key, value } of parseRobotsLines(text)) {
    if (key === 'user-agent') {
      if (addressed.ruleSeen) Object.assign(addressed, { named: false, general: false });
      addressed.ruleSeen = false;
      if (/^\*(?:\s|$)/.test(value)) addressed.general = true;
      else if (product !== '' && productOf(value) === product) {
        addressed.named = true;
        addressed.ever = true;
      }
      continue;
    }
    if (key === 'sitemap') {
      sitemaps.push(value);
      continue;
    }
    if (key !== 'crawl-delay') addressed.ruleSeen = true;
    if (addressed.named) apply(named, key, value);
    if (addressed.general) apply(general, key, value);
  }
  const { rules, crawlDelayMs } = addressed.ever ? named : general;
  return { allows: (url) => isAllowed(rules, pathOf(url)), crawlDelayMs, sitemaps };
}

/** The product token that a group is for, by which it is matched in any case. */
const productOf = (agent: string): string => (/^[a-z_-]+/i.exec(agent)?.[0] ?? '').toLowerCase();

function apply(group: Group, key: 'allow' | 'disallow' | 'crawl-delay', value: string): void {
  if (key === 'crawl-delay') {
    const delayMs = Math.round(Number(value) * 1_000);
    if (value !== '' && delayMs >= 0 && Number.isFinite(delayMs)) {
      // The first one: a delay does not end a group (RFC 9309, 2.2.4), so a later one may be meant
      // for the crawlers that are named between the two.
      group.crawlDelayMs ??= delayMs;
    }
    return;
  }
  if (value === '') return;
  const allow = key === 'allow';
  const pattern = escapePattern(value);
  group.rules.push({ allow, length: pattern.length, glob: globOf(pattern) });
  // `/folder/index.html` allows the folder itself as well.
  if (allow && INDEX_PAGE.test(pattern)) {
    const folder = `${pattern.slice(0, pattern.lastIndexOf('/') + 1)}$`;
    group.rules.push({ allow, length: folder.length, glob: globOf(folder) });
  }
}

/** Escapes in upper case, and characters beyond ASCII escaped, as URLs have them. */
const escapePattern = (pattern: string): string =>
  pattern
    .replace(/%[0-9a-f]{2}/gi, (triplet) => triplet.toUpperCase())
    .replace(/[^\0-\x7f]+/g, (text) => encodeURIComponent(text.toWellFormed()));

function globOf(pattern: string): Glob {
  const toEnd = pattern.endsWith('$');
  return { parts: (toEnd ? pattern.slice(0, -1) : pattern).split('*'), toEnd };
}

/** Leftmost match of each part, which for globs finds a match whenever there is one. */
function matches({ parts, toEnd }: Glob, path: string): boolean {
  const [prefix = '', ...rest] = parts;
  if (!path.startsWith(prefix)) return false;
  const last = rest.pop();
  if (last === undefined) return !toEnd || path.length === prefix.length;
  let position = prefix.length;
  for (const part of rest) {
    const found = path.indexOf(part, position);
    if (found < 0) return false;
    position = found + part.length;
  }
  if (!toEnd) return path.indexOf(last, position) >= 0;
  return path.length - last.length >= position && path.endsWith(last);
}

function isAllowed(rules: readonly Rule[], path: string): boolean {
  let verdict = true;
  let longest = -1;
  for (const { allow, length, glob } of rules) {
    const decides = length > longest || (length === longest && allow && !verdict);
    if (!decides || !matches(glob, path)) continue;
    verdict = allow;
    longest = length;
  }
  return verdict;
}

/** Path and query as they stand, with a leading slash; no scheme, host or fragment. */
function pathOf(url: string): string {
  const end = url.indexOf('#');
  const whole = end < 0 ? url : url.slice(0, end);
  const authority = /^(?:[a-z][a-z0-9+.-]*:)?\/\//i.exec(whole)?.[0].length ?? 0;
  const start = whole.slice(authority).search(/[/?;]/);
  const path = start < 0 ? '/' : whole.slice(authority + start);
  return path.startsWith('/') ? path : `/${path}`;
}

/** What a visit of a robots.txt means for the pages of its origin. */
export type RobotsDecision =
  | { readonly kind: 'rules'; readonly text: string }
  | { readonly kind: 'allow_all' }
  /** The origin cannot say; nothing of it may be visited until it can. */
  | { readonly kind: 'hold_off'; readonly message: string };

const TOO_MANY_REQUESTS = 429;

/**
 * RFC 9309, 2.3.1: a robots.txt that is not there (4xx) allows everything, one that the server
 * fails to give (5xx, unreachable) forbids everything. 429 is the server failing, as at Google.
 */
export function robotsDecision(outcome: FetchOutcome): RobotsDecision {
  if (outcome.kind === 'fetched') {
    return { kind: 'rules', text: new TextDecoder().decode(outcome.page.body) };
  }
  if (outcome.kind === 'gone') return { kind: 'allow_all' };
  if (outcome.kind !== 'failed') {
    return { kind: 'hold_off', message: `robots.txt of ${outcome.url} was not given` };
  }
  const { code, status, message } = outcome;
  const absent =
    code === 'unsupported_type' ||
    code === 'redirects_exceeded' ||
    code === 'redirect_loop' ||
    (status !== null && status >= 400 && status < 500 && status !== TOO_MANY_REQUESTS);
  return absent ? { kind: 'allow_all' } : { kind: 'hold_off', message };
}
