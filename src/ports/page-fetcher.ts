import type { ErrorCode } from '../domain/errors.ts';

/** Bounds of one fetch; `http` status and type are judged by the fetcher, content by the stages. */
export type FetchRequest = {
  /** Absolute http(s) URL. */
  readonly url: string;
  /** Validators of the last visit; both `null` makes the request unconditional. */
  readonly etag: string | null;
  readonly lastModified: string | null;
  /**
   * What may come back: pages are HTML, XHTML, Markdown or plain text; a feed XML or JSON; a
   * sitemap XML, text or gzip.
   */
  readonly accept: 'page' | 'feed' | 'sitemap' | 'robots';
  /** `follow` goes where redirects lead; `report` gives the first one back as `redirected`. */
  readonly redirects: 'follow' | 'report';
};

/** A body as it was received, inflated, not yet decoded. */
export type RawPage = {
  readonly stage: 'raw';
  /** After redirects. */
  readonly url: string;
  readonly status: number;
  readonly body: Uint8Array;
  /** The whole Content-Type header; empty when there was none. */
  readonly contentType: string;
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** The X-Robots-Tag headers, joined by commas; empty when there was none. */
  readonly robotsTag: string;
};

/** One redirect that was followed. */
export type Redirect = { readonly from: string; readonly to: string; readonly status: number };

/** What every visit tells, whatever came of it. */
export type Visited = {
  readonly redirects: readonly Redirect[];
  /**
   * Milliseconds spent on requests, from sending each to its last byte or its failure, on a clock
   * that never goes back; waiting for the host's turn and pauses before retries are not in it.
   */
  readonly elapsedMs: number;
  /** Of all bodies that came, still compressed, also of those that were refused or cut off. */
  readonly bytesReceived: number;
};

/** Every outcome of a visit is a value; only an abort rejects. */
export type FetchOutcome =
  | (Visited & { readonly kind: 'fetched'; readonly page: RawPage })
  /** Only when redirects are reported: `redirects` holds the one that was met. */
  | (Visited & {
      readonly kind: 'redirected';
      readonly url: string;
      /** Absolute target, not yet judged or asked for. */
      readonly to: string;
      /** 301 and 308 are permanent. */
      readonly status: number;
    })
  | (Visited & { readonly kind: 'not_modified'; readonly url: string })
  | (Visited & { readonly kind: 'gone'; readonly url: string; readonly status: 404 | 410 })
  | (Visited & {
      readonly kind: 'failed';
      readonly code: ErrorCode;
      /** Names the URL and what is wrong with it. */
      readonly message: string;
      readonly retryable: boolean;
      /** Set for `http_status`. */
      readonly status: number | null;
    });

/** Asks hosts for bodies, politely and within bounds. */
export interface PageFetcher {
  /**
   * Visits one URL, following redirects by hand. Refuses private addresses at every hop, bodies
   * over the caps, and types that were not asked for. Retries what is retryable before it says
   * `failed`. Rejects only with `cancelled`, and with `invalid_config` when it lacks what it works
   * with, such as a browser: that says nothing of the page.
   */
  fetch(request: FetchRequest, signal: AbortSignal): Promise<FetchOutcome>;
  /** Least pause between two requests to a host (`blog.example:8080`), in milliseconds. */
  setHostDelay(host: string, delayMs: number): void;
}
