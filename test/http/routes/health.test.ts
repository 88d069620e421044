import { describe, expect, it } from 'vitest';
import { AppError } from '#domain/errors.ts';
import { healthSchema } from '#http/routes/health.ts';
import { createWorld } from '../world.ts';

describe('/healthz', () => {
  it('asks nobody', async () => {
    const { app } = await createWorld({
      ready: () => {
        throw new Error('asked');
      },
    });
    const response = await app.request('/healthz');
    expect(response.status).toBe(200);
    expect(healthSchema.parse(await response.json()).version).toBe('1.2.3');
  });
});

describe('/readyz', () => {
  it('says why it is not ready, with 503 whatever the reason', async () => {
    const fault = new AppError('unknown_channel', 'nothing was promoted yet');
    const { app, clock } = await createWorld({ ready: () => Promise.reject(fault) });
    const response = await app.request('/readyz');
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      error: {
        message: 'nothing was promoted yet',
        type: 'server_error',
        param: null,
        code: 'unknown_channel',
      },
    });
    expect(clock.sleeping()).toBe(0);
  });

  it('looks once for all who ask, and again after a while', async () => {
    let looks = 0;
    let isReady = true;
    const { app, clock } = await createWorld({
      limits: { readyCacheMs: 1_000 },
      ready: async () => {
        looks += 1;
        if (!isReady) throw new AppError('database_unavailable', 'away', { retryable: true });
      },
    });
    const ask = async () => (await app.request('/readyz')).status;
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([200, 200, 200]);
    isReady = false;
    expect(await ask()).toBe(200);
    expect(looks).toBe(1);
    await clock.advance(1_000);
    expect(await ask()).toBe(503);
    isReady = true;
    await clock.advance(1_000);
    expect(await ask()).toBe(200);
    expect(looks).toBe(3);
  });

  it('is not ready once the server shuts down', async () => {
    const { app } = await createWorld();
    const response = await app.request('/readyz', {}, { draining: true });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining('shutting down') },
    });
  });
});
