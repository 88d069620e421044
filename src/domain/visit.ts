/** One request of a crawl, as its report tells of it. */
export type Visit = {
  readonly runId: string;
  readonly sourceName: string;
  readonly url: string;
  /**
   * What came of it: `new`, `changed`, `same` (other bytes, same content), `unchanged`, `moved`,
   * `gone`, `closed`, `rejected`, `failed`, or the `feed`, `sitemap` that it was.
   */
  readonly outcome: string;
  /** An `ErrorCode` when the page was rejected or the visit failed. */
  readonly code: string | null;
  /** From the request to the last byte, without waiting for the host's turn. */
  readonly elapsedMs: number;
  /** Of the body as received; 0 when there was none. */
  readonly bytes: number;
  /** ISO 8601, UTC. */
  readonly at: string;
};
