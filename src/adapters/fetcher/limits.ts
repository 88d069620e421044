/** Bounds of everything that a host could make long, large or endless. */
export type FetchLimits = {
  /** Of the body as it is sent, still compressed. */
  readonly bodyBytesMax: number;
  readonly inflatedBytesMax: number;
  /** Inflated to compressed bytes; only judged once a body has inflated past 1 MB. */
  readonly inflationRatioMax: number;
  /** Redirects followed in one visit. */
  readonly redirectsMax: number;
  readonly headerBytesMax: number;
  /** From asking to the last header, connecting included. */
  readonly headersMs: number;
  /** From the last header to the last byte of the body, however steadily bytes arrive. */
  readonly bodyMs: number;
  readonly connectMs: number;
  /** Second attempts in one visit, over all of its redirects. */
  readonly retriesMax: number;
  readonly concurrencyPerHostMax: number;
  /** Between the starts of two requests to one host. */
  readonly delayMs: number;
  /** The longest Retry-After that is obeyed to the end; a longer one counts as this. */
  readonly retryAfterMsMax: number;
  /** Visits of one host that fail in a row before it is left alone. */
  readonly hostFailuresMax: number;
  /** How long it is left alone at first; doubled each time, up to the second. */
  readonly hostPauseMs: number;
  readonly hostPauseMsMax: number;
};

/** What suits posts: a page past these is a download, a trap or a host in trouble. */
export const FETCH_LIMITS: FetchLimits = {
  bodyBytesMax: 10_000_000,
  inflatedBytesMax: 40_000_000,
  inflationRatioMax: 100,
  redirectsMax: 5,
  headerBytesMax: 32_768,
  headersMs: 15_000,
  bodyMs: 60_000,
  connectMs: 10_000,
  retriesMax: 2,
  concurrencyPerHostMax: 2,
  delayMs: 250,
  retryAfterMsMax: 60_000,
  hostFailuresMax: 10,
  hostPauseMs: 30_000,
  hostPauseMsMax: 600_000,
};
