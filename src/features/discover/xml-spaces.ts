/** Short names of namespaces by their URIs in lower case; RSS and sitemaps are the empty one. */
const SPACES: ReadonlyMap<string, string> = new Map([
  ['http://www.w3.org/2005/atom', 'atom'],
  ['http://purl.org/atom/ns#', 'atom'],
  ['http://purl.org/rss/1.0/', ''],
  ['http://my.netscape.com/rdf/simple/0.9/', ''],
  ['http://channel.netscape.com/rdf/simple/0.9/', ''],
  ['http://purl.org/rss/1.0/modules/content/', 'content'],
  ['http://purl.org/dc/elements/1.0/', 'dc'],
  ['http://purl.org/dc/elements/1.1/', 'dc'],
  ['http://purl.org/dc/terms/', 'dcterms'],
  ['http://www.w3.org/1999/02/22-rdf-syntax-ns#', 'rdf'],
  ['http://www.w3.org/1999/xhtml', 'xhtml'],
  ['http://www.w3.org/2000/svg', 'svg'],
  ['http://www.w3.org/1998/math/mathml', 'math'],
  ['http://www.sitemaps.org/schemas/sitemap/0.9', ''],
  ['http://www.google.com/schemas/sitemap-news/0.9', 'news'],
  ['http://www.google.com/schemas/sitemap-video/1.1', 'video'],
]);

/** Namespaces by the prefixes that are in force at an element. */
export type Prefixes = ReadonlyMap<string, string>;

const PREFIXES_MAX = 64;

/** The prefixes in force within an element, by its attributes and those in force around it. */
export function prefixesOf(
  attributes: Readonly<Record<string, string>>,
  outer: Prefixes,
): Prefixes {
  let inner: Map<string, string> | null = null;
  for (const name in attributes) {
    if (name !== 'xmlns' && !name.startsWith('xmlns:')) continue;
    inner ??= new Map(outer);
    if (inner.size >= PREFIXES_MAX) break;
    const uri = (attributes[name] ?? '').trim().toLowerCase();
    inner.set(name.slice('xmlns:'.length), SPACES.get(uri) ?? uri);
  }
  return inner ?? outer;
}
