import { describe, expect, it } from 'vitest';
import { load, point, signal } from '../../contracts/feature-index/points.ts';
import { startQdrantServer } from '../../fakes/qdrant-server.ts';
import { calls, view } from './calls.ts';
import { indexAt } from './index-at.ts';
import { inWords, useServer } from './using-server.ts';

describe('qdrant, with keys', () => {
  const { server, index } = useServer({ apiKey: 'right-key' });

  it('is used with the right one', async () => {
    await index().check(signal);
    await index().ensure(view, signal);
    await load(index(), view, [point('a')]);
    expect(await index().count(view, 1, signal)).toBe(1);
  });

  it.each([['wrong-key'], [null]])('says what to set when the key is %s', async (apiKey) => {
    const mine = index({ apiKey });
    const all = { check: () => mine.check(signal), ensure: () => mine.ensure(view, signal) };
    for (const call of Object.values({ ...all, ...calls(mine) })) {
      const error = await call().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        name: 'AppError',
        code: 'invalid_config',
        param: 'QDRANT_API_KEY',
        retryable: false,
        message: expect.stringContaining('refused the API key'),
      });
      expect(String(error)).not.toContain('wrong-key');
    }
    expect(server().collections.size).toBe(0);
  });

  it('says what to set when the key may only read', async () => {
    await index().ensure(view, signal);
    const body = inWords('Forbidden: Global manage access is required');
    server().fail(/PUT .*points/, { status: 403, body });
    await expect(index().upsert(view, [point('a')], signal)).rejects.toMatchObject({
      code: 'invalid_config',
      message: expect.stringMatching(/Global manage access.*read and write/),
    });
  });
});

describe('qdrant, of a version', () => {
  it.each(['1.18.3', '1.9.0', '0.11.1', '2.0.0'])('%s is refused', async (version) => {
    const { server, stop } = await serverOf(version);
    for (const call of [() => server.check(signal), () => server.ensure(view, signal)]) {
      await expect(call()).rejects.toMatchObject({
        code: 'invalid_config',
        param: 'QDRANT_URL',
        message: expect.stringMatching(new RegExp(`Qdrant ${version};.*1\\.19 or newer`)),
      });
    }
    await stop();
  });

  it.each(['1.19.0', '1.20.1-dev', '1.100.0'])('%s is taken', async (version) => {
    const { server, stop } = await serverOf(version);
    await server.check(signal);
    await server.ensure(view, signal);
    await stop();
  });

  it('none is no Qdrant', async () => {
    const { server, stop } = await serverOf('of something else');
    await expect(server.check(signal)).rejects.toMatchObject({
      code: 'invalid_config',
      message: expect.stringContaining('is no Qdrant'),
    });
    await stop();
  });

  it('is asked for once', async () => {
    const { server, stop, requests } = await serverOf('1.19.0');
    await server.ensure(view, signal);
    await load(server, view, [point('a')]);
    expect(requests.filter((line) => line === 'GET /')).toHaveLength(1);
    await stop();
  });
});

async function serverOf(version: string) {
  const started = await startQdrantServer({ version });
  return { server: indexAt(started.url), stop: started.close, requests: started.requests };
}
