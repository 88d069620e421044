import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { FETCH_LIMITS } from '#adapters/fetcher/limits.ts';
import { createPageFetcher } from '#adapters/fetcher/page-fetcher.ts';
import type { FetchRequest } from '#ports/page-fetcher.ts';
import { pageFetcherContract, type Site, type SitePage } from '../../contracts/page-fetcher.ts';
import { createFakeClock } from '../../fakes/clock.ts';
import { fetcherWith, originOf, serve, textOf, visit } from './loopback.ts';

describe('page fetcher', () => {
  pageFetcherContract(async (site) => {
    const server = createServer(({ url = '', headers }, response) =>
      answerFrom(site, url, headers, response),
    );
    const origin = await originOf(server);
    const fetcher = createPageFetcher({
      userAgent: 'LockstepTest/1.0',
      allowNetworks: ['127.0.0.0/8'],
      clock: createFakeClock(),
      random: () => 0,
      limits: { ...FETCH_LIMITS, retriesMax: 0, delayMs: 0 },
    });
    const close = async () => {
      await fetcher.close();
      server.close();
    };
    return { fetcher, origin, close };
  });
});

function answerFrom(
  site: Site,
  path: string,
  asked: IncomingHttpHeaders,
  response: ServerResponse,
): void {
  const { status, headers = {}, body = '' }: SitePage = site[path] ?? { status: 404 };
  const { etag, 'last-modified': date } = headers;
  const isUnchanged = asked['if-none-match']
    ? asked['if-none-match'] === etag
    : date !== undefined && asked['if-modified-since'] === date;
  response.writeHead(isUnchanged ? 304 : status, headers).end(isUnchanged ? '' : body);
}

const html = { 'content-type': 'text/html' };

describe('the request', () => {
  it.each([
    ['page', 'text/html'],
    ['feed', 'application/atom+xml'],
    ['sitemap', 'application/xml'],
    ['robots', 'text/plain'],
  ] as const)('says who asks and what for: %s', async (accept, type) => {
    let headers: IncomingHttpHeaders = {};
    const origin = await serve((request, response) => {
      headers = request.headers;
      response.end();
    });
    await visit(fetcherWith(), `${origin}/`, { accept });
    expect(headers).toMatchObject({
      'user-agent': 'LockstepTest/1.0',
      'accept-encoding': 'gzip, deflate, br, zstd',
      accept: expect.stringMatching(new RegExp(`^${type.replace('+', '\\+')}`)),
    });
    expect(headers).not.toHaveProperty('if-none-match');
    expect(headers).not.toHaveProperty('if-modified-since');
  });

  it('leaves the fragment out, and keeps path and query as written', async () => {
    const origin = await serve(({ url }, response) => response.writeHead(200, html).end(url));
    const outcome = await visit(fetcherWith(), `${origin}/a%2Fb?q=%C3%BC&x=1#part`);
    expect(textOf(outcome)).toBe('/a%2Fb?q=%C3%BC&x=1');
    expect(outcome).toHaveProperty('page.url', `${origin}/a%2Fb?q=%C3%BC&x=1`);
  });

  it('drops a validator that no header can carry, and takes no 304 for it', async () => {
    const origin = await serve(({ headers }, response) =>
      response.writeHead(304, { 'x-asked': String(headers['if-none-match']) }).end(),
    );
    const outcome = await visit(fetcherWith(), origin, { etag: '"a\r\nevil: 1"' });
    expect(outcome).toMatchObject({ kind: 'failed', code: 'http_status', status: 304 });
  });

  it.each(['blog.example/post', '', 'http://', 'http://[fe80::1%25eth0]/'])(
    'refuses "%s", which is no URL',
    async (url) => {
      const outcome = await visit(fetcherWith(), url);
      expect(outcome).toMatchObject({ code: 'invalid_input', retryable: false, redirects: [] });
    },
  );
});

