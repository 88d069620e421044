import type { LookupFunction } from 'node:net';
import { Agent } from 'undici';
import { AppError } from '#domain/errors.ts';
import type { FetchOutcome, FetchRequest, PageFetcher, Redirect } from '#ports/page-fetcher.ts';
import type { Clock } from '#ports/system.ts';
import { createAddressGuard } from './address-guard.ts';
import { type Failure, failure } from './failure.ts';
import { createGuardedConnect } from './guarded-connect.ts';
import { createHostLanes, type HostLanes } from './host-lanes.ts';
import type { FetchLimits } from './limits.ts';
import { retryDelayMs } from './retry-delay.ts';
import { type Hop, type HopContext, type HopResult, visitHop } from './visit-hop.ts';

export type PageFetcherOptions = {
  readonly userAgent: string;
  /** CIDRs that may be reached although they are not globally routable. */
  readonly allowNetworks: readonly string[];
  readonly limits: FetchLimits;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Resolves names; the system's resolver when absent. */
  readonly resolve?: LookupFunction | undefined;
};

/** `close` ends visits under way with `cancelled` and closes every connection. */
export type ClosablePageFetcher = PageFetcher & { close(): Promise<void> };

type Visiting = {
  readonly context: HopContext;
  readonly lanes: HostLanes;
  readonly random: () => number;
  readonly signal: AbortSignal;
};

/** A fetcher of its own connections. Throws `invalid_config` when a network cannot be read. */
export function createPageFetcher(options: PageFetcherOptions): ClosablePageFetcher {
  const { userAgent, limits, clock, random } = options;
  const agent = createAgent(options);
  const lanes = createHostLanes({
    clock,
    concurrencyMax: limits.concurrencyPerHostMax,
    delayMs: limits.delayMs,
  });
  const life = new AbortController();
  const context = { agent, userAgent, limits, clock };
  return {
    async fetch(request, signal) {
      const either = AbortSignal.any([signal, life.signal]);
      try {
        return await visit({ context, lanes, random, signal: either }, request);
      } catch (cause) {
        if (!either.aborted) throw cause;
        throw new AppError('cancelled', `the visit of ${request.url} was cancelled`, { cause });
      }
    },
    setHostDelay: lanes.setDelay,
    async close() {
      life.abort();
      await agent.destroy();
    },
  };
}

function createAgent({ allowNetworks, limits, resolve }: PageFetcherOptions): Agent {
  return new Agent({
    connect: createGuardedConnect({
      isAllowed: createAddressGuard(allowNetworks),
      connectMs: limits.connectMs,
      resolve,
    }),
    allowH2: false,
    connections: limits.concurrencyPerHostMax,
    maxHeaderSize: limits.headerBytesMax,
    // The deadline of each hop covers both, on the injected clock.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

async function visit(visiting: Visiting, request: FetchRequest): Promise<FetchOutcome> {
  const { redirectsMax } = visiting.context.limits;
  const redirects: Redirect[] = [];
  const seen = new Set<string>();
  const budget = { retries: visiting.context.limits.retriesMax };
  let url = targetOf(request.url, request.url);
  for (;;) {
    if ('kind' in url) return outcomeOf(url, redirects);
    seen.add(url.href);
    const result = await askPatiently(visiting, { url, request }, budget);
    if (result.kind !== 'redirect') return settled(result, url.href, redirects);
    const { status, location } = result;
    const next = targetOf(location, url.href);
    if ('kind' in next) return outcomeOf(next, redirects);
    const redirect = { from: url.href, to: next.href, status };
    if (request.redirects === 'report') {
      const { from, to } = redirect;
      return { kind: 'redirected', url: from, to, status, redirects: [redirect] };
    }
    const refused = refuseRedirect(redirect, seen, redirects.length >= redirectsMax);
    if (refused) return outcomeOf(refused, redirects);
    redirects.push(redirect);
    url = next;
  }
}

/** An absolute http(s) URL without fragment, or why it cannot be asked. */
function targetOf(text: string, base: string): URL | Failure {
  const url = URL.parse(text, base);
  if (url === null) {
    return text === base
      ? failure('invalid_input', `${text} is no absolute URL; write it with https://`, false)
      : failure('malformed', `${base} redirects to "${text}", which is no URL`, false);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return failure('address_refused', `${url.href}: only http and https are fetched`, false);
  }
  if (url.username !== '' || url.password !== '') {
    // Not repeated whole: the message is stored and shown.
    const where = `${url.host}${url.pathname}`;
    const message = `${where}: a URL must not hold a user name or password; take it out`;
    return failure('address_refused', message, false);
  }
  url.hash = '';
  return url;
}

function refuseRedirect(
  { from, to }: Redirect,
  seen: ReadonlySet<string>,
  isExhausted: boolean,
): Failure | null {
  if (seen.has(to)) {
    const message = `${from} redirects back to ${to}; name the page that it should lead to`;
    return failure('redirect_loop', message, false);
  }
  if (!isExhausted) return null;
  const message = `${from} redirects once more, to ${to}; name the final page in the source`;
  return failure('redirects_exceeded', message, false);
}

/** Asks in the host's own time, and again while that may help and the budget lasts. */
async function askPatiently(
  { context, lanes, random, signal }: Visiting,
  hop: Hop,
  budget: { retries: number },
): Promise<HopResult> {
  const { host } = hop.url;
  for (let attempt = 0; ; attempt += 1) {
    const leave = await lanes.enter(host, signal);
    const result = await visitHop(context, hop, signal).finally(leave);
    if (result.kind !== 'failed') return result;
    if (result.retryAfterMs !== null) lanes.holdOff(host, result.retryAfterMs);
    if (!result.retryable || budget.retries === 0) return result;
    budget.retries -= 1;
    await context.clock.sleep(retryDelayMs(attempt, result.retryAfterMs, random()), signal);
  }
}

function settled(
  result: Exclude<HopResult, { kind: 'redirect' }>,
  url: string,
  redirects: readonly Redirect[],
): FetchOutcome {
  switch (result.kind) {
    case 'fetched':
      return { ...result, redirects };
    case 'not_modified':
    case 'gone':
      return { ...result, url, redirects };
    case 'failed':
      return outcomeOf(result, redirects);
  }
}

function outcomeOf(failed: Failure, redirects: readonly Redirect[]): FetchOutcome {
  const { kind, code, message, retryable, status } = failed;
  return { kind, code, message, retryable, status, redirects };
}
