import type { ErrorCode } from '#domain/errors.ts';
import type { PageFetcher } from '#ports/page-fetcher.ts';
import { parseRobots, type RobotsRules, robotsDecision } from '../discover/robots.ts';

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
  const decision = robotsDecision(outcome);
  if (decision.kind === 'hold_off') {
    const { code, retryable } =
      outcome.kind === 'failed' ? outcome : ({ code: 'unreachable', retryable: true } as const);
    return { refusalOf: () => ({ code, message: decision.message, retryable }), sitemaps: [] };
  }
  const text = decision.kind === 'rules' ? decision.text : '';
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
