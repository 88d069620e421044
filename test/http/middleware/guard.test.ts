import { describe, expect, it } from 'vitest';
import { createWorld } from '../world.ts';

const statusOf = async (
  { app }: Awaited<ReturnType<typeof createWorld>>,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> => (await app.request(path, { headers })).status;

describe('without keys', () => {
  it.each([
    ['curl', { host: '127.0.0.1:8787' }],
    ['an SDK with a key of its own', { host: 'localhost:8787', authorization: 'Bearer none' }],
    ['a page of the server itself', { host: 'localhost:8787', origin: 'http://localhost:8787' }],
    ['IPv6', { host: '[::1]:8787', origin: 'http://[::1]:8787' }],
  ])('lets %s in', async (_who, headers) => {
    expect(await statusOf(await createWorld(), '/v1/models', headers)).toBe(200);
  });

  it.each([
    ['a rebound name', { host: 'evil.example:8787' }],
    ['a rebound name that looks right', { host: '127.0.0.1.evil.example' }],
    ['another site', { host: 'localhost:8787', origin: 'https://evil.example' }],
    ['another port', { host: 'localhost:8787', origin: 'http://localhost:3000' }],
    ['a sandboxed frame', { host: 'localhost:8787', origin: 'null' }],
  ])('keeps %s out', async (_who, headers) => {
    const { app } = await createWorld();
    for (const path of ['/v1/models', '/healthz', '/nothing']) {
      const response = await app.request(path, { headers });
      expect(response.status).toBe(403);
      const body = (await response.json()) as { error: { type: string; message: string } };
      expect(body.error.type).toBe('permission_error');
      expect(body.error.message).toContain('lockstep key create');
    }
  });
});

describe('with keys', () => {
  it('asks everybody for one, except for health and the description', async () => {
    const world = await createWorld({ requireKey: true });
    for (const path of ['/v1/models', '/metrics', '/nothing']) {
      const response = await world.app.request(path);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
    }
    for (const path of ['/healthz', '/readyz', '/openapi.json']) {
      expect(await statusOf(world, path)).toBe(200);
    }
  });

  it('begins to ask with the first key that exists', async () => {
    const world = await createWorld();
    await world.keys.make('sesame');
    expect(await statusOf(world, '/v1/models')).toBe(401);
    expect(await statusOf(world, '/v1/models', { authorization: 'Bearer sesame' })).toBe(200);
  });

  it.each(['Bearer wrong', 'Basic sesame', 'sesame', 'Bearer', 'Bearer sesame sesame'])(
    'does not take %j',
    async (authorization) => {
      const world = await createWorld({ requireKey: true });
      await world.keys.make('sesame');
      expect(await statusOf(world, '/v1/models', { authorization })).toBe(401);
    },
  );

  it('lets any host and any page in that has one', async () => {
    const world = await createWorld({ requireKey: true });
    await world.keys.make('sesame');
    const headers = { authorization: 'bearer sesame', host: 'api.example', origin: 'https://a.b' };
    expect(await statusOf(world, '/v1/models', headers)).toBe(200);
  });

  it('logs which key it was, and never the key', async () => {
    const world = await createWorld({ requireKey: true });
    const keyId = await world.keys.make('sesame');
    await statusOf(world, '/v1/models', { authorization: 'Bearer sesame' });
    expect(world.log.entries.at(-1)?.fields).toMatchObject({ keyId, status: 200 });
    expect(JSON.stringify(world.log.entries)).not.toContain('sesame');
  });
});
