import { expect, it } from 'vitest';
import { ask, createWorld, post } from '../world.ts';

it('gives every response an id of its own', async () => {
  const { app } = await createWorld();
  const idOf = async () => (await app.request('/healthz')).headers.get('x-request-id');
  const [one, other] = [await idOf(), await idOf()];
  expect(one).toMatch(/^[0-9a-f-]{36}$/);
  expect(other).not.toBe(one);
});

it.each([
  ['req_1.a:b-c', true],
  ['x'.repeat(128), true],
  ['x'.repeat(129), false],
  ['two words', false],
  ['<script>', false],
])('echoes the id %j of the caller: %s', async (given, isEchoed) => {
  const { app } = await createWorld();
  const response = await app.request('/healthz', { headers: { 'x-request-id': given } });
  expect(response.headers.get('x-request-id') === given).toBe(isEchoed);
});

it('lets nobody keep an answer or guess its type', async () => {
  const { app } = await createWorld();
  const answered = await app.request('/v1/chat/completions', post(ask()));
  const streamed = await app.request('/v1/chat/completions', post(ask({ stream: true })));
  const missing = await app.request('/nothing');
  for (const { headers } of [answered, streamed, missing]) {
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
  await streamed.text();
});

it('logs each request once, with its route and outcome', async () => {
  const { app, log } = await createWorld();
  await app.request('/v1/models/production', { headers: { 'x-request-id': 'one' } });
  await app.request('/v1/models/canary', { headers: { 'x-request-id': 'two' } });
  const requests = log.entries.filter(({ message }) => message === 'request');
  expect(requests.map(({ fields }) => fields)).toMatchObject([
    { requestId: 'one', method: 'GET', route: '/v1/models/:id', status: 200, code: null },
    { requestId: 'two', route: '/v1/models/:id', status: 404, code: 'unknown_channel' },
  ]);
});
