/** Where posts come from. `feed`, `sitemap` and `list` name URLs; `site` follows links as well. */
export const SOURCE_KINDS = ['site', 'sitemap', 'feed', 'list'] as const;

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
};

export const CRAWL_LIMITS: CrawlLimits = {
  pagesMax: 10_000,
  depthMax: 1_000,
  concurrencyMax: 4,
  delayMs: 0,
};

/** A registered source. `name` is its identity; URLs are absolute http(s). */
export type Source = {
  readonly name: string;
  readonly kind: SourceKind;
  /** The site's root, the feed, the sitemap; for `list`, every URL of it. Never empty. */
  readonly urls: readonly string[];
  readonly limits: CrawlLimits;
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
