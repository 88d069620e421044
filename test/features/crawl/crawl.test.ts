import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedPostgres, startPglite } from '../../fakes/embedded-postgres.ts';
import { VISITED } from '../../fakes/page-fetcher.ts';
import { failed, home, moved, ORIGIN, post } from './pages.ts';
import { createWorld, type World } from './world.ts';

let postgres: EmbeddedPostgres;
let world: World;
beforeAll(async () => {
  postgres = await startPglite();
}, 60_000);
afterAll(() => postgres.close());
beforeEach(async () => {
  world = await createWorld(postgres);
});
afterEach(() => world.close());

describe('a crawl', () => {
  it('records what is new, changed and unchanged, and asks for each URL once', async () => {
    world.put('/', home('/a', '/b', '/a#top', '/b?utm_source=x'));
    world.put('/a', post('Terns', { links: ['/b', '/'] }));
    world.put('/b', post('Gulls'));
    expect((await world.crawl()).counts).toMatchObject({ new: 2, fetched: 3 });
    const asked = world.requests();
    expect(new Set(asked).size).toBe(asked.length);

    world.put('/b', post('Herring gulls'));
    expect((await world.crawl()).counts).toMatchObject({ changed: 1, unchanged: 2 });
    expect(await world.live()).toEqual(['/a', '/b']);
  });

  it('closes what is gone at the second look, and takes it up again when it returns', async () => {
    world.put('/', home('/a', '/b'));
    world.put('/a', post('Terns'));
    world.put('/b', post('Gulls'));
    await world.crawl();
    world.remove('/b');
    expect((await world.crawl()).counts).toMatchObject({ closed: 1 });
    expect(await world.live()).toEqual(['/a']);
    world.put('/b', post('Gulls'));
    expect((await world.crawl()).counts).toMatchObject({ changed: 1 });
    expect(await world.live()).toEqual(['/a', '/b']);
  });

  it('takes a source of which most is gone for an outage, until the next crawl finds it so', async () => {
    const paths = ['/a', '/b', '/c', '/d', '/e'];
    world.put('/', home(...paths));
    for (const path of paths) world.put(path, post(`Birds of ${path}`));
    await world.crawl();
    for (const path of paths) world.remove(path);
    await world.crawl();
    expect(await world.live()).toEqual(paths);
    await world.crawl();
    expect(await world.live()).toEqual([]);
  });

  it('moves a document with a permanent redirect, and only when the target is one', async () => {
    world.put('/', home('/old'));
    world.put('/old', post('Terns'));
    await world.crawl();
    world.answer('/old', moved('/old', '/new'));
    world.answer('/new', failed('/new'));
    await world.crawl();
    expect(await world.live()).toEqual(['/old']);
    world.put('/new', post('Terns'));
    await world.crawl();
    expect(await world.live()).toEqual(['/new']);
  });

  it('keeps a document behind a temporary redirect', async () => {
    world.put('/', home('/a'));
    world.put('/a', post('Terns'));
    await world.crawl();
    world.answer('/a', moved('/a', '/maintenance', 302));
    world.put('/maintenance', post('Maintenance of gulls'));
    await world.crawl();
    expect(await world.live()).toEqual(['/a', '/maintenance']);
  });

  it('gives up redirects that go in a circle, lead away, or never end', async () => {
    world.put('/', home('/x', '/far', '/1'));
    world.answer('/x', moved('/x', '/y'));
    world.answer('/y', moved('/y', '/x'));
    world.answer('/far', moved('/far', 'https://other.example/'));
    for (let hop = 1; hop < 9; hop += 1) world.answer(`/${hop}`, moved(`/${hop}`, `/${hop + 1}`));
    await world.crawl();
    expect(await world.letters()).toEqual(
      expect.arrayContaining(['redirect_loop /y', 'off_site /far', 'redirects_exceeded /6']),
    );
  });

  it('keeps the last good revision of a page that fails, and follows its links', async () => {
    world.put('/', home('/a'));
    world.put('/a', post('Terns', { links: ['/deep'] }));
    world.put('/deep', post('Gulls'));
    await world.crawl();
    world.answer('/a', failed('/a'));
    world.put('/', home('/'));
    await world.crawl();
    expect(await world.live()).toEqual(['/a', '/deep']);
    expect(await world.letters()).toContain('http_status /a');
  });

  it('closes a document whose page asks not to be indexed', async () => {
    world.put('/', home('/a'));
    world.put('/a', post('Terns'));
    await world.crawl();
    world.put('/a', post('Terns', { head: '<meta name="robots" content="noindex">' }));
    await world.crawl();
    expect(await world.live()).toEqual([]);
    expect(await world.letters()).toContain('noindex /a');
  });

  it('follows a canonical pointer and a meta refresh to the page to keep', async () => {
    world.put('/', home('/print', '/stub'));
    world.put('/print', post('Terns', { head: `<link rel="canonical" href="${ORIGIN}/a">` }));
    world.put('/stub', '<html><head><meta http-equiv="refresh" content="0; url=/b"></head></html>');
    world.put('/a', post('Terns'));
    world.put('/b', post('Gulls'));
    await world.crawl();
    expect(await world.live()).toEqual(['/a', '/b']);
    expect(await world.letters()).toEqual(
      expect.arrayContaining(['duplicate /print', 'meta_refresh /stub']),
    );
  });

  it('keeps one of two pages that name each other as canonical', async () => {
    world.put('/', home('/a', '/b'));
    world.put('/a', post('Terns', { head: `<link rel="canonical" href="${ORIGIN}/b">` }));
    world.put('/b', post('Terns', { head: `<link rel="canonical" href="${ORIGIN}/a">` }));
    await world.crawl();
    expect(await world.live()).toHaveLength(1);
  });

  it.each([[['/a', '/a-copy']], [['/a-copy', '/a']]])(
    'keeps the shorter of twins, found as %j, and the other once it is alone',
    async (links) => {
      world.put('/', home(...links));
      world.put('/a', post('Terns'));
      world.put('/a-copy', post('Terns'));
      await world.crawl();
      expect(await world.live()).toEqual(['/a']);
      world.put('/a', post('Gulls'));
      await world.crawl();
      expect(await world.live()).toEqual(['/a', '/a-copy']);
    },
  );

  it('obeys robots.txt, and touches nothing while the site is away', async () => {
    world.put('/', home('/a', '/private'));
    world.put('/a', post('Terns'));
    world.put('/private', post('Gulls'));
    world.put('/robots.txt', 'User-agent: *\nDisallow: /private\n');
    await world.crawl();
    expect(await world.live()).toEqual(['/a']);
    expect(await world.letters()).toContain('robots_denied /private');
    world.answer('/robots.txt', failed('/robots.txt', null));
    await expect(world.crawl()).rejects.toMatchObject({ code: 'unreachable' });
    expect(await world.live()).toEqual(['/a']);
  });

  it('ends as an undisturbed one after any crawl that was cut off', async () => {
    const paths = ['/a', '/b', '/c', '/d'];
    world.put('/', home(...paths));
    for (const path of paths) world.put(path, post(`Birds of ${path}`));
    for (let after = 1; after <= 5; after += 1) {
      const stop = new AbortController();
      let pages = 0;
      for (const path of paths) {
        const html = post(`Birds of ${path}`);
        world.answer(path, (request) => {
          pages += 1;
          if (pages === after) stop.abort(new Error('cut'));
          return { ...VISITED, kind: 'fetched', page: rawOf(request.url, html) };
        });
      }
      await world.crawl(stop.signal).catch(() => undefined);
    }
    await world.crawl();
    expect(await world.live()).toEqual(paths);
  });
});

const rawOf = (url: string, html: string) =>
  ({
    stage: 'raw',
    url,
    status: 200,
    body: new TextEncoder().encode(html),
    contentType: 'text/html',
    etag: null,
    lastModified: null,
    robotsTag: '',
  }) as const;

describe('a source that is being crawled', () => {
  it('is not asked for anything while its lease is held', async () => {
    const { registry } = world.deps;
    await registry.leases.acquire({
      name: 'source:blog',
      holder: 'another',
      now: '2026-01-02T03:04:05.000Z',
      expiresAt: '2026-01-02T03:04:11.000Z',
    });
    const stop = new AbortController();
    const waiting = world.crawl(stop.signal);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    expect(world.requests()).toEqual([]);
  });
});
