import { CHARSETS, MOVED, NOINDEX } from './awkward.ts';
import { ORIGIN } from './blog.ts';

const contentType = (path: string, value: string) => ({ path, set: { 'content-type': value } });

/** What `_site.json` tells the site server: the placeholder, the redirects, the headers. */
export const MANIFEST = {
  origin: ORIGIN,
  redirects: [
    { from: MOVED.from, to: MOVED.to, status: 301 },
    { from: '/feed/', to: '/feed.xml', status: 301 },
    { from: '/posts', to: '/archive/', status: 302 },
    { from: '/posts/', to: '/archive/', status: 302 },
  ],
  headers: [
    contentType('/feed.xml', 'application/rss+xml; charset=utf-8'),
    contentType('/atom.xml', 'application/atom+xml; charset=utf-8'),
    contentType('/feed.json', 'application/feed+json'),
    { path: NOINDEX.byHeader.path, set: { 'x-robots-tag': 'noindex' } },
    ...CHARSETS.map(({ slug, charset, declaredIn }) =>
      contentType(
        `/posts/${slug}/`,
        declaredIn === 'header' ? `text/html; charset=${charset}` : 'text/html',
      ),
    ),
  ],
} as const;
