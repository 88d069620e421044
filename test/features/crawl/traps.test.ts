import { describe, expect, it } from 'vitest';
import { BARREN_MAX, createTrapWatch } from '#features/crawl/traps.ts';
import { home, listOf, post } from './pages.ts';
import { createMemorySite } from './world.ts';

describe('families', () => {
  it('are URLs that differ in numbers and in values of parameters alone', () => {
    const { isAkin } = createTrapWatch();
    expect(isAkin('https://a.example/2026/11', 'https://a.example/1999/1')).toBe(true);
    expect(isAkin('https://a.example/c?day=1&x=2', 'https://a.example/c?x=b&day=a')).toBe(true);
    expect(isAkin('https://a.example/c?day=1', 'https://a.example/c?day=1&page=2')).toBe(false);
    expect(isAkin('https://a.example/birds', 'https://a.example/bees')).toBe(false);
  });

  it('are given up after many visits in a row that gave nothing, and not before', () => {
    const watch = createTrapWatch();
    const url = (at: number) => `https://a.example/calendar/${at}`;
    for (let at = 1; at < BARREN_MAX; at += 1) watch.note(url(at), false);
    expect(watch.isTrap(url(0))).toBe(false);
    watch.note(url(0), true);
    watch.note(url(0), false);
    expect(watch.isTrap(url(0))).toBe(false);
    for (let at = 1; at < BARREN_MAX; at += 1) watch.note(url(at), false);
    expect(watch.isTrap(url(0))).toBe(true);
    expect(watch.isTrap('https://a.example/other/1')).toBe(false);
  });
});

describe('a crawl', () => {
  it('leaves a calendar without end, and still finds the posts behind a long archive', async () => {
    const site = createMemorySite({ limits: { pagesMax: 100_000 } });
    site.put('/', home('/calendar/2026/1', '/archive/1'));
    for (let month = 1; month < 5_000; month += 1) {
      const days = [1, 2, 3].map((day) => `/calendar/2026/${month}/${day}`);
      site.put(`/calendar/2026/${month}`, home(`/calendar/2026/${month + 1}`, ...days));
      for (const day of days) site.put(day, listOf('', ['/']));
    }
    for (let page = 1; page <= 300; page += 1) {
      site.put(`/archive/${page}`, home(`/archive/${page + 1}`, `/post-number-${page}`));
      site.put(`/post-number-${page}`, post(`Bird number ${page} of many`));
    }
    const { counts } = await site.crawl();
    expect(await site.live()).toHaveLength(300);
    expect(counts.requests).toBeLessThan(300 * 2 + 10 * BARREN_MAX);
    expect(counts.beyondLimits).toBeGreaterThan(0);
  });
});
