import { beforeEach, describe, expect, it } from 'vitest';
import { specHashOf } from '#domain/feature-view.ts';
import type { Registry } from '#ports/registry.ts';
import { outcomes, refusal } from './bed.ts';
import { at, commitOf, PROBES, uuid, viewRequest, viewSpec } from './make.ts';
import { createWriter, nextOf, pendingOf, VIEW } from './writer.ts';

/** Views from when they are made until they are dropped. */
export function readinessCases(registry: () => Registry): void {
  const views = () => registry().views;
  const ensure = (tokensMax: number, changes: object = {}) =>
    views().ensure(viewRequest({ spec: viewSpec(tokensMax), ...changes }));

  it('marks a view as ready once, and keeps when that was', async () => {
    await ensure(100);
    const ready = await views().markReady('posts@v1', at(5));
    expect(ready).toMatchObject({ id: 'posts@v1', readyAt: at(5) });
    expect(await views().markReady('posts@v1', at(9))).toEqual(ready);
    expect(await views().get('posts@v1')).toEqual(ready);
    expect(await ensure(100)).toEqual(ready);
    await refusal(views().markReady('posts@v2', at(5)), 'not_found');
  });

  it('gives by a name the newest that is ready, or else the newest, and no dropped one', async () => {
    const named = async () => (await views().get('posts')).id;
    for (const tokensMax of [100, 200, 300]) await ensure(tokensMax);
    expect(await named()).toBe('posts@v3');
    await views().markReady('posts@v1', at(1));
    expect(await named()).toBe('posts@v1');
    await views().markReady('posts@v2', at(2));
    expect(await named()).toBe('posts@v2');
    await views().drop('posts@v2', at(3));
    expect(await named()).toBe('posts@v1');
    await views().drop('posts@v1', at(4));
    expect(await named()).toBe('posts@v3');
    await views().drop('posts@v3', at(5));
    // By its id a dropped view is still told of.
    expect(await views().get('posts@v2')).toMatchObject({ droppedAt: at(3), readyAt: at(2) });
  });

  it('gives what stands for the settings, by the order of readiness, and nothing else', async () => {
    const under = (configuredAs: string) => ({ configuredAs });
    await ensure(100, under('s'));
    await ensure(200, under('s'));
    await ensure(300, under('t'));
    await ensure(100, { name: 'notes', ...under('s') });
    const standing = async (settings: string) =>
      (await views().configured('posts', settings))?.id ?? null;
    expect(await standing('s')).toBe('posts@v2');
    await views().markReady('posts@v1', at(1));
    expect([await standing('s'), await standing('t')]).toEqual(['posts@v1', 'posts@v3']);
    await views().markReady('posts@v2', at(2));
    expect(await standing('s')).toBe('posts@v2');
    await views().drop('posts@v2', at(3));
    expect(await standing('s')).toBe('posts@v1');
    await views().drop('posts@v1', at(4));
    expect(await standing('s')).toBeNull();
    expect((await views().configured('notes', 's'))?.id).toBe('notes@v1');
    expect(await standing('u')).toBeNull();
  });

  it('keeps under which settings a version was made, whoever asks for it again', async () => {
    await ensure(100, { configuredAs: 'first' });
    await ensure(100, { configuredAs: 'second' });
    expect((await views().configured('posts', 'first'))?.id).toBe('posts@v1');
    expect(await views().configured('posts', 'second')).toBeNull();
  });

  it('keeps the probes bit by bit, those of the first who made the view', async () => {
    // A view on a larger buffer is stored by itself.
    const shifted = new Float32Array([9, 9, ...(PROBES[0] ?? []), 9]).subarray(2, 6);
    await ensure(100, { probes: [shifted, ...PROBES.slice(1)] });
    await ensure(100, { probes: [new Float32Array(4), new Float32Array(4)] });
    const kept = await views().probes('posts@v1');
    expect(kept).toEqual(PROBES);
    expect(Object.is(kept[0]?.[1], -0)).toBe(true);
    await ensure(200, { probes: [] });
    expect(await views().probes('posts@v2')).toEqual([]);
    expect(await views().probes('posts@v9')).toEqual([]);
    expect(JSON.stringify(await views().list())).not.toContain('probes');
  });

  it('makes one view of many equal requests at once, also beside a dropped one', async () => {
    await ensure(100);
    await views().drop('posts@v1', at(1));
    const made = await Promise.all([1, 2, 3, 4].map(() => ensure(100)));
    expect(new Set(made.map(({ id }) => id))).toEqual(new Set(['posts@v2']));
  });

  it('never gives a dropped view’s name, nor its collection, to another', async () => {
    const first = await ensure(100);
    await ensure(200);
    await views().drop('posts@v2', at(1));
    const next = await ensure(200);
    expect(next).toMatchObject({ id: 'posts@v3', collection: 'posts_v3', droppedAt: null });
    await views().drop('posts@v1', at(2));
    await views().drop('posts@v3', at(2));
    expect(await ensure(100)).toMatchObject({ id: 'posts@v4', specHash: first.specHash });
    expect((await views().list()).map(({ id, droppedAt }) => [id, droppedAt])).toEqual([
      ['posts@v1', at(2)],
      ['posts@v2', at(1)],
      ['posts@v3', at(2)],
      ['posts@v4', null],
    ]);
    expect(next.specHash).toBe(specHashOf(viewSpec(200)));
  });

  describe('once dropped', () => droppedCases(registry));
}

