import { describe, expect, it } from 'vitest';
import type { FetchRequest } from '#ports/page-fetcher.ts';
import { home, moved, post, sitemap } from './pages.ts';
import { createMemorySite, type MemorySite } from './world.ts';

const PATHS = Array.from({ length: 40 }, (_, at) => `/post-${at}`);

function fill(site: MemorySite): void {
  site.put('/', home(...PATHS.slice(0, 20), '/old'), 'home');
  site.put('/sitemap.xml', sitemap(...PATHS.slice(20)), 'map');
  for (const path of PATHS) site.put(path, post(`Bird of ${path}`), path);
  site.answer('/old', moved('/old', '/post-3'));
}

/** Aborts the crawl when so many requests were made. */
async function cutAfter(requests: number): Promise<MemorySite> {
  const stop = new AbortController();
  let made = 0;
  const site = createMemorySite({}, async () => {
    made += 1;
    if (made === requests) stop.abort(new DOMException('stopped', 'AbortError'));
  });
  fill(site);
  await expect(site.crawl(stop.signal)).rejects.toMatchObject({ code: 'cancelled' });
  return site;
}

describe('a crawl that was cut off', () => {
  it('is taken up under the same run, and asks for nothing twice but what was in flight', async () => {
    const site = await cutAfter(25);
    const before = site.requests();
    const [cut] = await site.registry.runs.list(1);
    const { runId } = await site.crawl();
    expect(runId).toBe(cut?.id);
    expect(await site.live()).toEqual([...PATHS].sort());
    const again = site.requests().filter((path) => before.includes(path));
    const inFlight = 4;
    expect(again.filter((path) => path !== '/robots.txt').length).toBeLessThanOrEqual(inFlight);
    const visits = await site.registry.visits.list(runId);
    expect(new Set(visits.map(({ url }) => url)).size).toBeGreaterThanOrEqual(PATHS.length + 2);
    // What is done is done: the next one begins anew.
    expect((await site.crawl()).runId).not.toBe(runId);
  });

  it('is not taken up when it is to begin anew, and by whom asks for single pages', async () => {
    const site = await cutAfter(25);
    site.requests();
    const { runId: single } = await site.crawl(undefined, {
      only: ['https://blog.example/post-1'],
    });
    expect(site.requests()).toEqual(['/robots.txt', '/post-1']);
    const [, cut] = await site.registry.runs.list(2);
    const { runId } = await site.crawl(undefined, { fresh: true });
    expect([single, cut?.id]).not.toContain(runId);
    expect(site.requests()).toContain('/');
  });

  it('follows what pages linked to that have not been asked for again', async () => {
    const site = createMemorySite();
    site.put('/', home('/a'), 'h');
    site.put('/a', post('Birds of a', { links: ['/b'] }), 'a');
    site.put('/b', post('Birds of b', { links: ['/c'] }), 'b');
    site.put('/c', post('Birds of c'), 'c');
    const calls = await lengthOfCrawl();
    for (let cut = 1; cut < calls; cut += 1) {
      const other = createMemorySite();
      for (const [path, links] of [
        ['/a', ['/b']],
        ['/b', ['/c']],
        ['/c', []],
      ] as const) {
        other.put(path, post(`Birds of ${path}`, { links }), path);
      }
      other.put('/', home('/a'), 'h');
      other.registry.cutAfter(cut);
      await other.crawl().catch(() => undefined);
      other.registry.cutAfter(Number.POSITIVE_INFINITY);
      await other.crawl();
      expect(await other.live(), `cut after ${cut} calls`).toEqual(['/a', '/b', '/c']);
    }

    async function lengthOfCrawl(): Promise<number> {
      const before = site.registry.calls();
      await site.crawl();
      return site.registry.calls() - before;
    }
  });
});

describe('a limit of time', () => {
  it('ends the crawl with what it has, and the next one goes on', async () => {
    const site = createMemorySite({ limits: { timeMsMax: 60 } });
    fill(site);
    const first = await site.crawl();
    expect(first.isUnfinished).toBe(true);
    const some = await site.live();
    expect(some.length).toBeLessThan(PATHS.length);
    const asked = new Set(site.requests());
    let crawls = 1;
    for (let last = first; last.isUnfinished && crawls < 60; crawls += 1) {
      last = await site.crawl();
      expect(last.runId).toBe(first.runId);
    }
    expect(await site.live()).toEqual([...PATHS].sort());
    const again = site.requests().filter((path) => asked.has(path) && path.startsWith('/post-'));
    expect(again).toEqual([]);
  });
});

describe('validators', () => {
  it('still make every request of the next crawl a conditional one', async () => {
    const asked: FetchRequest[] = [];
    const site = createMemorySite({}, async (request) => void asked.push(request));
    fill(site);
    await site.crawl();
    asked.length = 0;
    const { counts } = await site.crawl();
    expect(counts.unchanged).toBe(PATHS.length + 1);
    const pages = asked.filter(({ accept }) => accept === 'page');
    expect(
      pages.filter(({ etag }) => etag === null).map(({ url }) => new URL(url).pathname),
    ).toEqual(['/old']);
  });
});
