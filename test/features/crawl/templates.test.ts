import { describe, expect, it } from 'vitest';
import { home, prose } from './pages.ts';
import { createMemorySite, type MemorySite } from './world.ts';

const BANNER =
  'This blog is written in the evenings by two people who keep bees, and every order of honey from ' +
  'our shop pays for an hour of writing, so have a look at the jars that are in season right now.';
const PATHS = ['/a', '/b', '/c', '/d', '/e', '/f'];

const page = (title: string, banner: string) =>
  `<html lang="en"><title>${title}</title><body><article><h1>${title}</h1><p>${prose(title)}</p>` +
  `<p>${prose(`the rest of ${title}`)}</p>${banner === '' ? '' : `<p>${banner}</p>`}</article></body>`;

function fill(site: MemorySite, banner: string): void {
  site.put('/', home(...PATHS));
  for (const path of PATHS) site.put(path, page(`Birds of ${path}`, banner), `${path} ${banner}`);
}

const markdowns = async (site: MemorySite) =>
  (await site.revisions()).map(({ markdown }) => markdown).join('\n');

describe('a paragraph that stands on every page', () => {
  it('is taken out of all of them by the end of the first crawl, without asking again', async () => {
    const site = createMemorySite();
    fill(site, BANNER);
    const { counts } = await site.crawl();
    expect(counts.templatesRemoved).toBe(PATHS.length);
    const text = await markdowns(site);
    expect(text).not.toContain('honey');
    expect(text).toContain('the rest of Birds of /c');
    expect(new Set(site.requests()).size).toBe(PATHS.length + 3);
  });

  it('stays out of pages that change or come later, and nothing changes without a change', async () => {
    const site = createMemorySite();
    fill(site, BANNER);
    await site.crawl();
    expect((await site.crawl()).counts).not.toHaveProperty('templatesRemoved');
    site.put('/a', page('Birds as they are now', BANNER), 'new');
    const { counts } = await site.crawl();
    expect(counts).toMatchObject({ changed: 1 });
    expect(counts).not.toHaveProperty('templatesRemoved');
    const text = await markdowns(site);
    expect(text).toContain('Birds as they are now');
    expect(text).not.toContain('honey');
  });

  it('comes back when it stands on one page only', async () => {
    const site = createMemorySite();
    fill(site, BANNER);
    await site.crawl();
    fill(site, '');
    site.put('/a', page('Birds of /a', BANNER), `/a ${BANNER}`);
    await site.crawl();
    expect((await markdowns(site)).match(/honey/g)).toHaveLength(1);
  });
});
