import type { CrawlSummary } from '#domain/crawl-summary.ts';

const none = { shown: [], more: 0 };

/** A summary of a crawl that did nothing but what a test adds. */
export const summary = (changes: Partial<CrawlSummary> = {}): CrawlSummary => ({
  source: 'blog.example',
  run: {
    id: '0b5e41b2-8f1e-4c0a-9c0d-2f6d0f3c9a11',
    status: 'done',
    startedAt: '2026-11-25T03:00:00.000Z',
    endedAt: '2026-11-25T03:02:00.000Z',
    error: null,
  },
  previous: null,
  totals: {
    pages: 0,
    requests: 0,
    bytes: 0,
    durationMs: 120_000,
    documents: 0,
    repeats: 0,
    beyondLimits: 0,
  },
  outcomes: [],
  reasons: [],
  standing: [],
  slowest: none,
  largest: none,
  hosts: none,
  duplicates: none,
  changes: {
    added: none,
    changed: none,
    closed: none,
    moved: none,
    rejected: none,
    accepted: none,
    unvisited: none,
  },
  elapsed: null,
  sizes: null,
  timeline: null,
  ...changes,
});

/** One with something in every part of it, all texts made of one. */
export function fullSummary(text: string, url = `https://blog.example/${text}`): CrawlSummary {
  const listed = <T>(entry: T) => ({ shown: [entry], more: 3 });
  const change = listed({ url, code: text });
  const line = { url, outcome: text, code: null, elapsedMs: 12, bytes: 3_400 };
  const distribution = {
    ...{ count: 3, min: 12, p50: 14, p95: 48, p99: 48, max: 48 },
    bins: [
      { from: 10, to: 20, count: 2 },
      { from: 20, to: 50, count: 1 },
    ],
  };
  return summary({
    source: text,
    run: { ...summary().run, status: 'failed', error: text },
    previous: { runId: text, startedAt: '2026-11-24T03:00:00.000Z' },
    totals: { ...summary().totals, pages: 4, requests: 4, bytes: 3_400, documents: 2, repeats: 1 },
    outcomes: [
      { outcome: 'new', pages: 3 },
      { outcome: text, pages: 1 },
    ],
    reasons: [
      { code: text, pages: 1, retryable: 1, examples: listed({ url, message: `${url} ${text}` }) },
    ],
    standing: [{ code: text, pages: 2 }],
    slowest: listed(line),
    largest: listed(line),
    hosts: listed({ host: text, requests: 4, failed: 0, bytes: 9, p50Ms: 3, p95Ms: null }),
    duplicates: listed({ url, kind: 'near', kept: url }),
    changes: {
      added: change,
      changed: change,
      closed: change,
      moved: change,
      rejected: change,
      accepted: change,
      unvisited: change,
    },
    elapsed: distribution,
    sizes: distribution,
    timeline: {
      startsAt: '2026-11-25T03:00:00.000Z',
      bucketMs: 1_000,
      buckets: [{ new: 3 }, {}, { [text]: 1 }],
    },
  });
}
