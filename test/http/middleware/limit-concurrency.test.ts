import { expect, it } from 'vitest';
import { ask, createWorld, post } from '../world.ts';

const CHAT = '/v1/chat/completions';

/** Answers that wait until they are let go. */
async function createBusyWorld(concurrencyMax: number) {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const world = await createWorld({
    limits: { concurrencyMax },
    tell: async function* () {
      yield 'first ';
      await gate;
      yield 'last';
    },
  });
  return { ...world, open };
}

it('refuses more than it may do at once, and says when to come back', async () => {
  const { app, open } = await createBusyWorld(2);
  const running = [app.request(CHAT, post(ask())), app.request(CHAT, post(ask()))];
  const refused = await app.request(CHAT, post(ask()));
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(refused.headers.get('x-should-retry')).toBe('true');
  expect(await refused.json()).toMatchObject({
    error: { code: 'rate_limited', type: 'rate_limit_error' },
  });
  expect((await app.request('/healthz')).status).toBe(200);
  expect((await app.request('/v1/models')).status).toBe(200);
  open();
  for (const response of await Promise.all(running)) expect(response.status).toBe(200);
  expect((await app.request(CHAT, post(ask()))).status).toBe(200);
});

it('counts a stream until it has ended', async () => {
  const { app, open } = await createBusyWorld(1);
  const stream = await app.request(CHAT, post(ask({ stream: true })));
  expect((await app.request(CHAT, post(ask()))).status).toBe(429);
  open();
  await stream.text();
  expect((await app.request(CHAT, post(ask()))).status).toBe(200);
});

it('counts a stream no longer that its client left', async () => {
  const { app } = await createBusyWorld(1);
  const stream = await app.request(CHAT, post(ask({ stream: true })));
  await stream.body?.cancel();
  const next = await app.request(CHAT, post(ask({ stream: true })));
  expect(next.status).toBe(200);
  await next.body?.cancel();
});

it('lets go of requests that fail', async () => {
  const { app } = await createBusyWorld(1);
  for (let failed = 0; failed < 3; failed += 1) {
    expect((await app.request(CHAT, post(ask({ n: 2 })))).status).toBe(400);
  }
});
