import { getDomain } from 'tldts';
import { isTracking } from './tracking.ts';

/** Longest URL that is followed, in UTF-16 units of its canonical form. */
export const urlMaxLength = 2_048;

/** Longer references are no links; they are not even parsed. */
const HREF_LENGTH_MAX = 4 * urlMaxLength;

/**
 * The one form of a URL by which a document is known, or `null` when `href` leads to no page:
 * not http(s), with credentials, unparsable, or too long. Dropped are the fragment, the default
 * port, a trailing dot of the host and tracking parameters; percent-encodings are in upper case and
 * only where they are needed (RFC 3986, 6.2.2). Path, its case, and the order of parameters stay.
 * So does `www.`: whether the host answers without it, and with the same page, only the host can
 * say, and it does so by a redirect or a canonical link.
 */
export function canonicalUrl(href: string, base: string): string | null {
  if (href.length > HREF_LENGTH_MAX || base.length > HREF_LENGTH_MAX) return null;
  const url = URL.parse(href.trim(), base);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null;
  if (url.username !== '' || url.password !== '') return null;
  url.hash = '';
  if (url.hostname.endsWith('.')) url.hostname = url.hostname.replace(/\.+$/, '');
  if (url.hostname === '' || url.hostname.endsWith('.')) return null;
  const path = normaliseEscapes(url.pathname);
  // A path may become shorter once more when an escaped dot turns into a real one.
  const canonical = URL.parse(`${url.origin}${path}${withoutTracking(url.search)}`)?.href ?? null;
  return canonical !== null && canonical.length <= urlMaxLength ? canonical : null;
}

/** A query string (with its `?`, or empty) without tracking parameters, else as it was written. */
function withoutTracking(search: string): string {
  if (search.length <= 1) return '';
  const kept = normaliseEscapes(search.slice(1))
    .split('&')
    .filter((pair) => !isTracking(pair))
    .join('&');
  return kept === '' ? '' : `?${kept}`;
}

const UNRESERVED = /[A-Za-z0-9\-._~]/;

/** Escapes in upper case; those of unreserved characters undone. */
function normaliseEscapes(text: string): string {
  return text.replace(/(%[0-9a-f]?)?(%[0-9a-f]{2})/gi, (whole, stray = '', triplet = '') => {
    // Undone behind a stray `%`, it could become a part of another escape.
    if (stray !== '') return whole.toUpperCase();
    const character = String.fromCharCode(Number.parseInt(triplet.slice(1), 16));
    return UNRESERVED.test(character) ? character : triplet.toUpperCase();
  });
}

/**
 * Whether two URLs are of one site: the same registrable domain and the same port, the default
 * ports of http and https counting as one. Where anybody can have a name (`github.io`, `co.uk`),
 * each name is a site (publicsuffix.org, both of its parts). Hosts without a registrable domain
 * (addresses, `localhost`, public suffixes themselves) are compared whole. False when either is no
 * URL with a host.
 */
export function sameSite(a: string, b: string): boolean {
  const [left, right] = [URL.parse(a), URL.parse(b)];
  if (left === null || right === null || left.hostname === '') return false;
  if (left.port !== right.port) return false;
  return left.hostname === right.hostname || siteOf(left) === siteOf(right);
}

function siteOf({ hostname }: URL): string {
  const host = hostname.replace(/\.$/, '');
  return getDomain(host, { allowPrivateDomains: true, extractHostname: false }) ?? host;
}

/** Path segments; deeper are only folders that link into themselves. */
const SEGMENTS_MAX = 20;
/** Parameters of one query; more are combinations of filters that no one wrote a page for. */
const PARAMETERS_MAX = 20;
/** Times that a run of segments, or a parameter with its value, comes in a row. */
const REPEATS_MAX = 2;
/** Segments of a run that is looked for. */
const RUN_LENGTH_MAX = 6;

/**
 * Whether a URL looks like one of the endless many that a faulty link breeds: a path deeper than
 * `SEGMENTS_MAX`, a run of segments three times over (`/a/b/a/b/a/b/`; not of numbers alone, as in
 * dates), more than `PARAMETERS_MAX` parameters, or one of them three times over with one value.
 */
export function hasTrapShape(url: string): boolean {
  const parsed = URL.parse(url);
  if (parsed === null) return false;
  const segments = parsed.pathname.split('/').filter((segment) => segment !== '');
  if (segments.length > SEGMENTS_MAX || hasRepeatedRun(segments)) return true;
  const pairs = parsed.search.slice(1).split('&');
  if (pairs.length > PARAMETERS_MAX) return true;
  return pairs.length > REPEATS_MAX && hasRepeatedPair(pairs);
}

function hasRepeatedRun(segments: readonly string[]): boolean {
  for (let length = 1; length <= RUN_LENGTH_MAX; length += 1) {
    let equal = 0;
    let worded = 0;
    for (let at = length; at < segments.length; at += 1) {
      const isEqual = segments[at] === segments[at - length];
      equal = isEqual ? equal + 1 : 0;
      if (/\D/.test(segments[at] ?? '')) worded = at;
      // A segment of words within the run that is now complete.
      const isWorded = worded > at - length && equal > 0;
      if (equal >= length * REPEATS_MAX && isWorded) return true;
    }
  }
  return false;
}

function hasRepeatedPair(pairs: readonly string[]): boolean {
  const seen = new Map<string, number>();
  for (const pair of pairs) {
    const times = (seen.get(pair) ?? 0) + 1;
    if (times > REPEATS_MAX && pair !== '') return true;
    seen.set(pair, times);
  }
  return false;
}
