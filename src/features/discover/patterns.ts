import { AppError } from '#domain/errors.ts';
import { type Glob, globMatches, parseGlob } from './glob.ts';

export type UrlPatterns = {
  /** A URL must match one of these; none lets all in. */
  readonly include: readonly string[];
  /** A URL must match none of these; they win over `include`. */
  readonly exclude: readonly string[];
};

const PATTERNS_MAX = 1_000;
const PATTERN_LENGTH_MAX = 1_024;

type Pattern = {
  readonly glob: Glob;
  /** What of a URL it is compared with. */
  readonly of: 'path' | 'url';
  /** A pattern with a `?` may mean the query's. */
  readonly seesQuery: boolean;
};

/**
 * Tells which canonical URLs a source takes. In a pattern `*` is any text within a path segment,
 * `**` any text at all (and `/**` at its end, or between two slashes, may be nothing), `?` one
 * character but a slash. One that begins with `/` is compared with the path, and when it has a `?`
 * also with path and query; any other with the whole URL, so it has to begin with a scheme or `**`.
 * Case counts. Throws `invalid_input` naming a pattern that is not valid or can match no URL.
 */
export function compilePatterns({ include, exclude }: UrlPatterns): (url: string) => boolean {
  const wanted = compileAll(include, 'include');
  const unwanted = compileAll(exclude, 'exclude');
  return (url) => {
    const parsed = URL.parse(url);
    if (parsed === null) return false;
    const isMatch = (pattern: Pattern): boolean => matches(pattern, parsed);
    return (wanted.length === 0 || wanted.some(isMatch)) && !unwanted.some(isMatch);
  };
}

function compileAll(patterns: readonly string[], param: keyof UrlPatterns): readonly Pattern[] {
  if (patterns.length > PATTERNS_MAX) {
    const message = `${patterns.length} patterns are more than the ${PATTERNS_MAX} that are read`;
    throw new AppError('invalid_input', message, { param });
  }
  return patterns.map((pattern) => {
    const fault = faultOf(pattern);
    if (fault === null) return compile(pattern);
    throw new AppError('invalid_input', `pattern ${JSON.stringify(pattern)}: ${fault}`, { param });
  });
}

function faultOf(pattern: string): string | null {
  if (pattern.trim() === '') return 'it is empty; leave it out to take every URL';
  if (pattern.length > PATTERN_LENGTH_MAX) return `it has more than ${PATTERN_LENGTH_MAX} letters`;
  if (pattern.startsWith('!')) return 'it cannot be negated; put it among the excluded ones';
  if (/[{}]/.test(pattern)) return 'braces have no meaning here; write a pattern for each case';
  if (pattern.includes('#')) return 'URLs are compared without their fragments; leave that out';
  const isAnchored = /^(?:\/|\*\*)/.test(pattern) || /^[a-z*?][a-z0-9+.*?-]*:\/\//i.test(pattern);
  if (isAnchored) return null;
  return 'no URL begins like that; begin with / for a path, with ** for any place, or with https://';
}

function compile(pattern: string): Pattern {
  const of = pattern.startsWith('/') ? 'path' : 'url';
  const glob = parseGlob(of === 'path' ? escaped(pattern) : escaped(lowerHost(pattern)));
  return { glob, of, seesQuery: pattern.includes('?') };
}

/** Scheme and host in lower case, as URLs have them. */
const lowerHost = (pattern: string): string =>
  pattern.replace(/^[^/]*:\/\/[^/]*/, (start) => start.toLowerCase());

/** Spaces and characters beyond ASCII escaped and escapes in upper case, as URLs have them. */
const escaped = (pattern: string): string =>
  pattern
    .trim()
    .replace(/%[0-9a-f]{2}/gi, (triplet) => triplet.toUpperCase())
    .replace(/ |[^\0-\x7f]+/g, (text) => encodeURIComponent(text.toWellFormed()));

function matches({ glob, of, seesQuery }: Pattern, { href, pathname, search }: URL): boolean {
  if (of === 'url') return globMatches(glob, href);
  return globMatches(glob, pathname) || (seesQuery && globMatches(glob, `${pathname}${search}`));
}
