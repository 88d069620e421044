import { describe, expect, it } from 'vitest';
import { snapshotIdOf } from '#domain/dataset.ts';
import { takeSnapshot } from '#training/pipeline.ts';
import { requireUnchanged } from '#training/snapshot.ts';
import { createViewStub } from '../fakes/training-registry.ts';
import { blogPosts } from './posts.ts';
import { contents, createWorld, viewOf } from './world.ts';

const first = contents(blogPosts(4));
const second = [
  ...contents(blogPosts(6)),
  ...contents([{ path: '/x/', title: 'X', markdown: 'x' }], 'docs'),
];
const request = { viewId: 'posts@v1', epoch: null, filter: {} };

describe('takeSnapshot', () => {
  it('freezes the published epoch by default, under the hash of its members', async () => {
    const world = createWorld(first, second);
    const snapshot = await takeSnapshot(world, request);
    expect(snapshot).toMatchObject({ viewId: 'posts@v1', epoch: 2, filter: {}, documents: 7 });
    expect(snapshot.id).toBe(snapshotIdOf(snapshot));
    expect(await world.snapshots.get(snapshot.id)).toEqual(snapshot);
  });

  it('freezes an older epoch, and what a filter leaves of one', async () => {
    const world = createWorld(first, second);
    expect((await takeSnapshot(world, { ...request, epoch: 1 })).documents).toBe(4);
    const tagged = await takeSnapshot(world, { ...request, filter: { tag: 'even' } });
    const docs = await takeSnapshot(world, { ...request, filter: { sourceName: 'docs' } });
    expect([tagged.documents, docs.documents]).toEqual([3, 1]);
    expect(new Set([tagged.id, docs.id]).size).toBe(2);
  });

  it('gives back the first snapshot of the same members', async () => {
    const world = createWorld(first);
    const one = await takeSnapshot(world, request);
    await world.clock.advance(60_000);
    expect(await takeSnapshot(world, request)).toEqual(one);
    expect(await world.snapshots.list()).toHaveLength(1);
  });

  it.each([
    [3, /posts@v1#3 is not published yet; the newest published one is posts@v1#2/],
    [9, /posts@v1#9 is no epoch of the view/],
  ])('refuses epoch %i', async (epoch, message) => {
    const taking = takeSnapshot(createWorld(first, second), { ...request, epoch });
    await expect(taking).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringMatching(message),
    });
  });

  it('refuses a view that nothing was published of', async () => {
    await expect(takeSnapshot(createWorld(), request)).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('no published epoch yet'),
    });
  });

  it('refuses an empty snapshot, naming the filter', async () => {
    const filter = { language: 'ja', tag: 'even' };
    await expect(takeSnapshot(createWorld(first), { ...request, filter })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('{"language":"ja","tag":"even"}'),
    });
  });

  it('refuses an epoch of which members are gone', async () => {
    const world = createWorld(first, second);
    world.views.tamper(1, first.slice(1));
    await expect(takeSnapshot(world, { ...request, epoch: 1 })).rejects.toMatchObject({
      code: 'history_broken',
      message: expect.stringMatching(/published with 4 document\(s\).*but 3/),
    });
  });
});

describe('requireUnchanged', () => {
  it('refuses a snapshot whose members or whose own row changed', async () => {
    const views = createViewStub(viewOf(1), [first]);
    const world = { ...createWorld(first), views };
    const snapshot = await takeSnapshot(world, request);
    await expect(requireUnchanged(views, snapshot)).resolves.toBeUndefined();
    const forged = { ...snapshot, epoch: 1, filter: { tag: 'even' } };
    await expect(requireUnchanged(views, forged)).rejects.toMatchObject({ code: 'history_broken' });
    views.tamper(1, second);
    await expect(requireUnchanged(views, snapshot)).rejects.toMatchObject({
      code: 'history_broken',
    });
  });
});
