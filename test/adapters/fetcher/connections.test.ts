import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../fakes/clock.ts';
import { fetcherWith, requestOf, serve, textOf, visit } from './loopback.ts';

const html = { 'content-type': 'text/html' };

describe('an abort', () => {
  const cancelled = { name: 'AppError', code: 'cancelled' };

  it('before the headers rejects and closes the socket', async () => {
    const arrived = Promise.withResolvers<Socket>();
    const origin = await serve(({ socket }) => arrived.resolve(socket));
    const controller = new AbortController();
    const visiting = fetcherWith().fetch(requestOf(origin), controller.signal);
    const closed = once(await arrived.promise, 'close');
    controller.abort();
    await expect(visiting).rejects.toMatchObject(cancelled);
    await closed;
  });

  it('in the middle of a body rejects and closes the socket', async () => {
    const clock = createFakeClock();
    const closed = Promise.withResolvers<void>();
    const origin = await serve((request, response) => {
      request.socket.once('close', () => closed.resolve());
      response.writeHead(200, html).write('the first half');
    });
    const controller = new AbortController();
    const fetcher = fetcherWith({ clock, limits: { bodyMs: 4_321 } });
    const visiting = fetcher.fetch(requestOf(origin), controller.signal);
    await clock.whenSleeping((ms) => ms === 4_321);
    controller.abort(new Error('enough'));
    await expect(visiting).rejects.toMatchObject(cancelled);
    await closed.promise;
    expect(clock.sleeping()).toBe(0);
  });

  it('while connecting rejects', async () => {
    const asked = Promise.withResolvers<void>();
    const fetcher = fetcherWith({ resolve: () => asked.resolve() });
    const controller = new AbortController();
    const visiting = fetcher.fetch(requestOf('http://slow.example/'), controller.signal);
    await asked.promise;
    controller.abort();
    await expect(visiting).rejects.toMatchObject(cancelled);
  });

  it('leaves the fetcher of use to others', async () => {
    const origin = await serve(({ url }, response) => {
      if (url === '/page') response.writeHead(200, html).end('page');
    });
    const fetcher = fetcherWith({ limits: { concurrencyPerHostMax: 1 } });
    const controller = new AbortController();
    const stuck = fetcher.fetch(requestOf(`${origin}/stuck`), controller.signal);
    const next = visit(fetcher, `${origin}/page`);
    controller.abort();
    await expect(stuck).rejects.toMatchObject(cancelled);
    expect(textOf(await next)).toBe('page');
  });

  it('by close rejects and closes every connection', async () => {
    const arrived = Promise.withResolvers<Socket>();
    const origin = await serve(({ socket, url }, response) => {
      if (url === '/page') response.writeHead(200, html).end('page');
      else arrived.resolve(socket);
    });
    const fetcher = fetcherWith();
    await visit(fetcher, `${origin}/page`);
    const stuck = visit(fetcher, `${origin}/stuck`);
    const closed = once(await arrived.promise, 'close');
    await Promise.all([fetcher.close(), expect(stuck).rejects.toMatchObject(cancelled)]);
    await closed;
    await expect(visit(fetcher, origin)).rejects.toMatchObject(cancelled);
  });
});

describe('connections', () => {
  it('that are closed early raise no error outside of the visit', async () => {
    const origin = await serve((_, response) =>
      response.writeHead(200, { 'content-type': 'image/png' }).end('small'),
    );
    const raised: unknown[] = [];
    const note = (thrown: unknown) => void raised.push(thrown);
    process.on('uncaughtExceptionMonitor', note);
    const fetcher = fetcherWith();
    for (const path of ['/1', '/2', '/3']) {
      expect(await visit(fetcher, origin + path)).toHaveProperty('code', 'unsupported_type');
      for (let turn = 0; turn < 3; turn += 1) await new Promise((next) => setImmediate(next));
    }
    process.off('uncaughtExceptionMonitor', note);
    expect(raised).toEqual([]);
  });

  it('are used again, also after redirects and pages that are gone', async () => {
    const sockets = new Set<Socket>();
    const origin = await serve(({ socket, url }, response) => {
      sockets.add(socket);
      if (url === '/moved') response.writeHead(301, { location: '/gone' }).end('moved');
      else if (url === '/gone') response.writeHead(404, html).end('not here');
      else response.writeHead(200, html).end('page');
    });
    const fetcher = fetcherWith({ limits: { concurrencyPerHostMax: 1 } });
    for (const path of ['/', '/moved', '/', '/gone', '/']) await visit(fetcher, origin + path);
    expect(sockets.size).toBe(1);
  });
});
