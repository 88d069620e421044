import { describe, expect, it } from 'vitest';
import { AppError } from '#domain/errors.ts';
import { problemSchema } from '#http/problem.ts';
import { ask, createWorld, post } from './world.ts';

const CHAT = '/v1/chat/completions';

describe('errors', () => {
  it.each([
    ['an unknown path', '/v1/nothing', {}, 404, 'not_found', null],
    ['an unknown path above', '/', {}, 404, 'not_found', null],
    ['another method', '/v1/models', { method: 'DELETE' }, 405, 'not_found', null],
    ['no JSON', CHAT, post('{'), 400, 'invalid_input', null],
    ['no question', CHAT, post({ model: 'production' }), 400, 'invalid_input', 'messages'],
    ['a form', CHAT, post('a=b', { 'content-type': 'text/plain' }), 415, 'unsupported_type', null],
    ['a flood', CHAT, post('x'.repeat(1_001)), 413, 'too_large', null],
    ['an unknown pairing', '/v1/models/pairing-abcd', {}, 404, 'not_found', null],
    ['an unknown channel', '/v1/models/canary', {}, 404, 'unknown_channel', null],
  ] as const)('answers %s with four keys', async (_what, path, init, status, code, param) => {
    const { app } = await createWorld({ limits: { bodyBytesMax: 1_000 } });
    const response = await app.request(path, init);
    expect(response.status).toBe(status);
    expect(response.headers.get('x-should-retry')).toBe('false');
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    const { error } = problemSchema.parse(await response.json());
    expect(error).toMatchObject({ code, param, type: 'invalid_request_error' });
  });

  it('says which methods a path takes', async () => {
    const { app } = await createWorld();
    const put = await app.request(CHAT, { method: 'PUT' });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'POST']);
    const posted = await app.request('/healthz', post({}));
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await app.request('/healthz', { method: 'HEAD' })).status).toBe(200);
  });

  it('logs what broke inside and shows the request’s id alone', async () => {
    const { app, log } = await createWorld({
      // biome-ignore lint/correctness/useYield: it breaks before it says anything
      tell: async function* () {
        throw new Error('secret at line 7');
      },
    });
    const response = await app.request(CHAT, post(ask(), { 'x-request-id': 'mine' }));
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
    const fault = log.entries.find(({ level }) => level === 'error');
    expect(fault).toMatchObject({
      message: 'request failed',
      fields: { requestId: 'mine', route: CHAT, code: 'internal', message: 'secret at line 7' },
    });
  });

  it('tells clients to try again only what may succeed', async () => {
    const failing = (retryable: boolean) =>
      createWorld({
        // biome-ignore lint/correctness/useYield: it breaks before it says anything
        tell: async function* () {
          throw new AppError('embedding_space_mismatch', 'another embedder', { retryable });
        },
      });
    for (const retryable of [true, false]) {
      const { app } = await failing(retryable);
      const response = await app.request(CHAT, post(ask()));
      expect(response.status).toBe(503);
      expect(response.headers.get('x-should-retry')).toBe(String(retryable));
    }
  });

  it('never logs a question', async () => {
    const { app, log } = await createWorld();
    await app.request(CHAT, post(ask({ messages: [{ role: 'user', content: 'my secret' }] })));
    await app.request(CHAT, post(ask({ messages: [{ role: 'user', content: ' ' }] })));
    expect(log.entries.length).toBeGreaterThan(0);
    expect(JSON.stringify(log.entries)).not.toContain('my secret');
  });
});

it('observes and guards what is mounted on it later', async () => {
  const { app, keys } = await createWorld();
  app.get('/page', (c) => c.html('<p>page</p>', 200, { 'cache-control': 'max-age=60' }));
  const page = await app.request('/page');
  expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  expect(page.headers.get('cache-control')).toBe('max-age=60');
  await keys.make('sesame');
  const again = await createWorld({ requireKey: true });
  again.app.get('/page', (c) => c.html('<p>page</p>'));
  expect((await again.app.request('/page')).status).toBe(401);
});
