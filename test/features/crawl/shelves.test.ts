import { describe, expect, it } from 'vitest';
import { pageOutcome } from '../../fakes/page-fetcher.ts';
import { prose } from './pages.ts';
import { createMemorySite, type MemorySite } from './world.ts';

const markdown = (title: string) =>
  `# ${title}\n\n${prose(title)}\n\n## More\n\n${prose(`${title} later`)}\n`;

function put(site: MemorySite, url: string, title: string, etag: string): void {
  const page = { contentType: 'text/markdown; charset=utf-8', etag };
  site.answer(url, pageOutcome(url, markdown(title), page));
}

describe.each([
  ['folder', 'file:///posts/'],
  ['github', 'https://github.com/birds/notes'],
] as const)('a %s', (kind, place) => {
  const page = (name: string) => `${place.replace(/\/$/, '')}/blob/main/${name}.md`;

  it('is read as it is listed, without robots, and only what changed is read again', async () => {
    const site = createMemorySite({ kind, paths: [place] });
    put(site, page('a'), 'Gulls', '1');
    put(site, page('b'), 'Terns', '1');
    await site.crawl();
    expect(await site.live()).toEqual([page('a'), page('b')]);
    expect(site.requests()).toEqual([]);
    put(site, page('b'), 'Other terns', '2');
    expect((await site.crawl()).counts).toMatchObject({ unchanged: 1, changed: 1 });
  });

  it('closes the document of a file that is gone', async () => {
    const site = createMemorySite({ kind, paths: [place] });
    for (const name of ['a', 'b', 'c', 'd', 'e']) put(site, page(name), `Birds of ${name}`, '1');
    await site.crawl();
    site.remove(page('c'));
    expect((await site.crawl()).counts).toMatchObject({ closed: 1 });
    expect(await site.live()).toEqual([page('a'), page('b'), page('d'), page('e')]);
  });

  it('says when there is nothing', async () => {
    const site = createMemorySite({ kind, paths: [place] });
    await expect(site.crawl()).rejects.toMatchObject({ code: 'not_found' });
  });
});
