/**
 * Where posts come from. `feed`, `sitemap` and `list` name URLs; `site` follows links as well;
 * `github` is the Markdown of a repository, `folder` Markdown and HTML on this machine.
 */
export const SOURCE_KINDS = ['site', 'sitemap', 'feed', 'list', 'github', 'folder'] as const;

export type SourceKind = (typeof SOURCE_KINDS)[number];

/** Bounds of one crawl of one source. Every field is a cap; what falls outside is a dead letter. */
export type CrawlLimits = {
  /** Pages asked for in one crawl. */
  readonly pagesMax: number;
  /** Links followed from a seed; 0 is the seeds alone. */
  readonly depthMax: number;
  /** Requests in flight to one host. */
  readonly concurrencyMax: number;
  /** Pause between two requests to one host; a longer robots.txt crawl-delay wins. */
  readonly delayMs: number;
  /** Time of one crawl; what is left then is asked for by the next one. */
  readonly timeMsMax: number;
};

export const CRAWL_LIMITS: CrawlLimits = {
  pagesMax: 10_000,
  depthMax: 1_000,
  concurrencyMax: 4,
  delayMs: 0,
  timeMsMax: 24 * 3_600_000,
};

/**
 * What becomes of personal details (e-mail, phone, IBAN, card, IP address, keys and tokens) in what
 * is fetched: kept as they are, kept and counted on the revision, or masked before anything is stored.
 */
export const PII_POLICIES = ['keep', 'flag', 'mask'] as const;

export type PiiPolicy = (typeof PII_POLICIES)[number];

/** What a source takes of what it finds. */
export type SourceRules = {
  /** Glob patterns of URLs; none takes all. Pages that match none are not asked for. */
  readonly include: readonly string[];
  /** Glob patterns of URLs that are not asked for; they win over `include`. */
  readonly exclude: readonly string[];
  /** BCP 47 primary tags of the languages that are wanted; none takes all. */
  readonly languages: readonly string[];
  readonly pii: PiiPolicy;
  /** Pages are opened in a browser, which runs their scripts. */
  readonly render: boolean;
};

export const SOURCE_RULES: SourceRules = {
  include: [],
  exclude: [],
  languages: [],
  pii: 'keep',
  render: false,
};

/** A registered source. `name` is its identity; URLs are absolute http(s). */
export type Source = {
  readonly name: string;
  readonly kind: SourceKind;
  /**
   * The site's root, the feed, the sitemap, the repository, the folder's `file:` URL; for `list`,
   * every URL of it. Never empty.
   */
  readonly urls: readonly string[];
  readonly limits: CrawlLimits;
  readonly rules: SourceRules;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
};

/** What the last visit of a URL left behind, so that the next one can be conditional. */
export type PageState = {
  readonly sourceName: string;
  readonly url: string;
  /** Set when the page is a document. */
  readonly documentId: string | null;
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** SHA-256 of the body as received, so that an unchanged 200 costs no extraction. */
  readonly bodyHash: string | null;
  /** Links found on the page, so that a 304 can still be followed. */
  readonly links: readonly string[];
  /** `document`, `moved` (it redirects to `links[0]`), or the code of the reason why it is none. */
  readonly outcome: string;
  /** Consecutive visits that found it gone; two close the document. */
  readonly goneCount: number;
  /** Extractor and cleaner that the outcome is by; another one makes the visit unconditional. */
  readonly extractedBy: string;
  /** ISO 8601, UTC. */
  readonly checkedAt: string;
};
