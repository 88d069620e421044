import type { Socket } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { FetchRequest } from '#ports/page-fetcher.ts';
import { createFakeClock } from '../../fakes/clock.ts';
import { createHastyClock, fetcherWith, serve, serveSockets, textOf, visit } from './loopback.ts';

const html = { 'content-type': 'text/html' };
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const PDF = Buffer.from('%PDF-1.7\n%');
const ZIP = Buffer.from('PK\x03\x04\x14\x00');

/** Answers every request on a socket with these bytes. */
const serveBytes = (bytes: string | Buffer, end = true) =>
  serveSockets((socket) =>
    socket.once('data', () => (end ? socket.end(bytes) : socket.write(bytes))),
  );

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n';

describe('a type that is a lie', () => {
  it.each<[string, string, Buffer, FetchRequest['accept']]>([
    ['a PNG', 'text/html', PNG, 'page'],
    ['a PDF', 'text/html; charset=utf-8', PDF, 'page'],
    ['a zip', 'text/plain', ZIP, 'page'],
    ['a zip of no type', '', ZIP, 'page'],
    ['gzip', 'text/html', gzipSync('<p>page</p>'), 'page'],
    ['a PNG', 'application/rss+xml', PNG, 'feed'],
    ['a PDF', 'application/xml', PDF, 'sitemap'],
    ['a PNG in gzip', 'application/xml', gzipSync(PNG), 'sitemap'],
    ['a zip', 'text/plain', ZIP, 'robots'],
  ])('is found out: %s as "%s"', async (_, type, body, accept) => {
    const headers = type === '' ? {} : { 'content-type': type };
    const origin = await serve((__, response) => response.writeHead(200, headers).end(body));
    const outcome = await visit(fetcherWith(), origin, { accept });
    expect(outcome).toMatchObject({ code: 'unsupported_type', retryable: false });
    expect(outcome).toHaveProperty('message', expect.stringContaining('its bytes are'));
  });

  it.each([
    ['gzip', gzipSync(PNG)],
    ['br', brotliCompressSync(PDF)],
  ])('is found out under %s', async (coding, body) => {
    const headers = { ...html, 'content-encoding': coding };
    const origin = await serve((_, response) => response.writeHead(200, headers).end(body));
    expect(await visit(fetcherWith(), origin)).toHaveProperty('code', 'unsupported_type');
  });

  it('is found out by the first bytes of an endless body', async () => {
    const closed = Promise.withResolvers<void>();
    const origin = await serve((request, response) => {
      request.socket.once('close', () => closed.resolve());
      response.writeHead(200, html).write(PNG);
    });
    expect(await visit(fetcherWith(), origin)).toHaveProperty('code', 'unsupported_type');
    await closed.promise;
  });

  it('does not keep gzip of no stated type from being a sitemap', async () => {
    const origin = await serve((_, response) => response.end(gzipSync('<urlset/>')));
    const outcome = await visit(fetcherWith(), origin, { accept: 'sitemap' });
    expect(textOf(outcome)).toBe('<urlset/>');
  });
});

describe('headers', () => {
  it('of 1 MB are too large, in one or in many', async () => {
    const one = `x-filler: ${'a'.repeat(1_000_000)}\r\n`;
    const many = Array.from({ length: 20_000 }, (_, at) => `x-${at}: ${'a'.repeat(40)}\r\n`).join(
      '',
    );
    for (const filler of [one, many]) {
      const origin = await serveBytes(`${HEAD}${filler}content-length: 4\r\n\r\npage`);
      const outcome = await visit(fetcherWith(), origin);
      expect(outcome).toMatchObject({ code: 'too_large', retryable: false });
    }
  });

  it.each([
    ['two lengths', 'content-length: 4\r\ncontent-length: 9\r\n\r\npage'],
    [
      'a length and chunks',
      'content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n4\r\npage\r\n0\r\n\r\n',
    ],
    ['a negative length', 'content-length: -4\r\n\r\npage'],
    ['a length that is no number', 'content-length: four\r\n\r\npage'],
    ['a chunk size that is no number', 'transfer-encoding: chunked\r\n\r\nzz\r\npage\r\n0\r\n\r\n'],
    ['a line without a colon', 'nonsense\r\n\r\npage'],
  ])('with %s are malformed', async (_, rest) => {
    const outcome = await visit(fetcherWith(), await serveBytes(HEAD + rest));
    expect(outcome).toMatchObject({ kind: 'failed', code: 'malformed', retryable: false });
  });

  it('that announce less than comes cut the body there, and the connection is not used again', async () => {
    let sockets = 0;
    const origin = await serveSockets((socket) => {
      sockets += 1;
      socket.on('data', () => socket.write(`${HEAD}content-length: 4\r\n\r\npage and more`));
    });
    const fetcher = fetcherWith({ limits: { concurrencyPerHostMax: 1 } });
    expect(textOf(await visit(fetcher, origin))).toBe('page');
    expect(textOf(await visit(fetcher, origin))).toBe('page');
    expect(sockets).toBe(2);
  });

  it('that come one byte at a time run out of time', async () => {
    const clock = createFakeClock();
    const origin = await serveSockets((socket) => trickle(socket, `${HEAD}x: `));
    const visiting = visit(fetcherWith({ clock, limits: { headersMs: 7_000 } }), origin);
    await clock.whenSleeping((ms) => ms === 7_000);
    await clock.advance(7_000);
    expect(await visiting).toMatchObject({ code: 'timeout', retryable: true, elapsedMs: 7_000 });
  });

  it('that are only ever provisional run out of time', async () => {
    const clock = createFakeClock();
    const origin = await serveSockets((socket) => {
      const timer = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 5);
      socket.once('close', () => clearInterval(timer));
    });
    const visiting = visit(fetcherWith({ clock, limits: { headersMs: 7_000 } }), origin);
    await clock.whenSleeping((ms) => ms === 7_000);
    await clock.advance(7_000);
    expect(await visiting).toMatchObject({ code: 'timeout' });
  });
});

