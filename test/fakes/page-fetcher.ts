import { AppError } from '#domain/errors.ts';
import type {
  FetchOutcome,
  FetchRequest,
  PageFetcher,
  RawPage,
  Visited,
} from '#ports/page-fetcher.ts';

/** An outcome, or what to make of the request (and how to change from one visit to the next). */
export type FakeAnswer = FetchOutcome | ((request: FetchRequest) => FetchOutcome);

/** Of a visit that followed no redirect, took no time and received nothing. */
export const VISITED: Visited = { redirects: [], elapsedMs: 0, bytesReceived: 0 };

export type FakePageFetcher = PageFetcher & {
  /** Every request, in order. */
  readonly requests: readonly FetchRequest[];
  readonly hostDelays: ReadonlyMap<string, number>;
};

/**
 * A web in a map of URL → outcome. What is not in it is gone (404). A page whose etag or date is
 * asked for again answers `not_modified`; an outcome that followed redirects gives only the first
 * when they are to be reported.
 */
export function createFakePageFetcher(web: ReadonlyMap<string, FakeAnswer>): FakePageFetcher {
  const requests: FetchRequest[] = [];
  const hostDelays = new Map<string, number>();
  return {
    requests,
    hostDelays,
    async fetch(request, signal) {
      if (signal.aborted) {
        const { reason: cause } = signal;
        throw new AppError('cancelled', `the visit of ${request.url} was cancelled`, { cause });
      }
      requests.push(request);
      const answer = web.get(request.url) ?? goneOutcome(request.url);
      return asAsked(typeof answer === 'function' ? answer(request) : answer, request);
    },
    setHostDelay: (host, delayMs) => void hostDelays.set(host, delayMs),
  };
}

function asAsked(outcome: FetchOutcome, request: FetchRequest): FetchOutcome {
  const [first] = outcome.redirects;
  if (request.redirects === 'report' && first !== undefined) {
    const { from: url, to, status } = first;
    return { ...VISITED, kind: 'redirected', url, to, status, redirects: [first] };
  }
  if (outcome.kind !== 'fetched' || !isUnchanged(outcome.page, request)) return outcome;
  const { redirects, elapsedMs } = outcome;
  const { url } = outcome.page;
  return { kind: 'not_modified', url, redirects, elapsedMs, bytesReceived: 0 };
}

/** An etag outranks a date, as in RFC 9110, 13.2.2. */
function isUnchanged(page: RawPage, { etag, lastModified }: FetchRequest): boolean {
  if (etag !== null) return etag === page.etag;
  return lastModified !== null && lastModified === page.lastModified;
}

export const goneOutcome = (url: string, status: 404 | 410 = 404): FetchOutcome => ({
  ...VISITED,
  kind: 'gone',
  url,
  status,
});

/** A page that was fetched; text bodies become UTF-8. */
export function pageOutcome(
  url: string,
  body: string | Uint8Array,
  page: Partial<Omit<RawPage, 'stage' | 'url' | 'body'>> = {},
): FetchOutcome & { readonly kind: 'fetched' } {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return {
    ...VISITED,
    kind: 'fetched',
    bytesReceived: bytes.byteLength,
    page: {
      stage: 'raw',
      url,
      status: 200,
      body: bytes,
      contentType: 'text/html; charset=utf-8',
      etag: null,
      lastModified: null,
      robotsTag: '',
      ...page,
    },
  };
}
