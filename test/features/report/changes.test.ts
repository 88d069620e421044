import { describe, expect, it } from 'vitest';
import type { CrawlChanges } from '#domain/crawl-summary.ts';
import type { Document } from '#domain/document.ts';
import type { Visit } from '#domain/visit.ts';
import { changesOf } from '#features/report/changes.ts';
import { pagesOf } from '#features/report/pages.ts';
import { at, byUrl, document, ORIGIN, refused, urlOf, visit } from './make.ts';

const compare = (
  now: readonly Visit[],
  before: readonly Visit[],
  documents: readonly Document[] = [],
) =>
  changesOf({
    pages: pagesOf(now, []),
    before: pagesOf(before, []),
    documents: byUrl(documents),
    startedAt: at(5),
  });

/** The lists that hold anything, by path. */
const told = (changes: CrawlChanges) =>
  Object.fromEntries(
    Object.entries(changes).flatMap(([name, { shown }]) =>
      shown.length === 0 ? [] : [[name, shown.map(({ url }) => url.slice(ORIGIN.length))]],
    ),
  );

describe('changesOf', () => {
  it('takes all that a first crawl recorded for new', () => {
    const now = [visit('/b', 'new'), visit('/a', 'new'), refused('/c', 'no_content')];
    expect(told(compare(now, []))).toEqual({ added: ['/a', '/b'] });
  });

  it('finds nothing when all is as it was', () => {
    const before = [visit('/a', 'new'), refused('/b', 'no_content'), visit('/m', 'moved')];
    const now = [visit('/a', 'unchanged'), visit('/b', 'unchanged'), visit('/m', 'moved')];
    expect(told(compare(now, before, [document('/a')]))).toEqual({});
  });

  it('lists what is new, changed, closed and moved since', () => {
    const before = ['/a', '/b', '/c', '/d'].map((path) => visit(path, 'unchanged'));
    const now = [
      visit('/a', 'changed'),
      visit('/b', 'closed', { code: 'gone' }),
      visit('/c', 'moved'),
      visit('/d', 'same'),
      visit('/e', 'new'),
    ];
    expect(told(compare(now, before))).toEqual({
      added: ['/e'],
      changed: ['/a'],
      closed: ['/b'],
      moved: ['/c'],
    });
  });

  it('lists pages that were documents and are not taken now, with the reason', () => {
    const before = [visit('/a', 'new'), visit('/b', 'unchanged'), visit('/c', 'unchanged')];
    const now = [
      refused('/a', 'login_wall'),
      visit('/b', 'failed', { code: 'timeout' }),
      refused('/c', 'noindex'),
    ];
    // /c was a page that had not changed, but none that was ever a document.
    const { rejected } = compare(now, before, [document('/b')]);
    expect(rejected).toEqual({
      shown: [
        { url: urlOf('/a'), code: 'login_wall' },
        { url: urlOf('/b'), code: 'timeout' },
      ],
      more: 0,
    });
  });

  it('does not take a document that came with this crawl for one that was there before', () => {
    const now = [refused('/b', 'duplicate')];
    const documents = [document('/b', { firstSeenAt: at(7) })];
    expect(told(compare(now, [visit('/b', 'unchanged')], documents))).toEqual({});
  });

  it('lists pages that were left out before and are documents now', () => {
    const before = [
      refused('/a', 'no_content'),
      visit('/b', 'failed', { code: 'timeout' }),
      visit('/c', 'closed', { code: 'gone' }),
      visit('/d', 'unchanged'),
    ];
    const now = [
      visit('/a', 'new'),
      visit('/b', 'changed'),
      visit('/c', 'changed'),
      visit('/d', 'new'),
    ];
    expect(told(compare(now, before))).toEqual({ accepted: ['/a', '/b', '/c', '/d'] });
  });

  it('misses pages that were visited before, but no listing and none that was gone', () => {
    const before = [
      visit('/a', 'new'),
      visit('/b', 'gone', { code: 'gone' }),
      visit('/c', 'closed', { code: 'gone' }),
      visit('/feed.xml', 'feed'),
      visit('/sitemap.xml', 'sitemap'),
    ];
    expect(told(compare([], before))).toEqual({ unvisited: ['/a'] });
  });

  it('shows the first of many, and how many more there are', () => {
    const now = Array.from({ length: 130 }, (_, number) =>
      visit(`/${String(number).padStart(3, '0')}`, 'new'),
    ).reverse();
    const { shown, more } = compare(now, []).added;
    expect([shown.length, more]).toEqual([50, 80]);
    expect(shown[0]?.url).toBe(urlOf('/000'));
  });
});