describe('the body', () => {
  const text = 'Straße '.repeat(400);

  it.each([
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['zstd', zstdCompressSync(text)],
    ['identity', Buffer.from(text)],
    ['GZIP, br', brotliCompressSync(gzipSync(text))],
  ])('is inflated: %s', async (coding, body) => {
    const headers = { ...html, 'content-encoding': coding };
    const origin = await serve((_, response) => response.writeHead(200, headers).end(body));
    expect(textOf(await visit(fetcherWith(), origin))).toBe(text);
  });

  it('of a sitemap is inflated by its own first bytes', async () => {
    const headers = { 'content-type': 'application/x-gzip' };
    const origin = await serve(({ url }, response) => {
      const twice = url === '/twice';
      response.writeHead(200, { ...headers, ...(twice && { 'content-encoding': 'gzip' }) });
      response.end(twice ? gzipSync(gzipSync('<urlset/>')) : gzipSync('<urlset/>'));
    });
    const fetcher = fetcherWith();
    for (const path of ['/once', '/twice']) {
      const outcome = await visit(fetcher, `${origin}${path}`, { accept: 'sitemap' });
      expect(textOf(outcome)).toBe('<urlset/>');
    }
  });

  it('is empty when nothing came, whatever its encoding', async () => {
    const headers = { ...html, 'content-encoding': 'gzip' };
    const origin = await serve((_, response) => response.writeHead(200, headers).end());
    expect(textOf(await visit(fetcherWith(), origin))).toBe('');
  });

  it.each([
    [{ ...html, 'content-encoding': 'compress' }, 'compress'],
    [{ ...html, 'content-encoding': 'gzip, gzip, gzip, gzip' }, 'more than 3 times'],
    [{ 'content-type': 'image/png' }, 'image/png'],
    [{ 'content-type': 'application/pdf; x=y' }, 'application/pdf'],
  ])('is not taken with %o', async (headers, named) => {
    const origin = await serve((_, response) => response.writeHead(200, headers).end('x'));
    const outcome = await visit(fetcherWith(), origin);
    expect(outcome).toMatchObject({ code: 'unsupported_type', retryable: false });
    expect(outcome).toHaveProperty('message', expect.stringContaining(named));
  });

  it('keeps the bytes of its own charset, and joins headers that come twice', async () => {
    const origin = await serve((_, response) => {
      response.setHeader('content-type', 'text/html; charset=latin1');
      response.setHeader('x-robots-tag', ['noindex', 'otherbot: nofollow']);
      response.end(Buffer.from([0xdf]));
    });
    expect(await visit(fetcherWith(), origin)).toMatchObject({
      page: {
        body: Uint8Array.of(0xdf),
        contentType: 'text/html; charset=latin1',
        robotsTag: 'noindex, otherbot: nofollow',
      },
    });
  });

  it('that is a piece of a page is refused', async () => {
    const origin = await serve((_, response) => response.writeHead(206, html).end('half a pa'));
    expect(await visit(fetcherWith(), origin)).toMatchObject({ code: 'http_status', status: 206 });
  });
});

describe('redirects', () => {
  /** `/3` redirects to `/2`, and so on to `/0`, which is a page. */
  const chain = () =>
    serve(({ url = '' }, response) => {
      const left = Number(url.slice(1));
      if (left === 0) response.writeHead(200, html).end('end');
      else response.writeHead(302, { location: `/${left - 1}` }).end('moved');
    });

  it('are followed up to the cap and not once more', async () => {
    const origin = await chain();
    const fetcher = fetcherWith({ limits: { redirectsMax: 3 } });
    const outcome = await visit(fetcher, `${origin}/3`);
    expect([textOf(outcome), outcome.redirects.length]).toEqual(['end', 3]);
    const tooFar = await visit(fetcher, `${origin}/4`);
    expect(tooFar).toMatchObject({ code: 'redirects_exceeded', retryable: false });
    expect(tooFar.redirects).toHaveLength(3);
    expect(tooFar).toHaveProperty('message', expect.stringContaining(`${origin}/0`));
  });

  it.each([301, 302, 303, 307, 308])('of status %i are followed', async (status) => {
    const origin = await serve(({ url }, response) => {
      if (url === '/to') response.writeHead(200, html).end('there');
      else response.writeHead(status, { location: 'to#part' }).end();
    });
    const outcome = await visit(fetcherWith(), `${origin}/from`);
    expect(textOf(outcome)).toBe('there');
    expect(outcome.redirects).toEqual([{ from: `${origin}/from`, to: `${origin}/to`, status }]);
  });

  it.each([
    ['itself', { '/a': '/a' }, 0],
    ['another page and back', { '/a': '/b', '/b': '/a#top' }, 1],
  ])('that lead to %s are a loop', async (_, targets: Record<string, string>, followed) => {
    const origin = await serve(({ url = '' }, response) =>
      response.writeHead(302, { location: targets[url] }).end(),
    );
    const outcome = await visit(fetcherWith(), `${origin}/a`);
    expect(outcome).toMatchObject({ code: 'redirect_loop', retryable: false });
    expect(outcome.redirects).toHaveLength(followed);
  });

  it.each<[string, FetchRequest['redirects'], string]>([
    ['http://', 'follow', 'malformed'],
    ['http://', 'report', 'malformed'],
    ['ftp://files.example/', 'follow', 'address_refused'],
    ['javascript:alert(1)', 'follow', 'address_refused'],
    ['http://me:secret@127.0.0.1/', 'follow', 'address_refused'],
  ])('to "%s" (%s) fail as %s', async (location, redirects, code) => {
    const origin = await serve((_, response) => response.writeHead(301, { location }).end());
    const outcome = await visit(fetcherWith(), origin, { redirects });
    expect(outcome).toMatchObject({ kind: 'failed', code });
    expect(outcome).toHaveProperty('message', expect.not.stringContaining('secret'));
  });

  it('without a target fail with their status', async () => {
    const origin = await serve((_, response) => response.writeHead(302).end());
    expect(await visit(fetcherWith(), origin)).toMatchObject({ code: 'http_status', status: 302 });
  });
});
