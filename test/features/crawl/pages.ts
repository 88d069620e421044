import type { FetchOutcome } from '#ports/page-fetcher.ts';
import { VISITED } from '../../fakes/page-fetcher.ts';

export const ORIGIN = 'https://blog.example';

export const prose = (topic: string): string =>
  `This post is about ${topic}, which comes up every week and is seldom written down. It says in ` +
  'plain words who noticed it first, what was tried in vain, what it cost, and which remedy is ' +
  `still in place after a year of daily use of ${topic}.`;

export type PostOptions = { readonly head?: string; readonly links?: readonly string[] };

export const post = (title: string, options: PostOptions = {}): string =>
  `<!doctype html><html lang="en"><head><title>${title}</title>${options.head ?? ''}</head><body>` +
  `<main><article><h1>${title}</h1><p>${prose(title)}</p><h2>More of ${title}</h2>` +
  `<p>${prose(`the rest of ${title}`)}</p></article></main>` +
  `<nav>${(options.links ?? []).map((href) => `<a href="${href}">${href}</a>`).join(' ')}</nav>` +
  '</body></html>';

export const canonical = (path: string): string => `<link rel="canonical" href="${ORIGIN}${path}">`;

export const NOINDEX = '<meta name="robots" content="noindex">';

export const home = (...links: readonly string[]): string => listOf('', links);

export const listOf = (head: string, links: readonly string[]): string =>
  `<!doctype html><html><head><title>Home</title>${head}</head><body><main><ul>${links
    .map((href) => `<li><a href="${href}">${href}</a></li>`)
    .join('')}</ul></main></body></html>`;

/** A page that holds nothing but a redirect. */
export const stub = (target: string): string =>
  `<html><head><meta http-equiv="refresh" content="0; url=${target}"></head></html>`;

const PROTOCOL = 'http://www.sitemaps.org/schemas/sitemap/0.9';

export const sitemap = (...paths: readonly string[]): string =>
  `<?xml version="1.0"?><urlset xmlns="${PROTOCOL}">${locs('url', paths)}</urlset>`;

export const sitemapIndex = (...paths: readonly string[]): string =>
  `<?xml version="1.0"?><sitemapindex xmlns="${PROTOCOL}">${locs('sitemap', paths)}</sitemapindex>`;

const locs = (name: string, paths: readonly string[]): string =>
  paths.map((path) => `<${name}><loc>${ORIGIN}${path}</loc></${name}>`).join('');

export const feed = (...paths: readonly string[]): string =>
  `<?xml version="1.0"?><rss version="2.0"><channel><title>Birds</title>${paths
    .map((path) => `<item><title>${path}</title><link>${ORIGIN}${path}</link></item>`)
    .join('')}</channel></rss>`;

export const moved = (from: string, to: string, status = 301): FetchOutcome => {
  const redirect = { from: `${ORIGIN}${from}`, to: new URL(to, ORIGIN).href, status };
  const { from: url } = redirect;
  return { ...VISITED, kind: 'redirected', url, to: redirect.to, status, redirects: [redirect] };
};

export const failed = (path: string, status: number | null = 500): FetchOutcome => ({
  kind: 'failed',
  code: status === null ? 'unreachable' : 'http_status',
  message: `${ORIGIN}${path} failed`,
  retryable: true,
  status,
  ...VISITED,
});
