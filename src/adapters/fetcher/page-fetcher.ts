import type { LookupFunction } from 'node:net';
import { Agent } from 'undici';
import { AppError } from '#domain/errors.ts';
import type { FetchOutcome, FetchRequest, PageFetcher, Redirect } from '#ports/page-fetcher.ts';
import type { Clock } from '#ports/system.ts';
import { createAddressGuard } from './address-guard.ts';
import { type Failure, failure } from './failure.ts';
import { createGuardedConnect } from './guarded-connect.ts';
import { createHostBreaker, type HostBreaker, type Pass } from './host-breaker.ts';
import { createHostLanes, type HostLanes } from './host-lanes.ts';
import type { FetchLimits } from './limits.ts';
import { retryDelayMs } from './retry-delay.ts';
import { targetOf } from './target-url.ts';
import { type Hop, type HopContext, type HopResult, isBusy, visitHop } from './visit-hop.ts';

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
  readonly breaker: HostBreaker;
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
  const breaker = createHostBreaker({ clock, limits });
  const life = new AbortController();
  const context = { agent, userAgent, limits, clock };
  return {
    async fetch(request, signal) {
      const either = AbortSignal.any([signal, life.signal]);
      try {
        return await visit({ context, lanes, breaker, random, signal: either }, request);
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

/** What a visit tells in the end, as it adds up. */
type Trail = { readonly redirects: Redirect[]; elapsedMs: number; bytesReceived: number };

async function visit(visiting: Visiting, request: FetchRequest): Promise<FetchOutcome> {
  const { redirectsMax, retriesMax } = visiting.context.limits;
  const trail: Trail = { redirects: [], elapsedMs: 0, bytesReceived: 0 };
  const seen = new Set<string>();
  const budget = { retries: retriesMax };
  let url = targetOf(request.url, request.url);
  for (;;) {
    if ('kind' in url) return outcomeOf(url, trail);
    seen.add(url.href);
    const result = await askAdmitted(visiting, { url, request }, budget, trail);
    if (result.kind !== 'redirect') return settled(result, url.href, trail);
    const { status, location } = result;
    const next = targetOf(location, url.href);
    if ('kind' in next) return outcomeOf(next, trail);
    const redirect = { from: url.href, to: next.href, status };
    if (request.redirects === 'report') {
      const { from, to } = redirect;
      return { ...trail, kind: 'redirected', url: from, to, status, redirects: [redirect] };
    }
    const refused = refuseRedirect(redirect, seen, trail.redirects.length >= redirectsMax);
    if (refused) return outcomeOf(refused, trail);
    trail.redirects.push(redirect);
    url = next;
  }
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

type Budget = { retries: number };

/** Asks a host that is not known to be out of order. */
async function askAdmitted(
  visiting: Visiting,
  hop: Hop,
  budget: Budget,
  trail: Trail,
): Promise<HopResult> {
  const pass = visiting.breaker.admit(hop.url);
  if (pass.kind === 'failed') return pass;
  let learned: Parameters<Pass['settle']>[0] = null;
  try {
    const { result, asked } = await askPatiently(visiting, { ...hop, pass }, budget, trail);
    if (asked) learned = result.kind === 'failed' ? result : { kind: 'answered' };
    return result;
  } finally {
    pass.settle(learned);
  }
}

type Asked = {
  readonly result: HopResult;
  /** Whether the last attempt reached out for the host. */
  readonly asked: boolean;
};

/** Asks in the host's own time, and again while that may help and the budget lasts. */
async function askPatiently(
  { context, lanes, random, signal }: Visiting,
  { pass, ...hop }: Hop & { readonly pass: Pass },
  budget: Budget,
  trail: Trail,
): Promise<Asked> {
  const { host } = hop.url;
  for (let attempt = 0; ; attempt += 1) {
    const leave = await lanes.enter(host, signal);
    const refused = pass.refusal();
    if (refused) {
      leave();
      return { result: refused, asked: false };
    }
    const result = await visitHop(context, hop, trail, signal).finally(leave);
    if (result.kind !== 'failed') return { result, asked: true };
    const pauseMs = retryDelayMs(attempt, result.retryAfterMs, random());
    // A host that is asked too much is spared by everybody, whether or not it says how long.
    if (isBusy(result.status)) lanes.holdOff(host, result.retryAfterMs ?? pauseMs);
    const isLast = !result.retryable || budget.retries === 0 || pass.isProbe;
    if (isLast) return { result, asked: result.code !== 'address_refused' };
    budget.retries -= 1;
    await context.clock.sleep(pauseMs, signal);
  }
}

function settled(
  result: Exclude<HopResult, { kind: 'redirect' }>,
  url: string,
  trail: Trail,
): FetchOutcome {
  switch (result.kind) {
    case 'fetched':
      return { ...result, ...trail };
    case 'not_modified':
    case 'gone':
      return { ...result, url, ...trail };
    case 'failed':
      return outcomeOf(result, trail);
  }
}

function outcomeOf(failed: Failure, trail: Trail): FetchOutcome {
  const { kind, code, message, retryable, status } = failed;
  return { kind, code, message, retryable, status, ...trail };
}
