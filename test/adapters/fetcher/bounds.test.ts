import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../fakes/clock.ts';
import { fetcherWith, serve, serveSockets, textOf, visit } from './loopback.ts';

const html = { 'content-type': 'text/html' };
const MEGABYTE = Buffer.alloc(1_000_000, 'a');

/** Writes megabytes for as long as somebody reads; resolves with how many when the socket closes. */
async function stream(response: ServerResponse, megabytesMax: number): Promise<number> {
  const closed = once(response, 'close');
  let written = 0;
  while (written < megabytesMax && !response.destroyed) {
    written += 1;
    if (!response.write(MEGABYTE)) await Promise.race([once(response, 'drain'), closed]);
  }
  response.end();
  await closed;
  return written;
}

describe('a body of 200 MB', () => {
  it('is refused by its announced length, before any of it is read', async () => {
    const closed = Promise.withResolvers<void>();
    const origin = await serve((request, response) => {
      request.socket.once('close', () => closed.resolve());
      response.writeHead(200, { ...html, 'content-length': 200_000_000 });
      response.flushHeaders();
    });
    const outcome = await visit(fetcherWith(), origin);
    expect(outcome).toMatchObject({ code: 'too_large', retryable: false });
    expect(outcome).toHaveProperty('message', expect.stringContaining('200000000'));
    await closed.promise;
  });

  it('is cut off soon after the cap when nothing announced it', async () => {
    const written = Promise.withResolvers<number>();
    const origin = await serve((_, response) => {
      response.writeHead(200, html);
      stream(response, 200).then(written.resolve, written.reject);
    });
    const outcome = await visit(fetcherWith({ limits: { bodyBytesMax: 2_000_000 } }), origin);
    expect(outcome).toMatchObject({ code: 'too_large', retryable: false });
    expect(await written.promise).toBeLessThan(60);
  });

  it('is not read when its type or its encoding is refused', async () => {
    const written: Promise<number>[] = [];
    const origin = await serve(({ url }, response) => {
      const encoded = { ...html, 'content-encoding': 'lzma' };
      response.writeHead(200, url === '/type' ? { 'content-type': 'video/mp4' } : encoded);
      written.push(stream(response, 200));
    });
    const fetcher = fetcherWith();
    for (const path of ['/type', '/encoding']) {
      expect(await visit(fetcher, origin + path)).toHaveProperty('code', 'unsupported_type');
    }
    for (const megabytes of await Promise.all(written)) expect(megabytes).toBeLessThan(60);
  });

  it.each([302, 404, 500])('is not read when its status is %i', async (status) => {
    const written: Promise<number>[] = [];
    const origin = await serve(({ url }, response) => {
      if (url === '/end') response.writeHead(200, html).end();
      else {
        response.writeHead(status, { ...html, location: '/end' });
        written.push(stream(response, 200));
      }
    });
    await visit(fetcherWith(), origin);
    for (const megabytes of await Promise.all(written)) expect(megabytes).toBeLessThan(60);
    expect(written).toHaveLength(1);
  });

  it('one byte over the cap is too large, one less is not', async () => {
    const origin = await serve((_, response) => response.writeHead(200, html).end('12345'));
    const at = (bodyBytesMax: number) => visit(fetcherWith({ limits: { bodyBytesMax } }), origin);
    expect(textOf(await at(5))).toBe('12345');
    expect(await at(4)).toHaveProperty('code', 'too_large');
  });
});

describe('a bomb', () => {
  const megabytes = Buffer.alloc(30_000_000);
  it.each([
    ['gzip', gzipSync(megabytes)],
    ['br', brotliCompressSync(megabytes)],
    ['zstd', zstdCompressSync(megabytes)],
    ['gzip, gzip', gzipSync(gzipSync(megabytes))],
  ])('of %s is not inflated', async (coding, body) => {
    const headers = { ...html, 'content-encoding': coding };
    const origin = await serve((_, response) => response.writeHead(200, headers).end(body));
    const outcome = await visit(fetcherWith(), origin);
    expect(outcome).toMatchObject({ code: 'inflation_refused', retryable: false });
  });

  it('in a sitemap file is not inflated', async () => {
    const origin = await serve((_, response) => response.end(gzipSync(megabytes)));
    const outcome = await visit(fetcherWith(), origin, { accept: 'sitemap' });
    expect(outcome).toHaveProperty('code', 'inflation_refused');
  });
});

