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

describe('a folder', () => {
  const put = (site: MemorySite, name: string, text: string) =>
    site.answer(
      `file:///notes/${name}`,
      pageOutcome(`file:///notes/${name}`, text, {
        contentType: 'text/markdown; charset=utf-8',
      }),
    );

  it('has its short notes as posts too, also those that are a heading alone', async () => {
    const site = createMemorySite({ kind: 'folder', paths: ['file:///notes/'] });
    put(site, 'short.md', '# Terns\n\nNine of them.\n');
    put(site, 'heading.md', '# The gulls are back\n');
    put(site, 'blank.md', '---\ntitle: Nothing yet\n---\n\n');
    await site.crawl();
    const revisions = await site.revisions();
    expect(revisions.map(({ metadata, markdown }) => [metadata.title, markdown.trim()])).toEqual([
      ['The gulls are back', '# The gulls are back'],
      ['Terns', 'Nine of them.'],
    ]);
    expect(await site.letters()).toEqual(['no_content file:///notes/blank.md']);
  });
});
