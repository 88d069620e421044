import { describe, expect, it } from 'vitest';
import { pageOutcome } from '../../fakes/page-fetcher.ts';
import { failed, home, ORIGIN, post, prose, sitemap } from './pages.ts';
import { createMemorySite } from './world.ts';

describe('patterns', () => {
  it('keep what is excluded from being asked for, and take only what is included', async () => {
    const rules = { include: ['/blog/**'], exclude: ['/blog/drafts/**'] };
    const site = createMemorySite({ rules });
    site.put('/', home('/blog/a', '/about', '/blog/drafts/b'));
    site.put('/blog/a', post('Birds', { links: ['/blog/deep/c', '/contact'] }));
    site.put('/blog/deep/c', post('Bees'));
    for (const path of ['/about', '/blog/drafts/b', '/contact']) site.put(path, post(path));
    await site.crawl();
    expect(await site.live()).toEqual(['/blog/a', '/blog/deep/c']);
    expect(site.requests()).not.toContain('/about');
    expect(site.requests()).not.toContain('/blog/drafts/b');
  });
});

describe('languages', () => {
  it('reject what is written in another one', async () => {
    const site = createMemorySite({ rules: { languages: ['en'] } });
    const german =
      'Dieser Beitrag handelt von Vögeln, die jede Woche vorkommen und über die selten jemand ' +
      'schreibt. Er sagt in einfachen Worten, wer sie zuerst bemerkt hat, was vergeblich versucht ' +
      'wurde, was es gekostet hat und welches Mittel nach einem Jahr täglichen Gebrauchs noch gilt.';
    site.put('/', home('/en', '/de'));
    site.put('/en', post('Birds of the week'));
    site.put(
      '/de',
      `<html lang="en"><title>Vögel</title><article><h1>Vögel</h1><p>${german}</p><p>${german}</p></article>`,
    );
    await site.crawl();
    expect(await site.live()).toEqual(['/en']);
    expect(await site.letters()).toContain('wrong_language /de');
  });
});

describe('personal details', () => {
  const page = (detail: string) =>
    `<html lang="en"><title>Birds</title><article><h1>Birds</h1><p>${prose('birds')} ` +
    `Write to ${detail} for more.</p><p>${prose('bees')}</p></article>`;
  const ADDRESS = 'jane.doe@example.com';

  it('are kept and counted when the source flags them', async () => {
    const site = createMemorySite({ kind: 'list', paths: ['/a'], rules: { pii: 'flag' } });
    site.put('/a', page(ADDRESS));
    await site.crawl();
    const [revision] = await site.revisions();
    expect(revision?.markdown).toContain(ADDRESS);
    expect(revision?.metadata.pii).toEqual({ email: 1 });
  });

  it('are in nothing that is stored when the source masks them', async () => {
    const site = createMemorySite({ kind: 'list', paths: ['/a'], rules: { pii: 'mask' } });
    const hidden = ADDRESS.replace('@', '&#64;');
    site.put('/a', page(`<a href="mailto:${ADDRESS}">${hidden}</a>`));
    await site.crawl();
    const [revision] = await site.revisions();
    expect(JSON.stringify(revision)).not.toContain(ADDRESS);
    expect(revision?.markdown).toContain('[email]');
    expect(await site.stored(revision?.blobKey ?? '')).not.toMatch(/jane\.doe/);
    // The same page is still known for the same.
    await site.crawl();
    expect(await site.revisions()).toHaveLength(1);
  });
});

describe('rendering', () => {
  it('opens pages in the browser, and asks for robots and sitemaps without it', async () => {
    const site = createMemorySite({ rules: { render: true } });
    site.put('/', '<html><body><div id="app"></div></body></html>');
    site.answer('/sitemap.xml', pageOutcome(`${ORIGIN}/sitemap.xml`, sitemap('/a')));
    site.answer('/a', failed('/a'));
    const seen = (path: string, html: string) =>
      site.answer(`rendered:${ORIGIN}${path}`, pageOutcome(`${ORIGIN}${path}`, html));
    seen('/', home('/a'));
    seen('/a', post('Birds that scripts write'));
    await site.crawl();
    expect(await site.live()).toEqual(['/a']);
    expect(site.requests()).toEqual(['/robots.txt', '/sitemap.xml']);
  });
});
