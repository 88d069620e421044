import { toAppError } from '#domain/errors.ts';
import type { OnProgress, Run } from '#domain/run.ts';
import type { Source } from '#domain/source.ts';
import type { FeatureDeps } from '../deps.ts';
import { compilePatterns } from '../discover/patterns.ts';
import { withLease } from '../lease.ts';
import { type CrawlContext, count } from './crawl-context.ts';
import { discover } from './discover.ts';
import { createFrontier } from './frontier.ts';
import { loadKnownPages } from './known-pages.ts';
import { createRobotsCache } from './robots-cache.ts';
import { loadTemplates, settleTemplates } from './settle-templates.ts';
import { createTrapWatch } from './traps.ts';
import { createSequence, visitAll } from './visit-all.ts';

export type CrawlRequest = {
  readonly source: Source;
  /** The product's token, as robots.txt groups name it. */
  readonly userAgent: string;
  /** Begins anew, even when the crawl before was cut off and could be taken up again. */
  readonly fresh?: boolean;
  /** Asks for these pages alone, and follows nothing but their redirects. */
  readonly only?: readonly string[];
};

/** What one crawl did. Counts of rejects are by code: `rejected.noindex`. */
export type CrawlReport = {
  readonly runId: string;
  readonly source: string;
  readonly counts: Readonly<Record<string, number>>;
  /** It came to the end of its time; the next crawl goes on where it stopped. */
  readonly isUnfinished: boolean;
};

/**
 * Crawls one source: asks for everything that it lists and everything that is known of it, and
 * records what changed. A crawl that was cut off within the last day is taken up again: what it has
 * asked for is not asked for twice. Rejects with `lease_held` while another crawl of the source is
 * at work, and with the reason when none of the source's own URLs could be asked for.
 */
export async function crawl(
  deps: FeatureDeps,
  request: CrawlRequest,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<CrawlReport> {
  const { registry, clock, ids } = deps;
  const source = request.source.name;
  // Not the run's id: two that take the same run up would both hold the lease.
  const lease = { name: `source:${source}`, holder: ids.next() };
  return withLease({ leases: registry.leases, clock }, lease, signal, async (held) => {
    const run = await begin(deps, request);
    const counts = new Map(Object.entries(run.counts));
    const end = (status: Exclude<Run['status'], 'running'>, error: string | null) => {
      const report = { status, counts: Object.fromEntries(counts), produced: [], error };
      return registry.runs.end(run.id, report, clock.now());
    };
    try {
      const context = await contextOf(deps, request, { run, counts, onProgress, signal: held });
      await work(context);
      const isUnfinished = context.frontier.waiting > 0;
      if (isUnfinished) await end('cancelled', 'it came to the end of its time');
      else await end('done', null);
      return { runId: run.id, source, counts: Object.fromEntries(counts), isUnfinished };
    } catch (thrown) {
      const error = toAppError(held.aborted ? held.reason : thrown);
      await end(signal.aborted ? 'cancelled' : 'failed', error.message).catch(() => undefined);
      throw error;
    }
  });
}

type Begun = Pick<Run, 'id' | 'startedAt' | 'counts'> & { readonly isTakenUp: boolean };

/** A crawl that was cut off longer ago is of no use: its pages have to be looked at again anyway. */
const TAKEN_UP_WITHIN_MS = 24 * 3_600_000;

/** Takes the crawl up that was cut off before, or begins a new one. */
async function begin(deps: FeatureDeps, { source, fresh, only }: CrawlRequest): Promise<Begun> {
  const { registry, clock, ids } = deps;
  const subject = only === undefined ? `source:${source.name}` : `pages:${source.name}`;
  const now = clock.now();
  const last = fresh === true || only !== undefined ? null : await registry.runs.last(subject);
  if (last !== null && last.status !== 'done' && last.kind === 'crawl') {
    const stoppedMs =
      last.endedAt === null
        ? Date.parse(last.startedAt) + source.limits.timeMsMax
        : Date.parse(last.endedAt);
    if (Date.parse(now) - stoppedMs < TAKEN_UP_WITHIN_MS) {
      await registry.runs.reopen(last.id);
      return { ...last, isTakenUp: true };
    }
  }
  await registry.runs.abandon(subject, now);
  const id = ids.next();
  await registry.runs.start({ id, kind: 'crawl', subject, at: now });
  return { id, startedAt: now, counts: {}, isTakenUp: false };
}

type Parts = Pick<CrawlContext, 'counts' | 'onProgress' | 'signal'> & { readonly run: Begun };

async function contextOf(
  deps: FeatureDeps,
  { source, userAgent, only }: CrawlRequest,
  { run, ...rest }: Parts,
): Promise<CrawlContext> {
  const { fetcher, registry, clock } = deps;
  const { delayMs, timeMsMax } = source.limits;
  const pages = await loadKnownPages(registry, source.name);
  const documents = pages.all().filter(({ outcome }) => outcome === 'document');
  // A document that was gone once may have been so in the part of the crawl that was cut off.
  const gone = run.isTakenUp ? documents.filter(({ goneCount }) => goneCount > 0) : [];
  return {
    ...rest,
    deps,
    source,
    only: only ?? null,
    runId: run.id,
    pages,
    documentsBefore: documents.length,
    goneOnce: new Set(gone.map(({ url }) => url)),
    frontier: createFrontier(source.limits),
    traps: createTrapWatch(),
    robots: createRobotsCache({ fetcher, userAgent, delayMs }),
    wants: compilePatterns(source.rules),
    templates: await loadTemplates(registry, source.name),
    feedPosts: new Map(),
    scope: [...source.urls],
    listings: new Map(),
    mayStay: new Set(),
    startedAt: run.startedAt,
    isTakenUp: run.isTakenUp,
    endsAtMs: clock.monotonicMs() + timeMsMax,
    inTurn: createSequence(),
  };
}

async function work(context: CrawlContext): Promise<void> {
  const { source, only, frontier } = context;
  await discover(context);
  await visitAll(context);
  if (only === null && source.kind !== 'list') await settleTemplates(context);
  if (frontier.refused > 0) count(context, 'beyondLimits', frontier.refused);
}
