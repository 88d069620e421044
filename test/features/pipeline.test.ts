import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Progress } from '#domain/run.ts';
import { runFeatures } from '#features/pipeline.ts';
import { type EmbeddedPostgres, startPglite } from '../fakes/embedded-postgres.ts';
import { failed, home, post } from './crawl/pages.ts';
import { createWorld, type World } from './crawl/world.ts';
import { seen } from './publish/reader.ts';

let postgres: EmbeddedPostgres;
let world: World;
beforeAll(async () => {
  postgres = await startPglite();
});
afterAll(() => postgres.close());
beforeEach(async () => {
  world = await createWorld(postgres);
  world.put('/', home('/a', '/b'));
  world.put('/a', post('Terns'));
  world.put('/b', post('Gulls'));
  world.put('/c', post('Skuas'));
  return () => world.close();
});

const viewRequest = (tokensMax: number) => ({
  name: 'posts',
  embedder: null,
  chunker: { tokensMax },
});
const never = new AbortController().signal;
const request = (sources = [world.source]) => ({
  sources,
  view: viewRequest(100),
  userAgent: 'lockstep',
});

describe('the feature pipeline', () => {
  it('crawls its sources and publishes all of it as one epoch', async () => {
    const { source } = world.other({ name: 'list', kind: 'list', paths: ['/c'] });
    const told: Progress[] = [];
    const report = await runFeatures(
      world.deps,
      request([world.source, source]),
      (progress) => told.push(progress),
      never,
    );
    expect(report.crawls.map(({ source: name, counts }) => [name, counts.new])).toEqual([
      ['blog', 2],
      ['list', 1],
    ]);
    expect(report.view).toMatchObject({ id: 'posts@v1', version: 1 });
    expect(report.publish.epoch).toMatchObject({ number: 1, documents: 3 });
    expect(await seen(world.deps)).toHaveLength(report.publish.epoch?.chunks ?? -1);
    for (const { done, total } of told) expect(done).toBeLessThanOrEqual(total ?? done);
    expect(new Set(told.map(({ stage }) => stage))).toEqual(new Set(['crawl', 'embed', 'verify']));
    const runs = await world.deps.registry.runs.list(10);
    expect(runs.map(({ kind, status }) => `${kind} ${status}`).toSorted()).toEqual([
      'crawl done',
      'crawl done',
      'publish done',
      'verify done',
    ]);
    expect(runs.find(({ kind }) => kind === 'publish')?.produced).toEqual(['posts@v1#1']);
  });

  it('publishes nothing when it is run again on the same pages', async () => {
    await runFeatures(world.deps, request(), () => undefined, never);
    const again = await runFeatures(world.deps, request(), () => undefined, never);
    expect(again.publish.epoch).toBeNull();
    expect(again.crawls[0]?.counts).toMatchObject({ unchanged: 3 });
    expect(await world.deps.registry.views.epochs('posts@v1')).toHaveLength(1);
  });

  it('builds another view beside the first for another size of chunks', async () => {
    await runFeatures(world.deps, request(), () => undefined, never);
    const before = await seen(world.deps);
    const other = await runFeatures(
      world.deps,
      { ...request([]), view: viewRequest(40) },
      () => undefined,
      never,
    );
    expect(other.view.id).toBe('posts@v2');
    expect(other.publish.epoch).toMatchObject({ viewId: 'posts@v2', number: 1, documents: 2 });
    expect(await seen(world.deps)).toEqual(before);
  });

  it('publishes nothing when a source cannot be crawled, and loses nothing', async () => {
    world.answer('/robots.txt', failed('/robots.txt', 503));
    await expect(runFeatures(world.deps, request(), () => undefined, never)).rejects.toMatchObject({
      code: 'http_status',
      retryable: true,
    });
    expect(await world.deps.registry.views.list()).toEqual([]);
    world.remove('/robots.txt');
    const report = await runFeatures(world.deps, request(), () => undefined, never);
    expect(report.publish.epoch).toMatchObject({ documents: 2 });
  });

  it('stops before it publishes when it is aborted', async () => {
    const stop = new AbortController();
    const running = runFeatures(world.deps, request(), () => stop.abort(), stop.signal);
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    expect(await world.deps.registry.leases.list()).toEqual([]);
  });
});
