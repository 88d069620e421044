import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createGuardedDial, type GuardedDialOptions } from '#adapters/fetcher/guarded-dial.ts';
import { resolverOf, serveSockets } from './loopback.ts';

const { signal } = new AbortController();
const dialWith = (more: Partial<GuardedDialOptions> = {}) =>
  createGuardedDial({ allowNetworks: ['127.0.0.0/8'], connectMs: 2_000, ...more });

describe('dialling', () => {
  it('gives a connection that carries both ways', async () => {
    const port = portOf(await serveSockets((socket) => void socket.pipe(socket)));
    const socket = await dialWith({ resolve: resolverOf(['127.0.0.1']) })(
      'a.example',
      port,
      signal,
    );
    socket.end('there and back');
    const [text] = await once(socket, 'data');
    expect(`${text}`).toBe('there and back');
  });

  it.each([
    ['a private address', '10.0.0.1', []],
    ['a name of private addresses', 'inside.example', ['10.0.0.1', '::1']],
    ['an IPv6 address', '::1', []],
  ])('refuses %s', async (_, host, addresses) => {
    const dialling = dialWith({ resolve: resolverOf(addresses) })(host, 80, signal);
    await expect(dialling).rejects.toMatchObject({ code: 'address_refused' });
  });

  it('connects to what it has judged, and judges again for the next', async () => {
    const port = portOf(await serveSockets(() => undefined));
    const resolve = resolverOf(['10.0.0.1', '127.0.0.1'], ['10.0.0.1']);
    const dial = dialWith({ resolve });
    expect((await dial('turning.example', port, signal)).remoteAddress).toBe('127.0.0.1');
    await expect(dial('turning.example', port, signal)).rejects.toMatchObject({
      code: 'address_refused',
    });
    expect(resolve.asked).toHaveLength(2);
  });

  it('says what is wrong when nobody is there, or nobody answers in time', async () => {
    await expect(dialWith()('127.0.0.1', 1, signal)).rejects.toMatchObject({
      code: 'unreachable',
      retryable: true,
    });
    const slow = dialWith({ resolve: () => undefined, connectMs: 20 });
    await expect(slow('slow.example', 80, signal)).rejects.toMatchObject({
      code: 'timeout',
      retryable: true,
    });
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const dialling = dialWith({ resolve: () => undefined })('slow.example', 80, controller.signal);
    controller.abort(new Error('enough'));
    await expect(dialling).rejects.toThrow('enough');
    await expect(dialWith()('127.0.0.1', 80, controller.signal)).rejects.toThrow('enough');
  });
});

const portOf = (origin: string): number => Number(new URL(origin).port);
