import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FeatureViewSpec } from '#domain/feature-view.ts';
import { ensureView, wantedSpec } from '#features/ensure-view.ts';
import { runFeatures } from '#features/pipeline.ts';
import { publish } from '#features/publish/publish.ts';
import { viewsInUse } from '#features/view/views-in-use.ts';
import { at, manifest, viewRequest } from '../contracts/registry/make.ts';
import { rejection } from '../fakes/collect.ts';
import { type Bed, openBed, SETTINGS, text } from './view/bed.ts';

const signal = new AbortController().signal;
let bed: Bed;
beforeAll(async () => {
  bed = await openBed();
});
afterAll(() => bed.end());
beforeEach(async () => {
  await bed.reset();
  await bed.record('a', text('terns'));
  await run();
});

const run = (settings = SETTINGS) =>
  runFeatures(
    bed.deps,
    { sources: [], view: settings, userAgent: 'lockstep' },
    () => undefined,
    signal,
  );
const promote = async (view: string, channel = 'production') => {
  const { pairings, channels } = bed.deps.registry;
  const { id: pairingId } = await pairings.register(manifest({ view }), at(1));
  const move = { channel, action: 'promote', actor: 'anna', reason: 'because' } as const;
  await channels.move({ ...move, pairingId, evaluationId: null, at: at(2) });
};
const OTHER_SIZE = { ...SETTINGS, chunker: { tokensMax: 60 } };

/** A version that is there by another spec than the settings’. */
async function addVersion(changes: Partial<FeatureViewSpec>, embedder = 'static:words') {
  const spec = { ...(await wantedSpec(bed.deps, SETTINGS, signal)), ...changes };
  const { fingerprint, probes } = await bed.deps.embedders.named(null, signal);
  const request = viewRequest({ spec, fingerprint, probes, embedder, configuredAs: 'others' });
  return bed.deps.registry.views.ensure(request);
}

describe('a feature run', () => {
  it('makes its view ready when it is published and verified, and no other', async () => {
    const { readyAt } = await bed.deps.registry.views.get('posts@v1');
    expect(readyAt).not.toBeNull();
    await bed.record('b', text('gulls'));
    const report = await run();
    expect(report).toMatchObject({
      view: { id: 'posts@v1', readyAt, publishedEpoch: 2 },
      publish: { epoch: { number: 2 } },
      others: [],
    });
  });

  it('publishes the same posts into the views that channels answer from', async () => {
    await promote('posts@v1');
    await bed.record('b', text('gulls'));
    const report = await run(OTHER_SIZE);
    expect(report).toMatchObject({
      view: { id: 'posts@v2', publishedEpoch: 1 },
      others: [{ viewId: 'posts@v1', epoch: 2, problem: null }],
    });
    expect(await bed.seen('posts@v1')).toEqual(await bed.seen('posts@v2'));
    expect((await run(OTHER_SIZE)).others).toEqual([
      { viewId: 'posts@v1', epoch: null, problem: null },
    ]);
  });

  it('keeps a view up to date that a rollback would go back to', async () => {
    await run(OTHER_SIZE);
    await promote('posts@v1');
    await promote('posts@v2');
    await bed.record('b', text('gulls'));
    expect((await run(OTHER_SIZE)).others).toMatchObject([{ viewId: 'posts@v1', epoch: 2 }]);
  });

  it('leaves views alone that nothing answers from', async () => {
    await run(OTHER_SIZE);
    await bed.record('b', text('gulls'));
    expect((await run()).others).toEqual([]);
    expect((await bed.deps.registry.views.get('posts@v2')).publishedEpoch).toBe(1);
  });

  it('leaves views alone that this build could not write as they are', async () => {
    const old = await addVersion({ cleaner: { name: 'markdown', version: 0 } });
    await promote(old.id);
    const report = await run();
    expect(report.publish.viewId).toBe('posts@v1');
    expect(report.others).toEqual([
      {
        viewId: old.id,
        epoch: null,
        problem: expect.stringContaining('cleaner markdown@0, which this version no longer has'),
      },
    ]);
    expect(await bed.deps.registry.views.epochs(old.id)).toEqual([]);
    expect(await bed.deps.registry.runs.last(`view:${old.id}`)).toBeNull();
    // Asked to write it all the same, nobody does.
    const refused = await rejection(ensureAndPublish(old.id));
    expect(refused).toMatchObject({ code: 'invalid_config' });
  });

  it('goes on when another view cannot be written, and tells which and why', async () => {
    const dense = { ...bed.words.embedder.spec, revision: 'gone' };
    const orphan = await addVersion({ dense });
    await promote(orphan.id);
    await run(OTHER_SIZE);
    await promote('posts@v3', 'canary');
    await bed.record('b', text('gulls'));
    const report = await run();
    expect(report).toMatchObject({ view: { id: 'posts@v1', publishedEpoch: 2 } });
    expect(report.others).toEqual([
      { viewId: orphan.id, epoch: null, problem: expect.stringContaining('revision gone') },
      { viewId: 'posts@v3', epoch: 2, problem: null },
    ]);
  });

  it('knows the views of a name that are in use, dropped ones left out', async () => {
    await run(OTHER_SIZE);
    await promote('posts@v1');
    await promote('posts@v2', 'canary');
    const inUse = async (name: string) =>
      (await viewsInUse(bed.deps.registry, name)).map(({ id }) => id);
    expect(await inUse('posts')).toEqual(['posts@v1', 'posts@v2']);
    expect(await inUse('notes')).toEqual([]);
    await bed.deps.registry.views.drop('posts@v1', at(3));
    expect(await inUse('posts')).toEqual(['posts@v2']);
  });
});

async function ensureAndPublish(viewId: string) {
  const view = await bed.deps.registry.views.get(viewId);
  return publish(bed.deps, view, () => undefined, signal);
}

describe('ensureView', () => {
  it('gives the view of the settings, made once', async () => {
    expect(await ensureView(bed.deps, SETTINGS, signal)).toMatchObject({
      id: 'posts@v1',
      embedder: 'static:words',
    });
    expect((await ensureView(bed.deps, OTHER_SIZE, signal)).id).toBe('posts@v2');
    expect((await ensureView(bed.deps, SETTINGS, signal)).id).toBe('posts@v1');
  });

  it('finds a version that was built by this spec under other settings', async () => {
    const chunker = { ...(await wantedSpec(bed.deps, OTHER_SIZE, signal)).chunker };
    const built = await addVersion({ chunker });
    expect(await ensureView(bed.deps, OTHER_SIZE, signal)).toEqual(built);
  });

  it('makes another one for a dropped one', async () => {
    await bed.deps.registry.views.drop('posts@v1', at(3));
    expect(await ensureView(bed.deps, SETTINGS, signal)).toMatchObject({
      id: 'posts@v2',
      droppedAt: null,
    });
  });

  it('keeps the view of an embedder that changed, which nobody may write to then', async () => {
    bed.words.weights = 'other';
    await rejection(bed.deps.embedders.check(await bed.view(), signal));
    expect((await bed.view()).id).toBe('posts@v1');
    await bed.record('b', text('gulls'));
    expect(await rejection(run())).toMatchObject({ code: 'embedding_space_mismatch' });
    expect((await bed.deps.registry.views.get('posts')).publishedEpoch).toBe(1);
    expect(await bed.deps.registry.leases.list()).toEqual([]);
  });
});
