import { afterAll, beforeAll, expect, it } from 'vitest';
import { publish } from '#features/publish/publish.ts';
import { createFakeClock } from '../../fakes/clock.ts';
import { type EmbeddedPostgres, startPglite } from '../../fakes/embedded-postgres.ts';
import { createFakeIds } from '../../fakes/ids.ts';
import { home, post } from '../crawl/pages.ts';
import { createWorld, type World } from '../crawl/world.ts';
import { seen, viewOf } from './reader.ts';
import { watched } from './watched.ts';

const signal = new AbortController().signal;
let postgres: EmbeddedPostgres;
let world: World;
beforeAll(async () => {
  postgres = await startPglite();
  world = await createWorld(postgres);
  world.put('/', home('/a', '/b'));
  world.put('/a', post('Terns'));
  world.put('/b', post('Gulls'));
  await world.crawl();
});
afterAll(async () => {
  await world.close();
  await postgres.close();
});

it('lets one of two publishers do it all, and refuses the other', async () => {
  const clock = createFakeClock();
  const gate = Promise.withResolvers<void>();
  const inside = Promise.withResolvers<void>();
  const upsert: typeof world.deps.index.upsert = async (...parameters) => {
    inside.resolve();
    await gate.promise;
    return world.deps.index.upsert(...parameters);
  };
  const slow = { ...world.deps, clock, index: { ...world.deps.index, upsert } };
  const view = await viewOf(world.deps);
  const first = publish({ ...slow, ids: createFakeIds(2) }, view, () => undefined, signal);
  await inside.promise;
  const other = { ...world.deps, clock, ids: createFakeIds(3) };
  const refusal = expect(publish(other, view, () => undefined, signal)).rejects.toMatchObject({
    code: 'lease_held',
  });
  const settled = refusal.then(() => true);
  for (let beats = 0; beats < 200; beats += 1) {
    await clock.advance(500);
    const pause = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 5));
    if (await Promise.race([settled, pause])) break;
  }
  await refusal;
  gate.resolve();
  const { epoch } = await first;
  expect(epoch).toMatchObject({ number: 1, documents: 2 });
  expect(await seen(world.deps)).toHaveLength(epoch?.chunks ?? -1);
  expect(await world.deps.registry.views.epochs(view.id)).toHaveLength(1);
});

it('publishes nothing when its lease was taken over meanwhile', async () => {
  world.put('/a', post('Arctic terns'));
  await world.crawl();
  const before = await seen(world.deps);
  const { registry, clock } = world.deps;
  const view = await viewOf(world.deps);
  let stolen = false;
  const robbed = watched(world.deps, (name, when) => {
    if (name === 'index.seal' && when === 'before') stolen = true;
  });
  const seal: typeof robbed.index.seal = async (...parameters) => {
    await robbed.index.seal(...parameters);
    const [lease] = await registry.leases.list();
    await registry.leases.release(lease?.name ?? '', lease?.holder ?? '');
    const now = clock.now();
    const expiresAt = new Date(Date.parse(now) + 6_000).toISOString();
    await registry.leases.acquire({ name: `view:${view.id}`, holder: 'thief', now, expiresAt });
  };
  const deps = { ...robbed, index: { ...robbed.index, seal } };
  await expect(publish(deps, view, () => undefined, signal)).rejects.toMatchObject({
    code: 'lease_held',
  });
  expect(stolen).toBe(true);
  expect(await seen(world.deps)).toEqual(before);
  await registry.leases.release(`view:${view.id}`, 'thief');
  expect((await publish(world.deps, view, () => undefined, signal)).epoch).toMatchObject({
    number: 2,
  });
});
