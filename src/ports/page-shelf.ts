import type { FetchOutcome, FetchRequest } from './page-fetcher.ts';

/** Pages that stand together somewhere and are listed by it, such as a folder or a repository. */
export interface PageShelf {
  /**
   * Absolute URLs of all the pages at `place` (a path or an address, as the source names it), sorted
   * by code units. Rejects with `not_found` when there is no such place, with `invalid_input` when it
   * can be none, with `too_large` when more stands there than is listed, and with what the host said
   * otherwise (`rate_limited`, `unauthorized`, `unreachable`).
   */
  list(place: string, signal: AbortSignal): Promise<readonly string[]>;
  /**
   * One page of a place that this shelf has listed; a validator that still holds gives
   * `not_modified`, and what is not there any more, or never was a page, `gone`. A URL of no listed
   * place fails with `address_refused`. Rejects only with `cancelled`. There are no redirects.
   */
  fetch(request: FetchRequest, signal: AbortSignal): Promise<FetchOutcome>;
}
