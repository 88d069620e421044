import type { FetchOutcome } from '#ports/page-fetcher.ts';
import { parseRobotsLines } from './robots-lines.ts';
import { createVerdict, type Rule } from './robots-rules.ts';

/** What one robots.txt says to one crawler. */
export type RobotsRules = {
  /** Whether an absolute URL may be visited. The site that it is on is not looked at. */
  allows(url: string): boolean;
  /** Least pause between requests; `null` when the file states none. */
  readonly crawlDelayMs: number | null;
  /** As they are written; absolute when the site keeps to the protocol. */
  readonly sitemaps: readonly string[];
};

type Group = { readonly rules: Rule[]; crawlDelayMs: number | null };

const INDEX_PAGE = /\/index\.html?$/;
/** Sitemaps of one file; what is beyond is not looked at. */
const SITEMAPS_MAX = 1_000;

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
      if (sitemaps.length < SITEMAPS_MAX) sitemaps.push(value);
      continue;
    }
    if (key !== 'crawl-delay') addressed.ruleSeen = true;
    if (addressed.named) apply(named, key, value);
    if (addressed.general) apply(general, key, value);
  }
  const { rules, crawlDelayMs } = addressed.ever ? named : general;
  const allows = createVerdict(rules);
  return { allows: (url) => allows(pathOf(url)), crawlDelayMs, sitemaps };
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
  group.rules.push({ allow, pattern });
  // `/folder/index.html` allows the folder itself as well.
  if (allow && INDEX_PAGE.test(pattern)) {
    group.rules.push({ allow, pattern: `${pattern.slice(0, pattern.lastIndexOf('/') + 1)}$` });
  }
}

/** Escapes in upper case, and characters beyond ASCII escaped, as URLs have them. */
const escapePattern = (pattern: string): string =>
  pattern
    .replace(/%[0-9a-f]{2}/gi, (triplet) => triplet.toUpperCase())
    .replace(/[^\0-\x7f]+/g, (text) => encodeURIComponent(text.toWellFormed()));

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
    return { kind: 'rules', text: textOf(outcome.page.body) };
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

/** UTF-8 by the protocol, UTF-16 by a byte-order mark; broken sequences become U+FFFD. */
function textOf(body: Uint8Array): string {
  const [first, second] = body;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(body);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(body);
  return new TextDecoder().decode(body);
}
