import type { CrawlSummary, PageLine } from '#domain/crawl-summary.ts';
import type { DeadLetter, Document } from '#domain/document.ts';
import type { Run } from '#domain/run.ts';
import type { PageState } from '#domain/source.ts';
import type { Visit } from '#domain/visit.ts';
import { changesOf } from './changes.ts';
import { distributionOf } from './distribution.ts';
import { duplicatesOf } from './duplicates.ts';
import { hostsOf } from './hosts.ts';
import { byUrl, listed } from './listed.ts';
import { isAsked, outcomesOf, pagesOf } from './pages.ts';
import { reasonsOf, standingOf } from './reasons.ts';
import { timelineOf } from './timeline.ts';

/** All that is known of one crawl of one source, and of the crawl before it. */
export type CrawlFacts = {
  readonly source: string;
  readonly run: Run;
  /** In the order in which they were made. */
  readonly visits: readonly Visit[];
  /** Of this run, newest first, as the registry lists them. */
  readonly letters: readonly DeadLetter[];
  readonly states: ReadonlyMap<string, PageState>;
  /** Of the source, and those of others that they or its pages repeat. */
  readonly documents: readonly Document[];
  readonly previous: (Pick<CrawlFacts, 'visits' | 'letters'> & { readonly run: Run }) | null;
};

const SLOWEST_MAX = 20;
const LARGEST_MAX = 20;

/** What a crawl did, in the figures and short lists that a person reads. */
export function summarise(facts: CrawlFacts): CrawlSummary {
  const { source, run, visits, states, documents, previous } = facts;
  const letters = facts.letters.toReversed();
  const pages = pagesOf(visits, letters);
  const own = documents.filter(({ sourceName }) => sourceName === source);
  const { id, status, startedAt, endedAt, error } = run;
  return {
    source,
    run: { id, status, startedAt, endedAt, error },
    previous: previous && { runId: previous.run.id, startedAt: previous.run.startedAt },
    totals: totalsOf(facts, pages.size, own),
    outcomes: outcomesOf(pages.values()),
    reasons: reasonsOf(letters, pages),
    standing: standingOf(pages.values(), states),
    slowest: most(pages, SLOWEST_MAX, ({ elapsedMs }) => elapsedMs),
    largest: most(pages, LARGEST_MAX, ({ bytes }) => bytes),
    hosts: hostsOf(visits),
    duplicates: duplicatesOf({ letters, states, documents }),
    changes: changesOf({
      pages,
      before: pagesOf(previous?.visits ?? [], previous?.letters.toReversed() ?? []),
      documents: new Map(own.map((document) => [document.url, document])),
      startedAt,
    }),
    elapsed: distributionOf(visits.map(({ elapsedMs }) => elapsedMs).filter((ms) => ms > 0)),
    sizes: distributionOf(visits.map(({ bytes }) => bytes).filter((bytes) => bytes > 0)),
    timeline: timelineOf(visits),
  };
}

function totalsOf(
  { run, visits }: CrawlFacts,
  pages: number,
  documents: readonly Document[],
): CrawlSummary['totals'] {
  const live = documents.filter(({ status }) => status === 'live');
  const endedAt = run.endedAt ?? visits.at(-1)?.at ?? run.startedAt;
  return {
    pages,
    requests: visits.filter(isAsked).length,
    bytes: visits.reduce((sum, { bytes }) => sum + bytes, 0),
    durationMs: Math.max(0, Date.parse(endedAt) - Date.parse(run.startedAt)),
    documents: live.length,
    repeats: live.filter(({ canonicalId }) => canonicalId !== null).length,
    beyondLimits: run.counts.beyondLimits ?? 0,
  };
}

/** The pages that have the most of something, and any of it. */
const most = (
  pages: ReadonlyMap<string, PageLine>,
  shownMax: number,
  of: (page: PageLine) => number,
) =>
  listed(
    [...pages.values()]
      .filter((page) => of(page) > 0)
      .sort((one, other) => of(other) - of(one) || byUrl(one, other)),
    shownMax,
  );
