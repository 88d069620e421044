import { describe, expect, it } from 'vitest';
import { failed, home, ORIGIN, post, prose } from './pages.ts';
import { createMemorySite } from './world.ts';

const whole = (topic: string) =>
  `<p>${prose(topic)}</p><h2>The rest</h2><p>${prose(`the rest of ${topic}`)}</p>` +
  `<p>${prose(`what nobody knows of ${topic}`)}</p>`;

const feedOf = (...items: readonly (readonly [path: string, content: string | null])[]) =>
  `<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">` +
  `<channel><title>Birds</title>${items
    .map(
      ([path, content]) =>
        `<item><title>Feed title of ${path}</title><link>${ORIGIN}${path}</link>` +
        `<pubDate>Tue, 03 Nov 2026 10:00:00 GMT</pubDate>${
          content === null ? '' : `<content:encoded><![CDATA[${content}]]></content:encoded>`
        }</item>`,
    )
    .join('')}</channel></rss>`;

const teaser = (topic: string) =>
  `<html lang="en"><title>${topic}</title><article><h1>${topic}</h1><p>${prose(topic)}</p></article>`;

describe('the full text of a feed', () => {
  it('is taken when the page gives less, and the page when it does not', async () => {
    const site = createMemorySite({ kind: 'feed', paths: ['/feed.xml'] });
    site.put(
      '/feed.xml',
      feedOf(['/short', whole('gulls')], ['/long', `<p>${prose('terns')}</p>`]),
    );
    site.put('/short', teaser('gulls'));
    site.put('/long', post('Terns in full'));
    await site.crawl();
    const texts = Object.fromEntries(
      (await site.revisions()).map(({ url, markdown }) => [new URL(url).pathname, markdown]),
    );
    expect(texts['/short']).toContain('what nobody knows of gulls');
    expect(texts['/long']).toContain('the rest of Terns in full');
  });

  it('stands in for a page that cannot be had, at the next crawl as well', async () => {
    const site = createMemorySite({ kind: 'feed', paths: ['/feed.xml'] });
    site.put('/feed.xml', feedOf(['/a', whole('gulls')]), 'f');
    site.answer('/a', failed('/a', 403));
    await site.crawl();
    expect(await site.live()).toEqual(['/a']);
    const [first] = await site.revisions();
    expect(first?.metadata).toMatchObject({
      title: 'Feed title of /a',
      publishedAt: expect.stringContaining('2026-11-03'),
    });
    const { counts } = await site.crawl();
    expect(counts).toMatchObject({ unchanged: 1 });
    site.put('/feed.xml', feedOf(['/a', whole('terns')]), 'g');
    expect((await site.crawl()).counts).toMatchObject({ changed: 1 });
    const [second] = await site.revisions();
    expect(second?.markdown).toContain('terns');
  });

  it('does not bring a page back that is gone', async () => {
    const site = createMemorySite({ kind: 'feed', paths: ['/feed.xml'] });
    site.put('/feed.xml', feedOf(['/a', whole('gulls')], ['/b', whole('terns')]));
    site.put('/b', post('Terns'));
    await site.crawl();
    expect(await site.live()).toEqual(['/b']);
  });

  it('is found for a site that only links to its feed', async () => {
    const site = createMemorySite();
    const head = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">';
    site.put('/', home('/a').replace('</head>', `${head}</head>`));
    site.put('/feed.xml', feedOf(['/a', whole('gulls')]));
    site.put('/a', teaser('gulls'));
    await site.crawl();
    const [revision] = await site.revisions();
    expect(revision?.markdown).toContain('what nobody knows of gulls');
  });
});

describe('a feed source that names a page', () => {
  it('reads the feed that the page names', async () => {
    const site = createMemorySite({ kind: 'feed', paths: ['/blog'] });
    const head = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">';
    site.put('/blog', home('/a').replace('</head>', `${head}</head>`));
    site.put('/feed.xml', feedOf(['/a', null]));
    site.put('/a', post('Gulls'));
    await site.crawl();
    expect(await site.live()).toEqual(['/a']);
  });
});
