import type { Run } from './run.ts';

/** The beginning of a list, and how many entries it does not show. */
export type Listed<T> = { readonly shown: readonly T[]; readonly more: number };

/** What a crawl made of one page: its last visit, but for a second look at what it had recorded. */
export type PageLine = {
  readonly url: string;
  readonly outcome: string;
  /** An `ErrorCode`; `null` when nothing was wrong. */
  readonly code: string | null;
  readonly elapsedMs: number;
  /** Of the body as received. */
  readonly bytes: number;
};

/** All pages that were rejected, or failed, for one reason. */
export type RejectReason = {
  /** An `ErrorCode`. */
  readonly code: string;
  readonly pages: number;
  /** How many of them may be another time what they were not this time. */
  readonly retryable: number;
  readonly examples: Listed<{ readonly url: string; readonly message: string }>;
};

/** What one host was asked for; times are of requests that it was sent. */
export type HostShare = {
  readonly host: string;
  readonly requests: number;
  readonly failed: number;
  readonly bytes: number;
  /** `null` when it was never asked. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
};

/** A page that repeats another one. */
export type Repeat = {
  readonly url: string;
  /** `exact`: the same content; `near`: nearly the same, so that views hold only the other. */
  readonly kind: 'exact' | 'near';
  /** The page that is kept; `null` when that is not known any more. */
  readonly kept: string | null;
};

/** A page that is not what it was. */
export type Change = { readonly url: string; readonly code: string | null };

/** What is otherwise than after the crawl before. */
export type CrawlChanges = {
  readonly added: Listed<Change>;
  readonly changed: Listed<Change>;
  readonly closed: Listed<Change>;
  readonly moved: Listed<Change>;
  /** Pages that were documents, and are rejected or failed now. */
  readonly rejected: Listed<Change>;
  /** Pages that the crawl before did not take, and that are documents now. */
  readonly accepted: Listed<Change>;
  /** Pages that the crawl before asked for, and this one did not. */
  readonly unvisited: Listed<Change>;
};

/** One bin of a histogram: `from` counts in, `to` does not. */
export type Bin = { readonly from: number; readonly to: number; readonly count: number };

/** How measurements are distributed; bins go 1, 2, 5, 10, … and leave no gap. */
export type Distribution = {
  readonly count: number;
  readonly min: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  readonly bins: readonly Bin[];
};

/** Visits over time, by outcome. */
export type Timeline = {
  /** ISO 8601, UTC: when the first bucket begins. */
  readonly startsAt: string;
  readonly bucketMs: number;
  readonly buckets: readonly Readonly<Record<string, number>>[];
};

/** All that a person would want to know of one crawl of one source. */
export type CrawlSummary = {
  readonly source: string;
  readonly run: Pick<Run, 'id' | 'status' | 'startedAt' | 'endedAt' | 'error'>;
  /** The crawl that it is compared with; `null` for the first. */
  readonly previous: { readonly runId: string; readonly startedAt: string } | null;
  readonly totals: {
    readonly pages: number;
    /** Requests that a host was sent; a page can be asked for twice, or refused without asking. */
    readonly requests: number;
    readonly bytes: number;
    /** From the beginning of the crawl to its end, or to the last visit while there is none. */
    readonly durationMs: number;
    /** Live documents of the source, and how many of them are repeats that views leave out. */
    readonly documents: number;
    readonly repeats: number;
    /** URLs that lay beyond the source's limits and were not asked for. */
    readonly beyondLimits: number;
  };
  /** In the order of `OUTCOMES`; outcomes that no page came to are left out. */
  readonly outcomes: readonly { readonly outcome: string; readonly pages: number }[];
  /** Most pages first. */
  readonly reasons: readonly RejectReason[];
  /** Why pages that have not changed were not taken before, and are not now; most pages first. */
  readonly standing: readonly { readonly code: string; readonly pages: number }[];
  readonly slowest: Listed<PageLine>;
  readonly largest: Listed<PageLine>;
  readonly hosts: Listed<HostShare>;
  readonly duplicates: Listed<Repeat>;
  readonly changes: CrawlChanges;
  /** Milliseconds of a request; `null` when no host was asked. */
  readonly elapsed: Distribution | null;
  /** Bytes of a body as received; `null` when none came. */
  readonly sizes: Distribution | null;
  /** `null` when there was no visit. */
  readonly timeline: Timeline | null;
};

/** Outcomes of visits, in the order in which reports tell of them. */
export const OUTCOMES = [
  'new',
  'changed',
  'same',
  'unchanged',
  'moved',
  'closed',
  'gone',
  'rejected',
  'failed',
  'feed',
  'sitemap',
] as const;
