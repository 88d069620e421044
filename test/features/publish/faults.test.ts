import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryIndex } from '#adapters/memory/feature-index.ts';
import { AppError } from '#domain/errors.ts';
import type { FeatureDeps } from '#features/deps.ts';
import { publish } from '#features/publish/publish.ts';
import { type EmbeddedPostgres, startPglite } from '../../fakes/embedded-postgres.ts';
import { home, post } from '../crawl/pages.ts';
import { createWorld, type World } from '../crawl/world.ts';
import { found, seen, viewOf, watched } from './reader.ts';

const signal = new AbortController().signal;
const QUESTION = 'Which remedy for terns and gulls is still in place?';
let postgres: EmbeddedPostgres;
let world: World;
beforeAll(async () => {
  postgres = await startPglite();
  world = await createWorld(postgres);
});
afterAll(async () => {
  await world.close();
  await postgres.close();
});

const run = async (deps: FeatureDeps) => publish(deps, await viewOf(deps), () => undefined, signal);

type State = { readonly deps: FeatureDeps; readonly before: readonly string[] };

/** One epoch is published, and changes of every kind are recorded for the next. */
async function prepare(): Promise<State> {
  await world.reset();
  const deps = { ...world.deps, index: createMemoryIndex() };
  world.put('/', home('/a', '/b', '/c', '/d'));
  for (const path of ['/a', '/b', '/c']) world.put(path, post(`Birds of ${path}`));
  world.remove('/d');
  await world.crawl();
  await run(deps);
  world.put('/a', post('Birds of /a').replace('More of', 'Less of'));
  world.remove('/b');
  world.put('/d', post('Birds of /d'));
  await world.crawl();
  return { deps, before: await seen(deps) };
}

describe('a publication that is cut off', () => {
  it.each(['before', 'after'] as const)(
    'at any call of registry or index, %s it, shows whole epochs only and ends the same',
    async (moment) => {
      const calm = await prepare();
      await run(calm.deps);
      const after = await seen(calm.deps);
      expect(after).not.toEqual(calm.before);
      const cuts: string[] = [];
      for (let failAt = 1; ; failAt += 1) {
        const { deps, before } = await prepare();
        expect(before).toEqual(calm.before);
        let calls = 0;
        let cut: string | null = null;
        const broken = watched(deps, (name, when) => {
          if (when !== moment) return;
          calls += 1;
          if (calls !== failAt) return;
          cut = name;
          throw new AppError('internal', `cut at ${name}`);
        });
        await run(broken).catch(() => undefined);
        if (cut === null) break;
        cuts.push(cut);
        const { publishedEpoch } = await viewOf(deps);
        const visible = publishedEpoch === 1 ? before : after;
        expect([publishedEpoch, await seen(deps)]).toEqual([publishedEpoch, visible]);
        expect(await found(deps, QUESTION)).toEqual(visible);
        const left = await run(deps);
        expect((await viewOf(deps)).publishedEpoch).toBe(2);
        expect(left.epoch?.number ?? 2).toBe(2);
        expect(await seen(deps)).toEqual(after);
        expect(await seen(deps, 1)).toEqual(before);
      }
      expect(cuts).toEqual(
        expect.arrayContaining([
          'leases.acquire',
          'runs.start',
          'views.openEpoch',
          'views.commit',
          'index.upsert',
          'index.setEnd',
          'views.confirm',
          'index.seal',
          'views.publish',
          'runs.end',
        ]),
      );
    },
    300_000,
  );

  it('is taken up with what was recorded meanwhile, in the same epoch', async () => {
    const { deps } = await prepare();
    const broken = watched(deps, (name) => {
      if (name === 'index.seal') throw new AppError('upstream_unavailable', 'the index is away');
    });
    await expect(run(broken)).rejects.toMatchObject({ code: 'upstream_unavailable' });
    world.put('/a', post('Birds of /a'));
    world.put('/b', post('Birds of /b'));
    world.put('/d', post('Birds of the dunes'));
    await world.crawl();
    expect(await run(deps)).toMatchObject({ epoch: { number: 2 } });
    const lines = await seen(deps);
    expect(lines.filter((line) => !line.includes('/d '))).toEqual(await seen(deps, 1));
    expect(lines.filter((line) => line.includes('/d ')).join()).toContain('Birds of the dunes');
    expect(lines.join()).not.toContain('Birds of /d');
    expect(await found(deps, QUESTION)).toEqual(lines);
  });
});
