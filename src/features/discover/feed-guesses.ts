import { getDomain } from 'tldts';
import { canonicalUrl } from './url.ts';

type Place = { readonly host: string; readonly segments: readonly string[] };

/** WordPress, Jekyll, Hugo, Ghost, and what others call it. */
const USUAL: readonly string[] = ['feed/', 'feed.xml', 'index.xml', 'rss/', 'atom.xml'];

/** Platforms by the registrable domain of their sites; each gives the feed's path, or none. */
const PLATFORMS: ReadonlyMap<string, (place: Place) => string | null> = new Map([
  ['medium.com', mediumFeed],
  ['dev.to', devToFeed],
  ['substack.com', ({ host }: Place) => (host === 'substack.com' ? null : '/feed')],
  ['wordpress.com', () => '/feed/'],
  ['blogspot.com', () => '/feeds/posts/default'],
  ['ghost.io', () => '/rss/'],
  ['hashnode.dev', () => '/rss.xml'],
  ['tumblr.com', () => '/rss'],
]);

/** `medium.com/@user`, `medium.com/publication`, `medium.com/tag/name` and `name.medium.com`. */
function mediumFeed({ host, segments: [first, second] }: Place): string | null {
  if (host !== 'medium.com') return '/feed';
  if (first === undefined) return null;
  if (first === 'feed') return `/${[first, second].join('/')}`;
  return first === 'tag' ? `/feed/tag/${second ?? ''}` : `/feed/${first}`;
}

function devToFeed({ segments: [first, second] }: Place): string {
  if (first === undefined || first === 'feed') return '/feed';
  return first === 't' ? `/feed/tag/${second ?? ''}` : `/feed/${first}`;
}

/**
 * Where a site's feed is when no page says so: the one certain place on platforms that are known by
 * their host, else the five usual places beside the page, likeliest first, of which most are not
 * there. Canonical; none for what is no http(s) URL.
 */
export function feedGuesses(siteUrl: string): readonly string[] {
  const site = canonicalUrl(siteUrl, siteUrl);
  if (site === null) return [];
  const { hostname: host, pathname } = new URL(site);
  // Names on a platform are registrable domains of their own, were it not for this option.
  const domain = getDomain(host, { allowPrivateDomains: false, extractHostname: false });
  const certain = PLATFORMS.get(domain ?? host);
  if (certain === undefined) return USUAL.flatMap((name) => canonicalUrl(name, site) ?? []);
  const segments = pathname.split('/').filter((segment) => segment !== '');
  const path = certain({ host, segments });
  return path === null ? [] : [canonicalUrl(path, site) ?? []].flat();
}
