/** Longest URL that is followed, in UTF-16 units of its canonical form. */
export const urlMaxLength = 2_048;

/** Longer references are no links; they are not even parsed. */
const HREF_LENGTH_MAX = 4 * urlMaxLength;

/** Query parameters that say where a reader came from, not what is asked for. */
const TRACKING_PARAMETERS: ReadonlySet<string> = new Set([
  '_ga',
  '_gl',
  '_hsenc',
  '_hsmi',
  '__hsfp',
  '__hssc',
  '__hstc',
  'dclid',
  'fbclid',
  'gad_source',
  'gbraid',
  'gclid',
  'gclsrc',
  'igshid',
  'li_fat_id',
  'mc_cid',
  'mc_eid',
  'mkt_tok',
  'msclkid',
  'oly_anon_id',
  'oly_enc_id',
  'ref_src',
  'ref_url',
  's_cid',
  'ttclid',
  'twclid',
  'vero_id',
  'wbraid',
  'wickedid',
  'yclid',
]);
const TRACKING_PREFIX = 'utm_';

/**
 * The one form of a URL by which a document is known, or `null` when `href` leads to no page:
 * not http(s), with credentials, unparsable, or too long. Dropped are the fragment, the default
 * port, a trailing dot of the host and tracking parameters; percent-encodings are in upper case and
 * only where they are needed (RFC 3986, 6.2.2). Path, its case, and the order of parameters stay.
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

function isTracking(pair: string): boolean {
  const equals = pair.indexOf('=');
  const name = (equals < 0 ? pair : pair.slice(0, equals)).toLowerCase();
  return name.startsWith(TRACKING_PREFIX) || TRACKING_PARAMETERS.has(name);
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
 * Whether two URLs are of one site: the same host but for a leading `www.`, and the same port.
 * This approximates the registrable domain without a public suffix list, so `blog.example.com` and
 * `example.com` are two sites. The scheme does not count. False when either is no URL.
 */
export function sameSite(a: string, b: string): boolean {
  const [left, right] = [URL.parse(a), URL.parse(b)];
  if (left === null || right === null || left.hostname === '') return false;
  return siteOf(left) === siteOf(right) && portOf(left) === portOf(right);
}

const siteOf = ({ hostname }: URL): string => hostname.replace(/\.$/, '').replace(/^www\./, '');

/** http and https on their default ports are one site. */
const portOf = ({ port }: URL): string => port;