/** Some bytes at once, then one after the other for as long as somebody listens. */
function trickle(socket: Socket, start: string): void {
  socket.once('data', () => {
    socket.write(start);
    const timer = setInterval(() => socket.write('a'), 5);
    socket.once('close', () => clearInterval(timer));
  });
}

describe('a body', () => {
  it.each([
    ['one byte after the other', 'content-length: 1000000\r\n\r\n'],
    ['a chunk extension without end', 'transfer-encoding: chunked\r\n\r\n4;x='],
    ['a trailer without end', 'transfer-encoding: chunked\r\n\r\n4\r\npage\r\n0\r\nx: '],
  ])('of %s ends with its time', async (_, rest) => {
    const clock = createFakeClock();
    const origin = await serveSockets((socket) => trickle(socket, HEAD + rest));
    const visiting = visit(fetcherWith({ clock, limits: { bodyMs: 9_000 } }), origin);
    await clock.whenSleeping((ms) => ms === 9_000);
    await clock.advance(9_000);
    expect(await visiting).toMatchObject({ code: 'timeout', retryable: true, elapsedMs: 9_000 });
    expect(clock.sleeping()).toBe(0);
  });

  it('that nobody wants does not hold up what its status says', async () => {
    const clock = createFakeClock();
    const head = HEAD.replace('200 OK', '404 Not Found');
    const origin = await serveSockets((socket) =>
      trickle(socket, `${head}content-length: 99\r\n\r\n`),
    );
    const visiting = visit(fetcherWith({ clock }), origin);
    await clock.whenSleeping((ms) => ms === 5_000);
    await clock.advance(5_000);
    expect(await visiting).toMatchObject({ kind: 'gone', status: 404 });
  });

  it('without a length that ends with its connection is whole', async () => {
    const outcome = await visit(fetcherWith(), await serveBytes(`${HEAD}\r\npage`));
    expect([textOf(outcome), outcome.bytesReceived]).toEqual(['page', 4]);
  });

  it('that never ends on a connection that is half closed ends with its time', async () => {
    const clock = createFakeClock();
    const origin = await serveBytes(`${HEAD}content-length: 9\r\n\r\npage`, false);
    const visiting = visit(fetcherWith({ clock, limits: { bodyMs: 9_000 } }), origin);
    await clock.whenSleeping((ms) => ms === 9_000);
    await clock.advance(9_000);
    expect(await visiting).toMatchObject({ code: 'timeout', bytesReceived: 4 });
  });
});

describe('a redirect', () => {
  it.each([
    ['UTF-8', Buffer.from('/caf\u00e9')],
    ['Latin-1', Buffer.from('/caf\u00e9', 'latin1')],
  ])('whose target is in %s leads where browsers go', async (_, target) => {
    const paths: string[] = [];
    const origin = await serveSockets((socket) =>
      socket.on('data', (asked: Buffer) => {
        paths.push(asked.toString().split(' ')[1] ?? '');
        if (paths.length > 1) return void socket.end(`${HEAD}content-length: 4\r\n\r\npage`);
        socket.write('HTTP/1.1 302 Found\r\ncontent-length: 0\r\nlocation: ');
        socket.write(Buffer.concat([target, Buffer.from('\r\n\r\n')]));
      }),
    );
    expect(textOf(await visit(fetcherWith(), `${origin}/`))).toBe('page');
    expect(paths).toEqual(['/', '/caf%C3%A9']);
  });
});

describe('what is told of a visit', () => {
  it('adds up over redirects and attempts, in compressed bytes', async () => {
    const body = gzipSync('page '.repeat(500));
    let asked = 0;
    const origin = await serve(({ url }, response) => {
      asked += 1;
      if (url === '/old') response.writeHead(301, { location: '/new' }).end('moved');
      else if (asked === 2) response.writeHead(500).end('broken');
      else response.writeHead(200, { ...html, 'content-encoding': 'gzip' }).end(body);
    });
    const fetcher = fetcherWith({ clock: createHastyClock(), limits: { retriesMax: 1 } });
    const outcome = await visit(fetcher, `${origin}/old`);
    expect(outcome.bytesReceived).toBe('moved'.length + 'broken'.length + body.byteLength);
  });

  it('counts no waiting, and what came of a body that was refused', async () => {
    const clock = createFakeClock();
    const origin = await serve((request, response) => {
      if (request.url === '/first') response.writeHead(200, html).end('page');
      else response.writeHead(200, html).write('four');
    });
    const fetcher = fetcherWith({ clock, limits: { delayMs: 3_000, bodyMs: 9_000 } });
    await visit(fetcher, `${origin}/first`);
    const visiting = visit(fetcher, `${origin}/second`);
    await clock.whenSleeping((ms) => ms === 3_000);
    await clock.advance(3_000);
    await clock.whenSleeping((ms) => ms === 9_000);
    await clock.advance(9_000);
    expect(await visiting).toMatchObject({ code: 'timeout', elapsedMs: 9_000, bytesReceived: 4 });
  });
});
