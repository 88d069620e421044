import { AUTHORS } from './authors.ts';
import { BASED, CHARSETS, NOINDEX, STUB } from './awkward.ts';
import { type Blog, ORIGIN } from './blog.ts';
import { encodeHtml } from './charset.ts';
import { LOGO, portraitSvg } from './charts.ts';
import { feeds } from './feeds.ts';
import { renderPage } from './layout.ts';
import { listPages } from './list-pages.ts';
import { fileOf, type Page } from './page.ts';
import { mapAddresses } from './parsed-html.ts';
import { plainPages, STUB_PAGE } from './plain-pages.ts';
import { postPage, printPage } from './post-page.ts';
import type { Article } from './render-post.ts';
import { MANIFEST } from './site-manifest.ts';
import { ROBOTS, sitemaps } from './sitemaps.ts';

/** Every file of the site but its style sheet, by path within the site's folder. */
export function siteFiles(blog: Blog, articles: readonly Article[]): Map<string, Buffer> {
  const modified = blog.posts[0]?.date ?? '1970-01-01';
  const pages: readonly Page[] = [
    ...articles.map((article) => postPage(blog, article)),
    ...listPages(blog),
    ...plainPages(modified),
  ];
  const files = new Map<string, Buffer>();
  const write = (file: string, text: string) => files.set(file, Buffer.from(text));
  for (const page of pages) files.set(fileOf(page.path), pageBytes(page, renderPage(blog, page)));
  for (const article of articles) {
    const { post, chart } = article;
    if (chart !== null) write(`images/${post.slug}.svg`, chart.markup);
    if (post.slug !== NOINDEX.byHeader.slug) continue;
    write(fileOf(NOINDEX.byHeader.path), printPage(article));
  }
  for (const { slug, name, initials, colour } of AUTHORS) {
    write(`images/${slug}.svg`, portraitSvg(initials, colour, name).markup);
  }
  write('images/logo.svg', LOGO.markup);
  write(fileOf(STUB.from), STUB_PAGE);
  write('robots.txt', ROBOTS);
  write('_site.json', `${JSON.stringify(MANIFEST, null, 2)}\n`);
  for (const [file, text] of sitemaps(pages)) write(file, text);
  for (const [file, text] of feeds(articles)) write(file, text);
  return files;
}

/** A page in its charset, and with relative links where it has a base. */
function pageBytes(page: Page, html: string): Buffer {
  if (page.path === `/posts/${BASED.slug}/`) return Buffer.from(basedOn(BASED, html));
  const charset = CHARSETS.find(({ slug }) => page.path === `/posts/${slug}/`)?.charset;
  return charset === undefined ? Buffer.from(html) : encodeHtml(html, charset);
}

/** Puts a base into the head and makes every address relative to it, those within the page too. */
function basedOn({ slug, base }: typeof BASED, html: string): string {
  const relative = mapAddresses(
    html,
    (address) => {
      if (address.startsWith('#')) return `${slug}/${address}`;
      if (!address.startsWith('/')) return address;
      return address.startsWith(base) ? address.slice(base.length) : `..${address}`;
    },
    { fragment: false },
  );
  return relative.replace('<head>', `<head>\n<base href="${ORIGIN}${base}">`);
}
