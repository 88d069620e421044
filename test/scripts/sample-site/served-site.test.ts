import { load } from 'cheerio';
import { XMLParser } from 'fast-xml-parser';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type StaticSite, serveStaticSite } from '#adapters/static-site/static-site-server.ts';
import * as awkward from '../../../scripts/sample-site/awkward.ts';
import { type BuiltSite, buildSite } from '../../../scripts/sample-site/build-site.ts';
import { pageLinks, plainText, singleSpaced } from '../../../scripts/sample-site/parsed-html.ts';

// The whole site, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const FOLDER = 'datasets/sample';
const { BASED, CHARSETS, DEAD_LINK, FORBIDDEN, MOVED, NAVIGATION_ONLY, NOINDEX, STUB } = awkward;

let site: StaticSite;
let built: BuiltSite;
beforeAll(async () => {
  built = await buildSite(FOLDER);
  site = await serveStaticSite({ folder: `${FOLDER}/site`, port: 0 });
});
afterAll(() => site.close());

const ask = (path: string) => fetch(new URL(path, site.origin), { redirect: 'manual' });
const textOf = async (path: string) => (await ask(path)).text();
const postPath = (slug: string) => `/posts/${slug}/`;
const linksOf = async (path: string) =>
  pageLinks(await textOf(path), `${site.origin}${path}`).targets;

const xml = new XMLParser({
  ignoreAttributes: false,
  htmlEntities: true,
  isArray: (name) => ['url', 'sitemap', 'item', 'entry'].includes(name),
});
type Located = { readonly loc: string; readonly lastmod: string };

async function sitemapEntries(): Promise<readonly Located[]> {
  const index = xml.parse(await textOf('/sitemap-index.xml')) as {
    sitemapindex: { sitemap: Located[] };
  };
  const parts = await Promise.all(
    index.sitemapindex.sitemap.map(async ({ loc }) => {
      const part = xml.parse(await textOf(loc)) as { urlset: { url: Located[] } };
      return part.urlset.url;
    }),
  );
  return parts.flat();
}

describe('the sitemaps', () => {
  it('name every post and list page once, each answering 200 under its own address', async () => {
    const entries = await sitemapEntries();
    const urls = entries.map(({ loc }) => loc);
    expect(new Set(urls).size).toBe(urls.length);
    for (const { path } of built.posts) expect(urls).toContain(`${site.origin}${path}`);
    for (const url of urls) {
      const answer = await ask(url);
      expect(answer.status, url).toBe(200);
      expect(load(await answer.text())('link[rel=canonical]').attr('href')).toBe(url);
    }
  });

  it('date what they name', async () => {
    const entries = await sitemapEntries();
    const dates = new Map(entries.map(({ loc, lastmod }) => [loc, lastmod]));
    for (const { path, date } of built.posts) expect(dates.get(site.origin + path)).toBe(date);
    expect(entries.filter(({ lastmod }) => !/^\d{4}-\d\d-\d\d$/.test(lastmod))).toEqual([]);
  });

  it('name nothing that is forbidden, moved or not to be indexed', async () => {
    const paths = (await sitemapEntries()).map(({ loc }) => new URL(loc).pathname);
    const hidden = [FORBIDDEN, MOVED.from, STUB.from, NOINDEX.byMeta, NOINDEX.byHeader.path];
    for (const path of [...hidden, '/search', '/404.html']) expect(paths).not.toContain(path);
  });
});

it('has no link that leads nowhere, but for the one that is declared', async () => {
  const seen = new Map<string, number>();
  const queue = ['/'];
  const dead: (readonly [string, string])[] = [];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    for (const target of await linksOf(path)) {
      const { origin, pathname } = new URL(target);
      if (origin !== site.origin) continue;
      const known = seen.get(pathname);
      const answer = known === undefined ? await ask(pathname) : null;
      const status = known ?? answer?.status ?? 0;
      seen.set(pathname, status);
      if (status === 404) dead.push([path, pathname]);
      if (answer?.headers.get('content-type')?.startsWith('text/html') && status === 200) {
        queue.push(pathname);
      }
      const location = answer?.headers.get('location');
      if (location) expect((await ask(location)).status, location).toBe(200);
    }
  }
  expect(dead).toEqual([[postPath(DEAD_LINK.linkedFrom), DEAD_LINK.path]]);
  for (const { path } of built.posts) expect(seen.get(path), path).toBe(200);
});

describe('robots.txt', () => {
  it('forbids drafts and search, shuts out one robot, and names the sitemaps', async () => {
    const robots = await textOf('/robots.txt');
    expect(robots).toMatch(/User-agent: \*\nDisallow: \/drafts\/\nDisallow: \/search\n/);
    expect(robots).toMatch(/User-agent: GreedyScraper\nDisallow: \/\n/);
    expect(robots).toContain(`Sitemap: ${site.origin}/sitemap-index.xml`);
  });
});

