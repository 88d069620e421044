import { describe, expect, it } from 'vitest';
import { pageFetcherContract, type Site } from '../contracts/page-fetcher.ts';
import {
  createFakePageFetcher,
  type FakeAnswer,
  goneOutcome,
  pageOutcome,
  VISITED,
} from './page-fetcher.ts';

const ORIGIN = 'https://blog.example';

/** A site as a map of outcomes, its redirects walked beforehand. */
function webOf(site: Site): Map<string, FakeAnswer> {
  return new Map(Object.keys(site).map((path) => [`${ORIGIN}${path}`, answerAt(site, path)]));
}

function answerAt(site: Site, path: string): Exclude<FakeAnswer, (...args: never) => unknown> {
  const { status, body = '', headers = {} } = site[path] ?? { status: 404 };
  const url = `${ORIGIN}${path}`;
  if (headers.location !== undefined) {
    const target = answerAt(site, headers.location);
    const to = `${ORIGIN}${headers.location}`;
    return { ...target, redirects: [{ from: url, to, status }, ...target.redirects] };
  }
  if (status === 404 || status === 410) return goneOutcome(url, status);
  if (status === 200) {
    return pageOutcome(url, body, {
      contentType: headers['content-type'] ?? '',
      etag: headers.etag ?? null,
      lastModified: headers['last-modified'] ?? null,
      robotsTag: headers['x-robots-tag'] ?? '',
    });
  }
  const message = `${url} answered ${status}`;
  const retryable = status >= 500;
  return { ...VISITED, kind: 'failed', code: 'http_status', message, retryable, status };
}

describe('fake page fetcher', () => {
  pageFetcherContract(async (site) => ({
    fetcher: createFakePageFetcher(webOf(site)),
    origin: ORIGIN,
    close: async () => undefined,
  }));

  it('remembers its requests and host delays, and may answer anew each time', async () => {
    const url = `${ORIGIN}/post`;
    const web = new Map<string, FakeAnswer>();
    const fetcher = createFakePageFetcher(web);
    web.set(url, () => pageOutcome(url, `visit ${fetcher.requests.length}`));
    const { signal } = new AbortController();
    const request = { url, etag: null, lastModified: null, accept: 'page' } as const;
    for (const visit of [1, 2]) {
      const outcome = await fetcher.fetch({ ...request, redirects: 'follow' }, signal);
      expect(outcome).toEqual(pageOutcome(url, `visit ${visit}`));
    }
    fetcher.setHostDelay('blog.example', 2000);
    expect(fetcher.requests.map((made) => made.url)).toEqual([url, url]);
    expect([...fetcher.hostDelays]).toEqual([['blog.example', 2000]]);
  });
});