function droppedCases(registry: () => Registry): void {
  const views = () => registry().views;
  const writer = () => createWriter(registry());
  beforeEach(async () => {
    await writer().prepare();
    await writer().record('a', 'one\n\ntwo');
    await writer().record('b', 'three');
    await writer().run();
  });

  it('removes a dropped view’s members, keeps its epochs, and leaves the others alone', async () => {
    const other = await views().ensure(viewRequest({ name: 'notes' }));
    const { number } = await views().openEpoch(other.id, uuid('run'), at(1));
    for (const pending of await pendingOf(views(), other.id)) {
      await views().commit(commitOf(other.id, number, pending));
    }
    const kept = await views().points(other.id, null, 10);
    expect(kept).toHaveLength(3);
    await views().drop(VIEW, at(7));
    await views().drop(VIEW, at(8));
    expect(await views().get(VIEW)).toMatchObject({ droppedAt: at(7), publishedEpoch: 1 });
    expect(await views().points(VIEW, null, 10)).toEqual([]);
    expect(await views().documentsAt(VIEW, 1)).toEqual([]);
    expect((await views().epochs(VIEW)).map((epoch) => epoch.chunks)).toEqual([3]);
    expect(await views().points(other.id, null, 10)).toEqual(kept);
  });

  it('opens no epoch of a dropped view, and so takes nothing in again', async () => {
    await writer().record('a', 'another');
    const next = await nextOf(views(), VIEW);
    await writer().open();
    await views().drop(VIEW, at(7));
    await refusal(writer().open(), 'not_found');
    await refusal(views().commit(commitOf(VIEW, 2, next)), 'lease_held');
    expect(await views().points(VIEW, null, 10)).toEqual([]);
    expect((await views().epochs(VIEW)).map(({ status }) => status)).toEqual(['published']);
  });

  it('is dropped whole, or not at all, beside those that commit to it', async () => {
    await writer().record('c', 'four');
    const next = await nextOf(views(), VIEW);
    const { number } = await writer().open();
    const commits = [1, 2, 3].map(() => views().commit(commitOf(VIEW, number, next)));
    await outcomes([...commits, views().drop(VIEW, at(7)), views().drop(VIEW, at(7))]);
    expect(await views().points(VIEW, null, 10)).toEqual([]);
    expect(await views().documentsAt(VIEW, number)).toEqual([]);
  });
}
