import { describe, expect, it } from 'vitest';
import { pageOutcome } from '../../fakes/page-fetcher.ts';
import { home, listOf, moved, ORIGIN, post, sitemapIndex } from './pages.ts';
import { createMemorySite, type Site } from './world.ts';

/** Posts of which each leads to the next. */
function putChain(site: Site, length: number): void {
  site.put('/', home('/1'), 'home');
  for (let at = 1; at <= length; at += 1) {
    site.put(`/${at}`, post(`Bird ${at}`, { links: [`/${at + 1}`] }), `p${at}`);
  }
}

describe('limits of a crawl', () => {
  it('hold for depth, and at every later crawl as well', async () => {
    const site = createMemorySite({ limits: { depthMax: 2 } });
    putChain(site, 6);
    for (let time = 0; time < 3; time += 1) {
      expect((await site.crawl()).counts).toMatchObject({ beyondLimits: 1 });
      expect(await site.live()).toEqual(['/1', '/2']);
    }
  });

  it('let the seeds alone be crawled', async () => {
    const site = createMemorySite({ kind: 'list', paths: ['/1', '/2'], limits: { depthMax: 0 } });
    putChain(site, 3);
    await site.crawl();
    site.remove('/2');
    await site.crawl();
    expect(await site.live()).toEqual(['/1']);
  });

  it('count each page that there was no room for', async () => {
    const site = createMemorySite({ limits: { pagesMax: 3 } });
    site.put('/', home('/a', '/b', '/c', '/d', '/a#top'));
    for (const path of ['/a', '/b', '/c', '/d']) site.put(path, post(path));
    expect((await site.crawl()).counts).toMatchObject({ beyondLimits: 2, requests: 4 });
    expect(await site.live()).toEqual(['/a', '/b']);
  });

  it('leave room for a new page though as many are known as may be asked for', async () => {
    const site = createMemorySite({ limits: { pagesMax: 3 } });
    site.put('/', home('/a', '/b'));
    site.put('/a', post('Terns'));
    site.put('/b', post('Gulls'));
    await site.crawl();
    site.put('/', home('/new', '/a', '/b'));
    site.put('/new', post('Skuas'));
    expect((await site.crawl()).counts).toMatchObject({ new: 1, beyondLimits: 1 });
    expect(await site.live()).toEqual(['/a', '/b', '/new']);
  });

  it('count sitemaps that lie too deep', async () => {
    const site = createMemorySite();
    site.put('/', home());
    for (let at = 0; at < 60; at += 1) {
      const path = at === 0 ? '/sitemap.xml' : `/sitemap-${at}.xml`;
      const text = sitemapIndex(`/sitemap-${at + 1}.xml`);
      site.answer(path, pageOutcome(`${ORIGIN}${path}`, text, { contentType: 'text/xml' }));
    }
    expect((await site.crawl()).counts).toMatchObject({ beyondLimits: 1 });
  });

  it('do not count a page that a shorter way leads to', async () => {
    const site = createMemorySite({ limits: { depthMax: 2, concurrencyMax: 1 } });
    site.put('/', home('/a', '/c'));
    site.put('/a', post('Terns', { links: ['/b'] }));
    site.answer('/c', moved('/c', '/d'));
    site.put('/b', post('Gulls', { links: ['/e'] }));
    site.put('/d', post('Skuas', { links: ['/e'] }));
    site.put('/e', post('Puffins'));
    expect((await site.crawl()).counts).not.toHaveProperty('beyondLimits');
    expect(await site.live()).toEqual(['/a', '/b', '/d', '/e']);
  });

  it('end a site that is another one at every look', async () => {
    const site = createMemorySite();
    site.put('/', home('/a', '/b', '/cc', '/dd'));
    let visits = 0;
    for (const path of ['/a', '/b', '/cc', '/dd']) {
      site.answer(path, ({ url }) => {
        visits += 1;
        return pageOutcome(url, post(`Birds ${Math.floor(visits / 2)}`));
      });
    }
    for (let time = 0; time < 3; time += 1) await site.crawl();
    expect(visits).toBeLessThanOrEqual(3 * 4 * 4);
  });
});

describe('pages that are asked for', () => {
  it('are those of the site alone, with the one that its seed redirects to', async () => {
    const site = createMemorySite();
    const elsewhere = 'https://birds.example/';
    site.answer('/', moved('/', elsewhere));
    site.answer('/robots.txt', pageOutcome(`${ORIGIN}/robots.txt`, ''));
    await site.crawl();
    expect(site.requests()).toEqual(expect.arrayContaining(['/', elsewhere]));
    site.put('/', listOf('', [elsewhere, '/a']));
    site.put('/a', post('Terns'));
    await site.crawl();
    expect(site.requests()).not.toContain(elsewhere);
  });

  it('are asked for once each, and again only for a second look', async () => {
    const site = createMemorySite();
    const paths = Array.from({ length: 30 }, (_, at) => `/${at}`);
    site.put('/', home(...paths));
    for (const path of paths) site.put(path, post(`Birds of ${path}`, { links: paths }), path);
    for (let time = 0; time < 2; time += 1) {
      await site.crawl();
      const asked = site.requests();
      expect(new Set(asked).size).toBe(asked.length);
    }
    for (const path of ['/3', '/4']) site.remove(path);
    await site.crawl();
    const asked = site.requests();
    expect(asked.slice(-2).toSorted()).toEqual(['/3', '/4']);
    expect(asked).toHaveLength(new Set(asked).size + 2);
  });
});
