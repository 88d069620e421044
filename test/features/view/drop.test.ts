import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#domain/errors.ts';
import type { FeatureDeps } from '#features/deps.ts';
import { publish } from '#features/publish/publish.ts';
import { drop } from '#features/view/drop.ts';
import { at, manifest, snapshot } from '../../contracts/registry/make.ts';
import { rejection } from '../../fakes/collect.ts';
import { watched } from '../publish/watched.ts';
import { type Bed, openBed, text } from './bed.ts';

const signal = new AbortController().signal;
let bed: Bed;
beforeAll(async () => {
  bed = await openBed();
});
afterAll(() => bed.end());
beforeEach(async () => {
  await bed.reset();
  await bed.record('a', text('terns', 'gulls'));
  await bed.publish();
});

const run = async (deps: FeatureDeps = bed.deps, forgoRollback = false) =>
  drop(deps, { view: await bed.deps.registry.views.get('posts@v1'), forgoRollback }, signal);
const promote = async (view: string, channel = 'production') => {
  const { pairings, channels } = bed.deps.registry;
  const { id: pairingId } = await pairings.register(manifest({ view }), at(1));
  const move = { channel, action: 'promote', actor: 'anna', reason: 'because' } as const;
  await channels.move({ ...move, pairingId, evaluationId: null, at: at(2) });
};
const isThere = async () => {
  const view = await bed.deps.registry.views.get('posts@v1');
  return bed.deps.index.count(view, 1, signal).catch(() => null);
};

describe('drop', () => {
  it('removes the collection and the members, and keeps the epochs on record', async () => {
    const { views, runs } = bed.deps.registry;
    const epochs = await views.epochs('posts@v1');
    await run();
    expect(await isThere()).toBeNull();
    expect(await views.points('posts@v1', null, 10)).toEqual([]);
    expect(await views.epochs('posts@v1')).toEqual(epochs);
    expect((await views.get('posts@v1')).droppedAt).not.toBeNull();
    expect(await runs.last('view:posts@v1')).toMatchObject({ kind: 'drop', status: 'done' });
    expect((await bed.publish()).viewId).toBe('posts@v2');
  });

  it.each([
    ['now', ['posts@v1'], 'channel production answers from it by pairing-'],
    ['after a rollback', ['posts@v1', 'posts@v2'], 'would go back to it by pairing-'],
  ])('refuses a view that a channel needs %s', async (_, moves, told) => {
    for (const view of moves) await promote(view);
    const failure = await rejection(run());
    expect(failure).toMatchObject({ code: 'view_in_use' });
    expect(String(failure)).toContain(told);
    expect(await isThere()).toBe(2);
    expect((await bed.view()).droppedAt).toBeNull();
  });

  it('does not refuse on account of other views, or of what no step leads back to', async () => {
    for (const view of ['posts@v1', 'posts@v2', 'posts@v3']) await promote(view);
    await run();
    expect(await isThere()).toBeNull();
  });

  it('forgoes a rollback when it is told to, but never what answers now', async () => {
    await promote('posts@v1');
    await promote('posts@v2');
    await promote('posts@v1', 'canary');
    expect(String(await rejection(run(bed.deps, true)))).toContain('channel canary answers');
    await promote('posts@v3', 'canary');
    await run(bed.deps, true);
    expect(await isThere()).toBeNull();
  });

  it('refuses a view that snapshots are of, whatever it is told', async () => {
    await bed.deps.registry.snapshots.add(snapshot('snapshot-1'));
    for (const forgoRollback of [false, true]) {
      const failure = await rejection(run(bed.deps, forgoRollback));
      expect(failure).toMatchObject({ code: 'view_in_use' });
      expect(String(failure)).toContain('snapshot-1');
    }
    expect(await isThere()).toBe(2);
  });

  it('cut off at any call ends the same when it is done again', async () => {
    let tried = 0;
    for (let failAt = 1; ; failAt += 1) {
      await bed.reset();
      await bed.record('a', text('terns', 'gulls'));
      await bed.publish();
      let calls = 0;
      const broken = watched(bed.deps, () => {
        calls += 1;
        if (calls === failAt) throw new AppError('internal', 'cut');
      });
      await run(broken).catch(() => undefined);
      if (calls < failAt) break;
      tried += 1;
      const { droppedAt } = await bed.deps.registry.views.get('posts@v1');
      // Readers lose it whole or not at all.
      if (droppedAt === null) expect(await bed.seen('posts@v1', 1)).toHaveLength(2);
      await run();
      expect(await isThere(), `cut at ${failAt}`).toBeNull();
      expect(await bed.deps.registry.views.points('posts@v1', null, 10)).toEqual([]);
    }
    expect(tried).toBeGreaterThan(12);
  });

  it('is not undone by a publishing that had the view in hand', async () => {
    const view = await bed.view();
    await bed.record('b', text('puffins'));
    await run();
    const late = publish(bed.deps, view, () => undefined, signal);
    expect(await rejection(late)).toMatchObject({ code: 'not_found' });
    expect(await isThere()).toBeNull();
    expect(await bed.deps.registry.views.points('posts@v1', null, 10)).toEqual([]);
  });

  it('waits for a publishing that is at work, and is refused by it', async () => {
    const { leases } = bed.deps.registry;
    let looks = 0;
    const list = async () => {
      looks += 1;
      const expiresAt = new Date(Date.parse('2026-06-01') + looks).toISOString();
      return [{ name: 'view:posts@v1', holder: 'ben', expiresAt }];
    };
    await leases.acquire({
      name: 'view:posts@v1',
      holder: 'ben',
      now: at(0),
      expiresAt: '2026-06-01T00:00:00.000Z',
    });
    const busy = { ...bed.deps.registry, leases: { ...leases, list } };
    expect(await rejection(run({ ...bed.deps, registry: busy }))).toMatchObject({
      code: 'lease_held',
    });
    expect(await isThere()).toBe(2);
  });
});
