import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startServer } from '#http/server.ts';
import { rejection } from '../fakes/collect.ts';
import { createFakeLog } from '../fakes/log.ts';
import { ask, createWorld, post } from './world.ts';

const HOST = '127.0.0.1';
const LONG_MS = 600_000;
const shutdowns: AbortController[] = [];
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const shutdown of shutdowns.splice(0)) shutdown.abort();
  for (const close of closing.splice(0)) await close();
});

type App = Parameters<typeof startServer>[0]['app'];

async function serve(app: App, { drainMs = LONG_MS, port = 0, host = HOST } = {}) {
  const shutdown = new AbortController();
  const log = createFakeLog();
  const server = await startServer({ app, host, port, drainMs, signal: shutdown.signal, log });
  shutdowns.push(shutdown);
  closing.push(server.close);
  return { ...server, shutdown, log, port: Number(new URL(server.origin).port) };
}

/** A connection as the operating system sees it, and all that came over it. */
async function dial(port: number) {
  const socket: Socket = connect(port, HOST);
  let received = '';
  let watch = () => {};
  socket.setEncoding('utf8').on('data', (text: string) => {
    received += text;
    watch();
  });
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(received)));
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  const until = (part: string) =>
    new Promise<void>((resolve) => {
      watch = () => {
        if (received.includes(part)) resolve();
      };
      watch();
    });
  return { socket, closed, until, received: () => received };
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: ${HOST}\r\n\r\n`;

function streamRequest(): string {
  const { headers, body } = post(ask({ stream: true }));
  const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: ${HOST}\r\n`;
  return `${head}content-type: ${headers['content-type']}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

async function createGatedWorld() {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const world = await createWorld({
    tell: async function* (_question, signal) {
      yield 'first ';
      const { promise: left, reject } = Promise.withResolvers<never>();
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      await Promise.race([gate, left]);
      yield 'last';
    },
  });
  return { ...world, open };
}

describe('start', () => {
  it('says where it listens', async () => {
    const { app } = await createWorld();
    const { origin } = await serve(app);
    expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${origin}/healthz`)).status).toBe(200);
  });

  it('names a port that is taken, and what to do', async () => {
    const { app } = await createWorld();
    const { port } = await serve(app);
    expect(await rejection(serve(app, { port }))).toMatchObject({
      code: 'port_in_use',
      param: 'port',
      message: expect.stringMatching(new RegExp(`port ${port}.*LOCKSTEP_PORT`)),
    });
  });

  it('names an address that this machine does not have', async () => {
    const { app } = await createWorld();
    // TEST-NET-3 belongs to nobody.
    expect(await rejection(serve(app, { host: '203.0.113.1' }))).toMatchObject({
      code: 'invalid_config',
      param: 'host',
    });
  });

  it('does not start once it should stop', async () => {
    const { app, log } = await createWorld();
    const signal = AbortSignal.abort(new Error('stopped'));
    const started = startServer({ app, host: HOST, port: 0, drainMs: 0, signal, log });
    expect(await rejection(started)).toMatchObject({ message: 'stopped' });
  });
});

describe('requests', () => {
  it('over the cap are answered, not cut', async () => {
    const { app } = await createWorld({ limits: { bodyBytesMax: 1_000 } });
    const { origin } = await serve(app);
    for (const body of ['x'.repeat(1_001), new Blob(['x'.repeat(2_000)]).stream()]) {
      const init = { ...post(''), body, duplex: 'half' } as RequestInit;
      const response = await fetch(`${origin}/v1/search`, init);
      expect(response.status).toBe(413);
      expect(await response.json()).toMatchObject({ error: { code: 'too_large' } });
    }
  });

  it('that cannot be read are refused with four keys', async () => {
    const { app } = await createWorld();
    const { port } = await serve(app);
    const { socket, until, received } = await dial(port);
    socket.write('GET /healthz HTTP/1.1\r\nhost: a b\r\n\r\n');
    await until('}}');
    expect(received()).toMatch(/^HTTP\/1\.1 400 /);
    expect(received()).toContain('"code":"invalid_input"');
    socket.destroy();
  });

  it('by a rebound name are refused', async () => {
    const { app } = await createWorld();
    const { port } = await serve(app);
    const { socket, until, received } = await dial(port);
    socket.write('GET /v1/models HTTP/1.1\r\nhost: evil.example\r\n\r\n');
    await until('}}');
    expect(received()).toMatch(/^HTTP\/1\.1 403 /);
    socket.destroy();
  });

  it('of a client that left are ended', async () => {
    const { app, answerer } = await createGatedWorld();
    const { port } = await serve(app);
    const { socket, until } = await dial(port);
    socket.write(streamRequest());
    await until('first ');
    socket.destroy();
    await answerer.whenLeft(1);
  });
});

