import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OUTCOMES } from '#domain/crawl-summary.ts';
import { documentIdOf } from '#domain/document.ts';
import { type CrawlFacts, summarise } from '#features/report/summarise.ts';
import { at, byUrl, document, letter, refused, run, state, urlOf, visit } from './make.ts';

const facts = (changes: Partial<CrawlFacts> = {}): CrawlFacts => ({
  source: 'blog',
  run: run(),
  visits: [],
  letters: [],
  states: new Map(),
  documents: [],
  previous: null,
  ...changes,
});

describe('summarise', () => {
  it('says of a crawl that asked for nothing that it did', () => {
    const failed = run({ status: 'failed', endedAt: at(6), error: 'robots.txt answered 503' });
    expect(summarise(facts({ run: failed }))).toMatchObject({
      run: { status: 'failed', error: 'robots.txt answered 503' },
      previous: null,
      totals: { pages: 0, requests: 0, bytes: 0, durationMs: 1_000, documents: 0 },
      outcomes: [],
      reasons: [],
      elapsed: null,
      sizes: null,
      timeline: null,
    });
  });

  it('adds up requests, bytes and documents', () => {
    const { totals } = summarise(
      facts({
        run: run({ counts: { beyondLimits: 4 } }),
        visits: [
          visit('/a', 'new', { bytes: 700 }),
          visit('/a', 'unchanged', { bytes: 0 }),
          refused('/private', 'robots_denied', { bytes: 0, elapsedMs: 0 }),
        ],
        documents: [
          document('/a'),
          document('/b', { canonicalId: documentIdOf(urlOf('/a')) }),
          document('/c', { status: 'closed' }),
          document('/m', { sourceName: 'mirror' }),
        ],
      }),
    );
    expect(totals).toEqual({
      pages: 2,
      requests: 2,
      bytes: 700,
      durationMs: 60_000,
      documents: 2,
      repeats: 1,
      beyondLimits: 4,
    });
  });

  it('takes the last visit for the end of a crawl that was killed', () => {
    const { totals } = summarise(
      facts({
        run: run({ status: 'running', endedAt: null }),
        visits: [visit('/a', 'new', { at: at(8) })],
      }),
    );
    expect(totals.durationMs).toBe(3_000);
  });

  it('names the reasons, the most frequent first, of pages that are not taken in the end', () => {
    const visits = [
      refused('/a', 'no_content'),
      visit('/b', 'failed', { code: 'timeout' }),
      visit('/c', 'failed', { code: 'timeout' }),
      refused('/late', 'duplicate'),
      visit('/late', 'new', { at: at(12) }),
    ];
    const { reasons } = summarise(
      facts({
        visits,
        letters: [
          letter('/c', 'timeout', { retryable: true, message: 'took 30 s' }),
          letter('/late', 'duplicate'),
          letter('/b', 'timeout', { retryable: true }),
          letter('/b', 'http_status', { at: at(1) }),
          letter('/a', 'no_content'),
        ],
      }),
    );
    expect(reasons).toEqual([
      {
        code: 'timeout',
        pages: 2,
        retryable: 2,
        examples: {
          shown: [
            { url: urlOf('/b'), message: `${urlOf('/b')} is timeout` },
            { url: urlOf('/c'), message: 'took 30 s' },
          ],
          more: 0,
        },
      },
      {
        code: 'no_content',
        pages: 1,
        retryable: 0,
        examples: {
          shown: [{ url: urlOf('/a'), message: `${urlOf('/a')} is no_content` }],
          more: 0,
        },
      },
    ]);
  });

  it('remembers why pages that have not changed are no documents', () => {
    const paths = ['/a', '/b', '/c', '/d', '/e'];
    const { standing, reasons } = summarise(
      facts({
        visits: [...paths.map((path) => visit(path, 'unchanged')), refused('/f', 'noindex')],
        states: byUrl([
          state('/a'),
          state('/b', { outcome: 'no_content' }),
          state('/c', { outcome: 'navigation_only' }),
          state('/d', { outcome: 'no_content' }),
          state('/e', { outcome: 'moved' }),
          state('/f', { outcome: 'noindex' }),
        ]),
      }),
    );
    expect(standing).toEqual([
      { code: 'no_content', pages: 2 },
      { code: 'navigation_only', pages: 1 },
    ]);
    expect(reasons).toEqual([]);
  });

  it('lists the slowest and the largest, and says how many more there are', () => {
    const visits = Array.from({ length: 30 }, (_, number) =>
      visit(`/${number}`, 'new', { elapsedMs: number, bytes: 1_000 - number }),
    );
    const { slowest, largest } = summarise(facts({ visits }));
    expect(slowest.shown.slice(0, 2).map(({ elapsedMs }) => elapsedMs)).toEqual([29, 28]);
    expect(largest.shown.slice(0, 2).map(({ bytes }) => bytes)).toEqual([1_000, 999]);
    // One of them took no time at all.
    expect([slowest.shown.length + slowest.more, largest.shown.length + largest.more]).toEqual([
      29, 30,
    ]);
    expect(slowest.shown).toHaveLength(20);
  });

  it('tells hosts apart, by their ports as well', () => {
    const { hosts } = summarise(
      facts({
        visits: [
          ...[10, 20, 30, 40].map((elapsedMs) => visit(`/${elapsedMs}`, 'new', { elapsedMs })),
          visit('https://cdn.example:8443/x', 'failed', { elapsedMs: 7, bytes: 0 }),
          visit('https://cdn.example/y', 'new', { elapsedMs: 0, bytes: 0 }),
          visit('file:///posts/a.md', 'new', { elapsedMs: 1 }),
        ],
      }),
    );
    expect(hosts.shown).toEqual([
      { host: 'blog.example', requests: 4, failed: 0, bytes: 20_000, p50Ms: 20, p95Ms: 40 },
      { host: 'cdn.example:8443', requests: 1, failed: 1, bytes: 0, p50Ms: 7, p95Ms: 7 },
      { host: 'file:', requests: 1, failed: 0, bytes: 5_000, p50Ms: 1, p95Ms: 1 },
    ]);
  });

  it('says what each repeat repeats', () => {
    const kept = document('/kept');
    const foreign = document('https://mirror.example/x', { sourceName: 'mirror' });
    const { duplicates } = summarise(
      facts({
        letters: [letter('/points', 'duplicate'), letter('/taken', 'duplicate')],
        states: byUrl([
          state('/twin', { outcome: 'duplicate', documentId: kept.id }),
          state('/orphan', { outcome: 'duplicate', documentId: documentIdOf('nobody') }),
          state('/points', { outcome: 'moved', links: [urlOf('/target')] }),
          state('/taken'),
          state('/moved', { outcome: 'moved', links: [urlOf('/elsewhere')] }),
        ]),
        documents: [
          kept,
          foreign,
          document('/near', { canonicalId: foreign.id }),
          document('/was-near', { canonicalId: kept.id, status: 'closed' }),
        ],
      }),
    );
    expect(duplicates).toEqual({
      shown: [
        { url: urlOf('/near'), kind: 'near', kept: foreign.url },
        { url: urlOf('/orphan'), kind: 'exact', kept: null },
        { url: urlOf('/points'), kind: 'exact', kept: urlOf('/target') },
        { url: urlOf('/twin'), kind: 'exact', kept: kept.url },
      ],
      more: 0,
    });
  });

  it('compares with the crawl before, also by what letters say of that', () => {
    const { previous, changes } = summarise(
      facts({
        visits: [refused('/twin', 'duplicate'), visit('/b', 'new')],
        previous: {
          run: run({ id: 'r1', startedAt: at(1) }),
          visits: [visit('/twin', 'new', { at: at(2) })],
          letters: [letter('/twin', 'duplicate', { at: at(3) })],
        },
      }),
    );
    expect(previous).toEqual({ runId: 'r1', startedAt: at(1) });
    expect(changes.rejected.shown).toEqual([]);
    expect(changes.added.shown).toEqual([{ url: urlOf('/b'), code: null }]);
  });

  it('counts each page under one outcome, whatever the visits', () => {
    const anyVisit = fc.record({
      path: fc.integer({ min: 0, max: 9 }),
      outcome: fc.constantFrom(...OUTCOMES),
      second: fc.integer({ min: 0, max: 500 }),
      bytes: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(anyVisit), fc.array(anyVisit), (now, before) => {
        const visitsOf = (drawn: typeof now) =>
          drawn.map(({ path, outcome, second, bytes }) =>
            visit(`/${path}`, outcome, { at: at(second), bytes }),
          );
        const summary = summarise(
          facts({
            visits: visitsOf(now),
            previous: { run: run({ id: 'r1' }), visits: visitsOf(before), letters: [] },
          }),
        );
        const pages = new Set(now.map(({ path }) => path)).size;
        expect(summary.totals.pages).toBe(pages);
        expect(summary.outcomes.reduce((sum, line) => sum + line.pages, 0)).toBe(pages);
        const inBuckets = (summary.timeline?.buckets ?? []).flatMap((bucket) =>
          Object.values(bucket),
        );
        expect(inBuckets.reduce((sum, visits) => sum + visits, 0)).toBe(now.length);
        const changed = Object.values(summary.changes).flatMap(({ shown }) => shown);
        expect(new Set(changed.map(({ url }) => url)).size).toBe(changed.length);
      }),
    );
  });
});