describe('a body that is cut off', () => {
  it('inside its gzip stream is malformed', async () => {
    const whole = gzipSync('text '.repeat(5000));
    const headers = { ...html, 'content-encoding': 'gzip' };
    const origin = await serve((_, response) =>
      response.writeHead(200, headers).end(whole.subarray(0, -20)),
    );
    expect(await visit(fetcherWith(), origin)).toMatchObject({
      code: 'malformed',
      retryable: false,
    });
  });

  it.each([
    ['announced length', 'content-length: 100\r\n\r\nhalf a pa'],
    ['last chunk', 'transfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
  ])('before its %s is unreachable, and may be asked for again', async (_, rest) => {
    const origin = await serveSockets((socket) =>
      socket.once('data', () =>
        socket.end(`HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n${rest}`),
      ),
    );
    const outcome = await visit(fetcherWith(), origin);
    expect(outcome).toMatchObject({ kind: 'failed', code: 'unreachable', retryable: true });
  });
});

describe('a connection', () => {
  it('that is half closed without an answer is unreachable', async () => {
    const origin = await serveSockets((socket) => socket.once('data', () => socket.end()));
    const outcome = await visit(fetcherWith(), origin);
    expect(outcome).toMatchObject({ code: 'unreachable', retryable: true });
  });

  it('that is refused is unreachable', async () => {
    const outcome = await visit(fetcherWith(), 'http://127.0.0.1:1/');
    expect(outcome).toMatchObject({ code: 'unreachable', retryable: true });
    expect(outcome).toHaveProperty('message', expect.stringMatching(/ECONNREFUSED/));
  });

  it('that speaks no HTTP is malformed', async () => {
    const origin = await serveSockets((socket) =>
      socket.once('data', () => socket.end('SSH-2.0\n')),
    );
    expect(await visit(fetcherWith(), origin)).toMatchObject({
      code: 'malformed',
      retryable: false,
    });
  });

  it('whose name is never resolved times out', async () => {
    const fetcher = fetcherWith({ resolve: () => undefined, limits: { connectMs: 30 } });
    const outcome = await visit(fetcher, 'http://slow.example/');
    expect(outcome).toMatchObject({ code: 'timeout', retryable: true });
  });
});

describe('headers', () => {
  it('over the cap are too large', async () => {
    const headers = { ...html, 'x-filler': 'a'.repeat(10_000) };
    const origin = await serve((_, response) => response.writeHead(200, headers).end('page'));
    const at = (headerBytesMax: number) =>
      visit(fetcherWith({ limits: { headerBytesMax } }), origin);
    expect(await at(8_192)).toMatchObject({ code: 'too_large', retryable: false });
    expect(textOf(await at(16_384))).toBe('page');
  });

  it('that never come time out', async () => {
    const clock = createFakeClock();
    const origin = await serve(() => undefined);
    const visiting = visit(fetcherWith({ clock, limits: { headersMs: 7_000 } }), origin);
    await clock.whenSleeping((ms) => ms === 7_000);
    await clock.advance(7_000);
    expect(await visiting).toMatchObject({ code: 'timeout', retryable: true });
  });
});

describe('a slow body', () => {
  it('times out however steadily its bytes arrive', async () => {
    const clock = createFakeClock();
    const closed = Promise.withResolvers<void>();
    const origin = await serve((request, response) => {
      request.socket.once('close', () => closed.resolve());
      response.writeHead(200, html);
      const timer = setInterval(() => response.write('a'), 5);
      response.once('close', () => clearInterval(timer));
    });
    const visiting = visit(fetcherWith({ clock, limits: { bodyMs: 9_000 } }), origin);
    await clock.whenSleeping((ms) => ms === 9_000);
    for (let second = 0; second < 9; second += 1) await clock.advance(1_000);
    const outcome = await visiting;
    expect(outcome).toMatchObject({ code: 'timeout', retryable: true });
    expect(outcome).toHaveProperty('message', expect.stringContaining('9000 ms'));
    await closed.promise;
    expect(clock.sleeping()).toBe(0);
  });
});