describe('shutdown', () => {
  it('lets a stream end whole, and takes no other connection', async () => {
    const { app, open } = await createGatedWorld();
    const { port, shutdown, close } = await serve(app);
    const { socket, until, closed } = await dial(port);
    socket.write(streamRequest());
    await until('first ');
    shutdown.abort();
    const second = connect(port, HOST);
    const [refused] = await new Promise<[NodeJS.ErrnoException]>((resolve) =>
      second.once('error', (error) => resolve([error])),
    );
    expect(refused.code).toBe('ECONNREFUSED');
    open();
    const received = await closed;
    expect(received).toContain('"content":"last"');
    expect(received).toMatch(/data: \[DONE\]\n\n\r\n0\r\n\r\n$/);
    await close();
  });

  it('lets a large response that is written but not yet read arrive whole', async () => {
    const body = 'a'.repeat(20_000_000);
    const { promise: written, resolve: markWritten } = Promise.withResolvers<void>();
    const app: App = {
      fetch: () => {
        setImmediate(markWritten);
        return new Response(body);
      },
    };
    const { port, shutdown, close } = await serve(app);
    const { socket, closed } = await dial(port);
    socket.pause();
    socket.write(get('/'));
    await written;
    shutdown.abort();
    await new Promise((resolve) => setImmediate(resolve));
    socket.resume();
    const received = await closed;
    expect(received.length - received.indexOf('\r\n\r\n') - 4).toBe(body.length);
    await close();
  });

  it('ends connections that wait for nothing', async () => {
    const { app } = await createWorld();
    const { port, shutdown } = await serve(app);
    const { socket, until, closed } = await dial(port);
    socket.write(get('/healthz'));
    await until('"status":"ok"');
    shutdown.abort();
    expect(await closed).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('answers on a connection that is still busy, with 503 when asked if it is ready', async () => {
    const { app, open } = await createGatedWorld();
    const { promise: asked, resolve: markAsked } = Promise.withResolvers<void>();
    const watched: App = {
      fetch: (request, bindings) => {
        if (request.url.endsWith('/readyz')) markAsked();
        return app.fetch(request, bindings);
      },
    };
    const { port, shutdown } = await serve(watched);
    const { socket, until, closed } = await dial(port);
    socket.write(streamRequest());
    await until('first ');
    shutdown.abort();
    socket.write(get('/readyz'));
    await asked;
    open();
    const received = await closed;
    expect(received).toContain('data: [DONE]');
    expect(received).toMatch(/HTTP\/1\.1 503 [\s\S]*connection: close[\s\S]*shutting down/i);
  });

  it('cuts what takes longer than it may, and ends the generation', async () => {
    const { app, answerer } = await createGatedWorld();
    const { port, close, log } = await serve(app, { drainMs: 1 });
    const { socket, until, closed } = await dial(port);
    socket.write(streamRequest());
    await until('first ');
    await close();
    expect(await closed).not.toContain('[DONE]');
    await answerer.whenLeft(1);
    expect(log.entries.map(({ message }) => message)).toContain('server cut what was under way');
  });

  it('may be asked for twice', async () => {
    const { app } = await createWorld();
    const { close, shutdown, log } = await serve(app);
    shutdown.abort();
    await Promise.all([close(), close()]);
    expect(log.entries.filter(({ message }) => message === 'server draining')).toHaveLength(1);
  });
});
