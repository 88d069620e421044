import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedPostgres, startPglite } from '../../fakes/embedded-postgres.ts';
import { pageOutcome } from '../../fakes/page-fetcher.ts';
import { failed, feed, home, listOf, ORIGIN, post, sitemap, sitemapIndex } from './pages.ts';
import { createWorld, type World } from './world.ts';

let postgres: EmbeddedPostgres;
let world: World;
beforeAll(async () => {
  postgres = await startPglite();
});
afterAll(() => postgres.close());
beforeEach(async () => {
  world = await createWorld(postgres);
});
afterEach(() => world.close());

const put = (path: string, text: string, etag?: string): void =>
  world.answer(
    path,
    pageOutcome(`${ORIGIN}${path}`, text, {
      contentType: path.endsWith('.txt') ? 'text/plain' : 'application/xml',
      etag: etag ?? null,
    }),
  );
const namesFeed = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">';

describe('listings of a site', () => {
  it('are each asked for once, though robots.txt, an index and themselves name them', async () => {
    put('/robots.txt', `Sitemap: ${ORIGIN}/index.xml\nSitemap: ${ORIGIN}/posts.xml\n`);
    put('/index.xml', sitemapIndex('/posts.xml', '/index.xml', '/more.xml'));
    put('/more.xml', sitemapIndex('/index.xml', '/posts.xml'));
    put('/posts.xml', sitemap('/a', '/b'));
    world.put('/', home());
    world.put('/a', post('Terns'));
    world.put('/b', post('Gulls'));
    await world.crawl();
    expect(await world.live()).toEqual(['/a', '/b']);
    const asked = world.requests();
    expect(new Set(asked).size).toBe(asked.length);
  });

  it('are remembered when they are unchanged, and so is what they list', async () => {
    put('/robots.txt', `Sitemap: ${ORIGIN}/index.xml\n`);
    put('/index.xml', sitemapIndex('/posts.xml'), 'i1');
    put('/posts.xml', sitemap('/a', '/b'), 'p1');
    world.put('/', home());
    world.put('/a', post('Terns'));
    world.answer('/b', failed('/b'));
    await world.crawl();
    world.put('/b', post('Gulls'));
    await world.crawl();
    expect(await world.live()).toEqual(['/a', '/b']);
  });

  it('are not mistaken for pages when pages link to them', async () => {
    world.put('/', listOf(namesFeed, ['/feed.xml', '/a']), 'h1');
    world.put('/a', post('Terns', { links: ['/feed.xml'] }), 'a1');
    put('/feed.xml', feed('/a'), 'f1');
    await world.crawl();
    put('/feed.xml', feed('/a', '/b'), 'f2');
    world.put('/b', post('Gulls'));
    world.requests();
    await world.crawl();
    expect(await world.live()).toEqual(['/a', '/b']);
    expect(world.requests().filter((path) => path === '/feed.xml')).toHaveLength(1);
  });

  it('that failed are read by the next crawl, though what named them is unchanged', async () => {
    world.put('/', listOf(namesFeed, []), 'h1');
    world.answer('/feed.xml', failed('/feed.xml'));
    await world.crawl();
    expect(await world.letters()).toContain('http_status /feed.xml');
    put('/feed.xml', feed('/a'));
    world.put('/a', post('Terns'));
    await world.crawl();
    expect(await world.live()).toEqual(['/a']);
  });

  it('that nobody named may be missing; those that were named may not', async () => {
    world.put('/', home());
    await world.crawl();
    expect(await world.letters()).not.toContain('gone /sitemap.xml');
    put('/robots.txt', `Sitemap: ${ORIGIN}/named.xml\n`);
    await world.crawl();
    expect(await world.letters()).toContain('gone /named.xml');
  });
});

describe('a feed as a source', () => {
  it('gives the pages that it lists, wherever they are, and is not followed further', async () => {
    const source = world.other({ name: 'news', kind: 'feed', paths: ['/feed.xml'] });
    put('/feed.xml', feed('/a'), 'f1');
    world.put('/a', post('Terns', { links: ['/elsewhere'] }), 'a1');
    world.put('/elsewhere', post('Gulls'));
    await source.crawl();
    await source.crawl();
    expect(await source.live()).toEqual(['/a']);
  });

  it('keeps what it has listed once, until that is gone', async () => {
    const source = world.other({ name: 'news', kind: 'feed', paths: ['/feed.xml'] });
    put('/feed.xml', feed('/a'));
    world.put('/a', post('Terns'));
    await source.crawl();
    put('/feed.xml', feed('/b'));
    world.put('/b', post('Gulls'));
    await source.crawl();
    expect(await source.live()).toEqual(['/a', '/b']);
    world.remove('/a');
    await source.crawl();
    expect(await source.live()).toEqual(['/b']);
  });

  it('changes nothing when it cannot be read', async () => {
    const source = world.other({ name: 'news', kind: 'feed', paths: ['/feed.xml'] });
    put('/feed.xml', feed('/a'));
    world.put('/a', post('Terns'));
    await source.crawl();
    put('/feed.xml', 'no feed at all');
    world.remove('/a');
    await expect(source.crawl()).rejects.toMatchObject({ code: 'malformed' });
    expect(await source.live()).toEqual(['/a']);
    expect(await source.letters()).toContain('malformed /feed.xml');
    const [run] = await world.deps.registry.runs.list(1);
    expect(run).toMatchObject({ kind: 'crawl', status: 'failed', subject: 'source:news' });
  });
});
