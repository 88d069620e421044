import type { ErrorCode } from '#domain/errors.ts';
import type { FetchOutcome, PageFetcher } from '#ports/page-fetcher.ts';
import { parseRobots, type RobotsRules } from '../discover/robots.ts';

/** What an origin's robots.txt says, or why nobody may know and so nobody may visit. */
type OriginRobots = {
  /** Why a URL may not be visited; `null` when it may. */
  refusalOf(url: string): Refusal | null;
  readonly sitemaps: readonly string[];
};

type Refusal = {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
};

/** robots.txt of every origin that a crawl touches, asked for once each. */
export type RobotsCache = {
  of(url: string, signal: AbortSignal): Promise<OriginRobots>;
};

export type RobotsOptions = {
  readonly fetcher: PageFetcher;
  /** The product's token, as robots.txt groups name it. */
  readonly userAgent: string;
  /** The source's own pause between requests to a host. */
  readonly delayMs: number;
};

/** Longest pause that a robots.txt may ask for and get. */
const CRAWL_DELAY_MS_MAX = 60_000;

export function createRobotsCache(options: RobotsOptions): RobotsCache {
  const known = new Map<string, Promise<OriginRobots>>();
  return {
    of(url, signal) {
      const { origin } = new URL(url);
      const loading = known.get(origin) ?? load(options, origin, signal);
      known.set(origin, loading);
      return loading;
    },
  };
}

async function load(
  { fetcher, userAgent, delayMs }: RobotsOptions,
  origin: string,
  signal: AbortSignal,
): Promise<OriginRobots> {
  const { host } = new URL(origin);
  if (delayMs > 0) fetcher.setHostDelay(host, delayMs);
  const url = `${origin}/robots.txt`;
  const outcome = await fetcher.fetch(
    { url, etag: null, lastModified: null, accept: 'robots', redirects: 'follow' },
    signal,
  );
  if (isAway(outcome)) {
    const { code, message, retryable } = outcome;
    return { refusalOf: () => ({ code, message, retryable }), sitemaps: [] };
  }
  // A robots.txt that is not there, or is refused to us, allows everything (RFC 9309, 2.3.1.3).
  const text = outcome.kind === 'fetched' ? new TextDecoder().decode(outcome.page.body) : '';
  const rules = parseRobots(text, userAgent);
  const pause = Math.max(delayMs, Math.min(rules.crawlDelayMs ?? 0, CRAWL_DELAY_MS_MAX));
  if (pause > 0) fetcher.setHostDelay(host, pause);
  return { refusalOf: (page) => denialOf(rules, page), sitemaps: rules.sitemaps };
}

function denialOf(rules: RobotsRules, url: string): Refusal | null {
  if (rules.allows(url)) return null;
  const message = `${url} is forbidden to us by its site's robots.txt`;
  return { code: 'robots_denied', message, retryable: false };
}

/** Whether the origin itself could not answer: it is held off from until it can. */
const isAway = (outcome: FetchOutcome): outcome is Extract<FetchOutcome, { kind: 'failed' }> =>
  outcome.kind === 'failed' &&
  (outcome.status === null
    ? AWAY.has(outcome.code)
    : outcome.status >= 500 || outcome.status === 429);

const AWAY: ReadonlySet<ErrorCode> = new Set(['address_refused', 'unreachable', 'timeout']);
