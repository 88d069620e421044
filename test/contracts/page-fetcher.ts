import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FetchRequest, PageFetcher } from '#ports/page-fetcher.ts';

export type SitePage = {
  readonly status: number;
  readonly body?: string;
  /** Lower-case names; a `location` may be a path. */
  readonly headers?: Readonly<Record<string, string>>;
};

/** Path → answer; what is not in it is a 404. Sites answer 304 to validators that match. */
export type Site = Readonly<Record<string, SitePage>>;

export type FetcherOfSite = {
  readonly fetcher: PageFetcher;
  /** Without a slash at its end. */
  readonly origin: string;
  close(): Promise<void>;
};

const SITE: Site = {
  '/post': {
    status: 200,
    body: '<h1>Post</h1>',
    headers: {
      'content-type': 'text/html; charset=utf-8',
      etag: '"v1"',
      'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
      'x-robots-tag': 'noindex',
    },
  },
  '/bare': { status: 200, body: 'bare', headers: { 'content-type': 'text/plain' } },
  '/old': { status: 301, headers: { location: '/older' } },
  '/older': { status: 302, headers: { location: '/post' } },
  '/lost': { status: 308, headers: { location: '/nowhere' } },
  '/gone': { status: 410 },
  '/secret': { status: 403 },
  '/broken': { status: 500 },
};

const SPENT = { elapsedMs: expect.any(Number), bytesReceived: expect.any(Number) };

export type ContractOptions = {
  /** What becomes of a page's body on its way; nothing when absent. */
  readonly bodyOf?: (body: string) => string;
};

/** What every `PageFetcher` promises. `make` serves a site and gives a fetcher that reaches it. */
export function pageFetcherContract(
  make: (site: Site) => Promise<FetcherOfSite>,
  { bodyOf = (body) => body }: ContractOptions = {},
): void {
  let served: FetcherOfSite;
  beforeEach(async () => {
    served = await make(SITE);
  });
  afterEach(() => served.close());

  const at = (path: string) => `${served.origin}${path}`;
  const visit = (path: string, more: Partial<FetchRequest> = {}, signal?: AbortSignal) =>
    served.fetcher.fetch(
      {
        url: at(path),
        etag: null,
        lastModified: null,
        accept: 'page',
        redirects: 'follow',
        ...more,
      },
      signal ?? new AbortController().signal,
    );

  it('gives a page with its headers', async () => {
    expect(await visit('/post')).toEqual({
      ...SPENT,
      kind: 'fetched',
      redirects: [],
      page: {
        stage: 'raw',
        url: at('/post'),
        status: 200,
        body: new TextEncoder().encode(bodyOf('<h1>Post</h1>')),
        contentType: 'text/html; charset=utf-8',
        etag: '"v1"',
        lastModified: 'Thu, 01 Jan 2026 00:00:00 GMT',
        robotsTag: 'noindex',
      },
    });
  });

  it('leaves empty what a page does not say', async () => {
    const outcome = await visit('/bare');
    expect(outcome).toMatchObject({ page: { etag: null, lastModified: null, robotsTag: '' } });
  });

  it('follows redirects and names them in order', async () => {
    expect(await visit('/old')).toMatchObject({
      kind: 'fetched',
      page: { url: at('/post') },
      redirects: [
        { from: at('/old'), to: at('/older'), status: 301 },
        { from: at('/older'), to: at('/post'), status: 302 },
      ],
    });
  });

  it('reports the first redirect when it is asked to', async () => {
    expect(await visit('/old', { redirects: 'report' })).toEqual({
      ...SPENT,
      kind: 'redirected',
      url: at('/old'),
      to: at('/older'),
      status: 301,
      redirects: [{ from: at('/old'), to: at('/older'), status: 301 }],
    });
  });

  it.each([
    ['etag', { etag: '"v1"' }],
    ['date', { lastModified: 'Thu, 01 Jan 2026 00:00:00 GMT' }],
    ['etag rather than date', { etag: '"v1"', lastModified: 'Wed, 01 Jan 2025 00:00:00 GMT' }],
  ])('says that a page is unchanged by its %s', async (_, validators) => {
    const outcome = await visit('/post', validators);
    expect(outcome).toEqual({ ...SPENT, kind: 'not_modified', url: at('/post'), redirects: [] });
  });

  it('asks with its validators after a redirect too', async () => {
    const outcome = await visit('/old', { etag: '"v1"' });
    expect(outcome).toMatchObject({ kind: 'not_modified', url: at('/post') });
    expect(outcome.redirects).toHaveLength(2);
  });

  it('gives the page when its validator is out of date', async () => {
    expect(await visit('/post', { etag: '"v0"' })).toMatchObject({ kind: 'fetched' });
  });

  it.each([
    ['/nowhere', '/nowhere', 404],
    ['/gone', '/gone', 410],
    ['/lost', '/nowhere', 404],
  ])('says that %s is gone', async (path, last, status) => {
    expect(await visit(path)).toMatchObject({ kind: 'gone', url: at(last), status });
  });

  it.each([
    ['/secret', 403, false],
    ['/broken', 500, true],
  ])('fails on %s with its status', async (path, status, retryable) => {
    const outcome = await visit(path);
    expect(outcome).toMatchObject({ kind: 'failed', code: 'http_status', status, retryable });
    expect(outcome).toHaveProperty('message', expect.stringContaining(at(path)));
  });

  it('tells what it received, and in what time', async () => {
    const outcome = await visit('/post');
    expect(outcome.bytesReceived).toBeGreaterThanOrEqual('<h1>Post</h1>'.length);
    expect(outcome.elapsedMs).toBeGreaterThanOrEqual(0);
    expect(await visit('/post', { etag: '"v1"' })).toHaveProperty('bytesReceived', 0);
  });

  it('rejects with cancelled once its signal has aborted', async () => {
    await expect(visit('/post', {}, AbortSignal.abort())).rejects.toMatchObject({
      name: 'AppError',
      code: 'cancelled',
    });
  });
}
