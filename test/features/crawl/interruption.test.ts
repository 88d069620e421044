import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#domain/errors.ts';
import { crawl } from '#features/crawl/crawl.ts';
import type { FeatureDeps } from '#features/deps.ts';
import type { PageFetcher } from '#ports/page-fetcher.ts';
import { createFakeClock } from '../../fakes/clock.ts';
import { type EmbeddedPostgres, startPglite } from '../../fakes/embedded-postgres.ts';
import { createFakeIds } from '../../fakes/ids.ts';
import { home, post } from './pages.ts';
import { createWorld, type World } from './world.ts';

let postgres: EmbeddedPostgres;
let world: World;
beforeAll(async () => {
  postgres = await startPglite();
});
afterAll(() => postgres.close());
beforeEach(async () => {
  world = await createWorld(postgres);
  world.put('/', home('/a', '/b', '/c'), 'h1');
  for (const path of ['/a', '/b', '/c']) world.put(path, post(`Birds of ${path}`), path);
});
afterEach(() => world.close());

const never = new AbortController().signal;
const run = (deps: FeatureDeps, signal = never) =>
  crawl(deps, { source: world.source, userAgent: 'lockstep' }, () => undefined, signal);

describe('a crawl that is aborted', () => {
  it('writes nothing any more once it has rejected, and leaves its run as cancelled', async () => {
    const stop = new AbortController();
    const { registry } = world.deps;
    let ended = false;
    const late: string[] = [];
    const watched = new Proxy(registry.documents, {
      get(target, name, receiver) {
        if (ended) late.push(String(name));
        // In the middle of recording a page, while others are under way.
        if (name === 'record') stop.abort(new DOMException('stopped', 'AbortError'));
        return Reflect.get(target, name, receiver);
      },
    });
    const deps = { ...world.deps, registry: { ...registry, documents: watched } };
    await expect(run(deps, stop.signal)).rejects.toMatchObject({ code: 'cancelled' });
    ended = true;
    const live = await world.live();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(late).toEqual([]);
    expect(live).toHaveLength(1);
    expect(await world.live()).toEqual(live);
    expect(await registry.leases.list()).toEqual([]);
    expect((await registry.runs.list(1))[0]).toMatchObject({ status: 'cancelled' });
    await world.crawl();
    expect(await world.live()).toEqual(['/a', '/b', '/c']);
  });

  it('fails with what the registry says, after all visits are back', async () => {
    const { registry } = world.deps;
    const record = async () => {
      throw new AppError('database_unavailable', 'the database is away', { retryable: true });
    };
    const documents = { ...registry.documents, record };
    const deps = { ...world.deps, registry: { ...registry, documents } };
    await expect(run(deps)).rejects.toMatchObject({ code: 'database_unavailable' });
    expect((await registry.runs.list(1))[0]).toMatchObject({
      status: 'failed',
      error: 'the database is away',
    });
    await world.crawl();
    expect(await world.live()).toEqual(['/a', '/b', '/c']);
  });

  it.each([
    ['takes up the run of a crawl that was killed', 0, 'done'],
    ['marks it as failed and begins anew when that was long ago', 60, 'failed'],
  ] as const)('%s', async (_what, hoursAgo, status) => {
    const { registry, clock } = world.deps;
    const id = createFakeIds(7).next();
    const at = new Date(Date.parse(clock.now()) - hoursAgo * 3_600_000).toISOString();
    await registry.runs.start({ id, kind: 'crawl', subject: 'source:blog', at });
    const { runId } = await world.crawl();
    const runs = await registry.runs.list(5);
    expect(runs.find((other) => other.id === id)).toMatchObject({ status });
    expect(runs.filter((run) => run.status === 'done').map((run) => run.id)).toEqual([runId]);
  });
});

describe('two crawls of a source at once', () => {
  it('are one crawl, and a refusal that did nothing', async () => {
    const clock = createFakeClock();
    const gate = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const fetcher: PageFetcher = {
      ...world.deps.fetcher,
      fetch: async (request, signal) => {
        arrived.resolve();
        await gate.promise;
        return world.deps.fetcher.fetch(request, signal);
      },
    };
    const first = run({ ...world.deps, clock, fetcher, ids: createFakeIds(2) });
    await arrived.promise;
    const second = run({ ...world.deps, clock, ids: createFakeIds(3) });
    const refusal = expect(second).rejects.toMatchObject({ code: 'lease_held', retryable: true });
    const settled = refusal.then(() => true);
    for (let beats = 0; beats < 200; beats += 1) {
      await clock.advance(500);
      const pause = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 5));
      if (await Promise.race([settled, pause])) break;
    }
    await refusal;
    expect(world.requests()).toEqual([]);
    expect(await world.deps.registry.runs.list(5)).toHaveLength(1);
    gate.resolve();
    await first;
    expect(await world.live()).toEqual(['/a', '/b', '/c']);
  });
});