describe('the feeds', () => {
  const newest = () => built.posts.slice(0, 20);

  it('RSS holds the newest posts with their text and whole addresses', async () => {
    const answer = await ask('/feed.xml');
    expect(answer.headers.get('content-type')).toBe('application/rss+xml; charset=utf-8');
    const { rss } = xml.parse(await answer.text()) as {
      rss: { channel: { item: { link: string; pubDate: string; 'content:encoded': string }[] } };
    };
    const entries = rss.channel.item;
    expect(entries.map(({ link }) => link)).toEqual(newest().map(({ path }) => site.origin + path));
    for (const [at, entry] of entries.entries()) {
      const post = newest()[at];
      expect(plainText(entry['content:encoded'])).toBe(built.plainTexts.get(post?.path ?? ''));
      expect(new Date(entry.pubDate).toISOString().slice(0, 10)).toBe(post?.date);
      const $ = load(entry['content:encoded']);
      expect($('[href^="/"], [src^="/"], [href^="#"]')).toHaveLength(0);
    }
  });

  it('Atom holds the same posts without their text', async () => {
    const answer = await ask('/atom.xml');
    expect(answer.headers.get('content-type')).toBe('application/atom+xml; charset=utf-8');
    const { feed } = xml.parse(await answer.text()) as {
      feed: { entry: { id: string; summary: string; content?: string }[] };
    };
    expect(feed.entry.map(({ id }) => id)).toEqual(newest().map(({ path }) => site.origin + path));
    expect(feed.entry.map(({ summary }) => summary)).toEqual(
      newest().map(({ description }) => description),
    );
    expect(feed.entry.filter(({ content }) => content !== undefined)).toEqual([]);
  });

  it('JSON holds them with their text', async () => {
    const answer = await ask('/feed.json');
    expect(answer.headers.get('content-type')).toBe('application/feed+json');
    const feed = (await answer.json()) as {
      feed_url: string;
      items: { url: string; content_html: string }[];
    };
    expect(feed.feed_url).toBe(`${site.origin}/feed.json`);
    expect(feed.items.map(({ url }) => new URL(url).pathname)).toEqual(
      newest().map(({ path }) => path),
    );
  });
});

describe('a page', () => {
  it('has all that blogs put around their text', async () => {
    for (const post of built.posts) {
      const $ = load(await decoded(post.path));
      expect($('html').attr('lang')).toBe(post.lang);
      expect($('article h1').text()).toBe(post.title);
      expect($('meta[name=description]').attr('content')).toBe(post.description);
      expect($('meta[property="og:title"]').attr('content')).toBe(post.title);
      expect($('link[rel=alternate]')).toHaveLength(3);
      const structured = 'script[type="application/ld+json"]';
      expect(JSON.parse($(`head ${structured}`).text())).toMatchObject({
        '@type': 'BlogPosting',
        headline: post.title,
        datePublished: post.date,
        author: { name: post.author.name },
      });
      expect(JSON.parse($(`.breadcrumb ${structured}`).text())).toMatchObject({
        '@type': 'BreadcrumbList',
      });
      const around =
        '.site-nav .breadcrumb .share .author-box .related .sidebar .newsletter ' +
        '.recent-posts .tag-cloud .blogroll .site-footer .cookie-notice';
      for (const name of around.split(' ')) expect($(name), name).toHaveLength(1);
      expect($('.comment').length).toBeGreaterThanOrEqual(2);
      expect($('.related li')).toHaveLength(3);
      expect($('img:not([alt])')).toHaveLength(0);
    }
  });

  it('holds the words of its post, and only there', async () => {
    for (const { path } of built.posts) {
      const $ = load(await decoded(path));
      expect(plainText($('.post-body').html() ?? '')).toBe(built.plainTexts.get(path));
    }
  });

  it('shows code in spans and tables as tables', async () => {
    const $ = load(await textOf(postPath('a-schema-for-documents')));
    expect($('code.language-typescript .line .tok-k').length).toBeGreaterThan(3);
    expect($('pre code').first().text()).toContain('  id: string;            // hash of source');
    expect(load(await textOf(postPath('the-index-that-lied')))('table tbody tr')).toHaveLength(3);
  });

  it('of a list shows eight posts and the way on', async () => {
    const $ = load(await textOf('/page/2/'));
    expect($('article.card')).toHaveLength(8);
    expect($('a[rel=prev]').attr('href')).toBe('/');
    expect($('a[rel=next]').attr('href')).toBe('/page/3/');
  });

  it('that does not exist answers 404 with a page that says so', async () => {
    const answer = await ask('/nothing/here/');
    expect(answer.status).toBe(404);
    expect(load(await answer.text())('h1').text()).toBe('Not here');
  });
});

