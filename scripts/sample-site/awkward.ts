/**
 * The awkward things of real sites, each once, in places that are known. The pages are made by
 * them, the tests hold the served site against them, and datasets/sample/README.md lists them.
 */

/** A post whose old address redirects (301). The posts named still link to the old one. */
export const MOVED = {
  from: '/2025/rollback-in-a-minute.html',
  to: '/posts/rollback-in-a-minute/',
  linkedFrom: ['the-3am-reindex', 'canary-releases-for-answers'],
} as const;

/** An old address that answers 200 with nothing but `<meta http-equiv="refresh">`. */
export const STUB = {
  from: '/posts/minhash-for-the-impatient/',
  to: '/posts/near-duplicates-with-minhash/',
  linkedFrom: ['leakage-checks-for-datasets'],
} as const;

/** A link in a post to a post that was announced and never written (404). */
export const DEAD_LINK = {
  path: '/posts/sitemaps-that-lie/',
  linkedFrom: 'conditional-requests-save-money',
} as const;

/** Pages that ask not to be indexed: one in its head, one by the `X-Robots-Tag` header. */
export const NOINDEX = {
  byMeta: '/reader-survey/',
  byHeader: { path: '/print/a-golden-set-of-eighty/', slug: 'a-golden-set-of-eighty' },
} as const;

/** A page that robots.txt forbids and that other pages link to all the same. */
export const FORBIDDEN = '/drafts/what-we-would-pin/';

export type PageCharset = {
  readonly slug: string;
  readonly charset: string;
  /** Where the page says so; the other place says nothing. */
  readonly declaredIn: 'meta' | 'header';
};

export const CHARSETS: readonly PageCharset[] = [
  { slug: 'dense-vectors-were-enough', charset: 'windows-1252', declaredIn: 'meta' },
  { slug: 'ce-que-la-latence-nous-apprend', charset: 'iso-8859-1', declaredIn: 'header' },
];

/** A post whose page has `<base href>` and relative links that make sense under it alone. */
export const BASED = { slug: 'a-schema-for-documents', base: '/posts/' } as const;

/** Two posts of nearly the same words, each with itself as its canonical address. */
export const NEAR_DUPLICATE = {
  original: 'near-duplicates-with-minhash',
  copy: 'near-duplicates-with-minhash-reprint',
} as const;

/** Posts with an e-mail address in their text. */
export const WITH_EMAIL: readonly string[] = [
  'masking-personal-data-before-storage',
  'reading-traces-on-friday',
];

/** One post in another language, and one of many thousand words. */
export const FRENCH = 'ce-que-la-latence-nous-apprend';
export const VERY_LONG = 'a-field-guide-to-rag-failures';

/** A page that consists of links. */
export const NAVIGATION_ONLY = '/archive/';

/** Slugs that must be there for all of the above to mean anything. */
export const SLUGS_NEEDED: readonly string[] = [
  ...MOVED.linkedFrom,
  ...STUB.linkedFrom,
  DEAD_LINK.linkedFrom,
  NOINDEX.byHeader.slug,
  ...CHARSETS.map(({ slug }) => slug),
  BASED.slug,
  ...Object.values(NEAR_DUPLICATE),
  ...WITH_EMAIL,
  FRENCH,
  VERY_LONG,
];

/** The address that a post uses for a link: the old one where it has not heard of the new one. */
export function linkAsWritten(slug: string, href: string): string {
  for (const { from, to, linkedFrom } of [MOVED, STUB]) {
    if (href === to && (linkedFrom as readonly string[]).includes(slug)) return from;
  }
  return href;
}
