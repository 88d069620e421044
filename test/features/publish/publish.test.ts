import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PROBE_TEXTS } from '#domain/embedding.ts';
import { isVisible } from '#domain/epoch.ts';
import { AppError } from '#domain/errors.ts';
import type { FeatureDeps } from '#features/deps.ts';
import { ensureView } from '#features/ensure-view.ts';
import { publish } from '#features/publish/publish.ts';
import type { Embedder } from '#ports/embedder.ts';
import { type EmbeddedPostgres, startPglite } from '../../fakes/embedded-postgres.ts';
import { createPoolOf } from '../../fakes/embedder-pool.ts';
import { home, post } from '../crawl/pages.ts';
import { createWorld, type World } from '../crawl/world.ts';

const signal = new AbortController().signal;
let postgres: EmbeddedPostgres;
let world: World;
beforeAll(async () => {
  postgres = await startPglite();
}, 60_000);
afterAll(() => postgres.close());
beforeEach(async () => {
  world = await createWorld(postgres);
  world.put('/', home('/a', '/b'));
  world.put('/a', post('Terns'));
  world.put('/b', post('Gulls'));
  await world.crawl();
});
afterEach(() => world.close());

const view = (deps: FeatureDeps = world.deps) =>
  ensureView(deps, { name: 'posts', embedder: null, chunker: { tokensMax: 100 } }, signal);
const run = async (deps: FeatureDeps = world.deps) =>
  publish(deps, await view(deps), () => undefined, signal);

/** What a reader sees: a line for each visible chunk of the published epoch. */
async function seen(): Promise<readonly string[]> {
  const { index } = world.deps;
  const current = await view();
  const ids: string[] = [];
  await index.ensure(current, signal);
  for await (const point of index.scan(current, signal)) {
    if (isVisible(point, current.publishedEpoch)) ids.push(point.id);
  }
  const members = await index.fetch(current, ids, signal);
  return members.map(({ chunk, context }) => `${context.url} ${chunk.text}`).sort();
}

/** Counts the texts that are embedded, without those of the fingerprint. */
async function counting(deps: FeatureDeps) {
  const { embedder } = await deps.embedders.named(null, signal);
  const counted = { texts: 0, deps };
  const embed: Embedder['embed'] = (texts, purpose, abort) => {
    counted.texts += texts.filter((text) => !PROBE_TEXTS.includes(text)).length;
    return embedder.embed(texts, purpose, abort);
  };
  counted.deps = { ...deps, embedders: createPoolOf({ ...embedder, embed }) };
  return counted;
}

describe('publish', () => {
  it('makes all that was recorded visible at once, and nothing the second time', async () => {
    const first = await run();
    expect(first.epoch).toMatchObject({ number: 1, documents: 2 });
    expect(await seen()).toHaveLength(first.epoch?.chunks ?? -1);
    const again = await run();
    expect(again).toMatchObject({ epoch: null, counts: { documents: 0, embedded: 0, ended: 0 } });
  });

  it('embeds only the chunks whose text changed, and keeps the older epoch as it was', async () => {
    await run();
    const before = await seen();
    const changed = post('Terns').replace('<h2>More of Terns</h2>', '<h2>Less of Terns</h2>');
    world.put('/a', changed);
    await world.crawl();
    const current = await view();
    const counted = await counting(world.deps);
    const { epoch, counts } = await publish(counted.deps, current, () => undefined, signal);
    expect(epoch).toMatchObject({ number: 2 });
    expect(counts.kept).toBeGreaterThan(0);
    expect(counted.texts).toBe(counts.added);
    const after = await seen();
    expect(after).not.toEqual(before);
    const ids: string[] = [];
    for await (const point of world.deps.index.scan(current, signal)) {
      if (isVisible(point, 1)) ids.push(point.id);
    }
    const members = await world.deps.index.fetch(current, ids, signal);
    expect(members.map(({ chunk, context }) => `${context.url} ${chunk.text}`).sort()).toEqual(
      before,
    );
  });

  it('shows readers whole epochs only, wherever it is cut off, and ends the same', async () => {
    await run();
    const before = await seen();
    world.put('/a', post('Arctic terns'));
    world.remove('/b');
    await world.crawl();
    let calls = 0;
    let failAt = 1;
    const broken = failing(world.deps, () => {
      calls += 1;
      if (calls === failAt) throw new AppError('internal', `cut at call ${failAt}`);
    });
    for (; failAt < 60; failAt += 1) {
      calls = 0;
      const outcome = await run(broken).catch((thrown: unknown) => thrown);
      if (!(outcome instanceof Error)) break;
      expect(await seen()).toEqual(before);
    }
    expect(failAt).toBeGreaterThan(8);
    const after = await seen();
    expect(after.some((line) => line.includes('/b '))).toBe(false);
    expect(after.every((line) => line.includes('Arctic terns'))).toBe(true);
    expect(new Set(after).size).toBe(after.length);
  });

  it('is taken up with what was recorded meanwhile, in the same epoch', async () => {
    await run();
    const before = await seen();
    world.put('/a', post('Arctic terns'));
    world.remove('/b');
    world.put('/', home('/a', '/b', '/c'));
    world.put('/c', post('Skuas'));
    await world.crawl();
    const seal = async () => {
      throw new AppError('upstream_unavailable', 'the index is away', { retryable: true });
    };
    const away = { ...world.deps, index: { ...world.deps.index, seal } };
    await expect(run(away)).rejects.toMatchObject({ code: 'upstream_unavailable' });
    expect(await seen()).toEqual(before);
    world.put('/a', post('Terns'));
    world.put('/b', post('Gulls'));
    world.put('/c', post('Great skuas'));
    await world.crawl();
    expect(await run()).toMatchObject({ epoch: { number: 2 } });
    const after = await seen();
    expect(after.filter((line) => !line.includes('/c '))).toEqual(before);
    expect(after.filter((line) => line.includes('/c ')).join()).toContain('Great skuas');
    expect(after.join()).not.toContain('Arctic');
  });
});

/** The same dependencies, with a look at every call of the views and the index. */
function failing(deps: FeatureDeps, look: () => void): FeatureDeps {
  const watched = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (object, name, receiver) => {
        const member: unknown = Reflect.get(object, name, receiver);
        if (typeof member !== 'function' || name === 'ensure') return member;
        return async (...parameters: unknown[]) => {
          look();
          return Reflect.apply(member, object, parameters);
        };
      },
    });
  const { registry } = deps;
  return {
    ...deps,
    index: watched(deps.index),
    registry: { ...registry, views: watched(registry.views) },
  };
}