/** The text of a page as a browser reads it: charset of the header, of the meta, UTF-8. */
async function decoded(path: string): Promise<string> {
  const answer = await ask(path);
  const bytes = await answer.arrayBuffer();
  const inHeader = /charset=(\S+)/.exec(answer.headers.get('content-type') ?? '')?.[1];
  const inMeta = load(Buffer.from(bytes).toString('latin1'))('meta[charset]').attr('charset');
  return new TextDecoder(inHeader ?? inMeta ?? 'utf-8', { fatal: true }).decode(bytes);
}

describe('what is awkward', () => {
  it('a post that moved redirects, and posts link to where it was', async () => {
    const answer = await ask(MOVED.from);
    expect([answer.status, answer.headers.get('location')]).toEqual([301, MOVED.to]);
    for (const slug of MOVED.linkedFrom) {
      expect(await linksOf(postPath(slug))).toContain(site.origin + MOVED.from);
    }
  });

  it('a stub refreshes to the post, and a post links to it', async () => {
    const answer = await ask(STUB.from);
    expect(answer.status).toBe(200);
    const $ = load(await answer.text());
    expect($('meta[http-equiv=refresh]').attr('content')).toBe(`0; url=${STUB.to}`);
    for (const slug of STUB.linkedFrom) {
      expect(await linksOf(postPath(slug))).toContain(site.origin + STUB.from);
    }
  });

  it('the dead link is dead', async () => {
    expect((await ask(DEAD_LINK.path)).status).toBe(404);
  });

  it('one page says noindex in its head, another in its header only', async () => {
    const byMeta = await ask(NOINDEX.byMeta);
    expect(byMeta.headers.get('x-robots-tag')).toBeNull();
    expect(load(await byMeta.text())('meta[name=robots]').attr('content')).toContain('noindex');
    expect(await linksOf('/')).toContain(site.origin + NOINDEX.byMeta);

    const { path, slug } = NOINDEX.byHeader;
    const byHeader = await ask(path);
    expect(byHeader.headers.get('x-robots-tag')).toBe('noindex');
    const page = load(await byHeader.text());
    expect(page('meta[name=robots], link[rel=canonical]')).toHaveLength(0);
    const words = built.plainTexts.get(postPath(slug)) ?? '';
    page('figure, a.anchor').remove();
    expect(singleSpaced(plainText(page('body').html() ?? ''))).toContain(words);
    expect(await linksOf(postPath(slug))).toContain(site.origin + path);
  });

  it('a forbidden page exists, and is linked', async () => {
    expect((await ask(FORBIDDEN)).status).toBe(200);
    expect(await linksOf('/about/')).toContain(site.origin + FORBIDDEN);
  });

  it.each(CHARSETS)('$slug is in $charset, said in the $declaredIn alone', async (page) => {
    const answer = await ask(postPath(page.slug));
    const bytes = Buffer.from(await answer.arrayBuffer());
    const meta = load(bytes.toString('latin1'))('meta[charset]').attr('charset');
    const inHeader = page.declaredIn === 'header';
    expect(answer.headers.get('content-type')).toBe(
      inHeader ? `text/html; charset=${page.charset}` : 'text/html',
    );
    expect(meta).toBe(inHeader ? undefined : page.charset);
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)).toThrow();
    expect(built.plainTexts.get(postPath(page.slug))).toMatch(/[À-ÿ]/);
  });

  it('one page has a base, and links that hold under it alone', async () => {
    const html = await textOf(postPath(BASED.slug));
    const $ = load(html);
    expect($('base').attr('href')).toBe(site.origin + BASED.base);
    expect($('a[href^="/"], img[src^="/"]')).toHaveLength(0);
    const relative = $('.post-body a[href]:not(.anchor)')
      .toArray()
      .map((link) => $(link).attr('href') ?? '');
    expect(relative.length).toBeGreaterThan(1);
    for (const href of relative) {
      expect((await ask(new URL(href, site.origin + BASED.base).href)).status).toBe(200);
      const without = new URL(href, site.origin + postPath(BASED.slug));
      expect((await ask(without.href)).status).toBe(404);
    }
  });

  it('the archive is links', async () => {
    const $ = load(await textOf(NAVIGATION_ONLY));
    expect($('main a')).toHaveLength(built.posts.length);
    expect($('main p')).toHaveLength(0);
  });
});
