import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FeatureView } from '#domain/feature-view.ts';
import { ensureView } from '#features/ensure-view.ts';
import { publish } from '#features/publish/publish.ts';
import { diffViews } from '#features/view/diff.ts';
import { urlOf } from '../../contracts/registry/make.ts';
import { type Bed, openBed, SETTINGS, text } from './bed.ts';

const signal = new AbortController().signal;
let bed: Bed;
beforeAll(async () => {
  bed = await openBed();
});
afterAll(() => bed.end());
beforeEach(async () => {
  await bed.reset();
  for (const path of ['d', 'b', 'a', 'c']) await bed.record(path, text(path, 'terns'));
  await bed.publish();
  await bed.close('b');
  await bed.close('a');
  await bed.record('c', text('c'));
  await bed.record('f', text('f'));
  await bed.record('e', text('e'));
  await bed.publish();
});

const diff = (left: FeatureView, leftEpoch: number, right: FeatureView, rightEpoch: number) =>
  diffViews(
    bed.deps.registry.views,
    { view: left, epoch: leftEpoch },
    { view: right, epoch: rightEpoch },
  );

describe('diffViews', () => {
  it('tells what two epochs of a view hold otherwise, by URL', async () => {
    const view = await bed.view();
    expect(await diff(view, 1, view, 2)).toEqual({
      spec: [],
      documents: {
        left: 4,
        right: 4,
        same: 1,
        added: [urlOf('e'), urlOf('f')],
        removed: [urlOf('a'), urlOf('b')],
        changed: [urlOf('c')],
      },
      chunks: { left: 8, right: 5 },
    });
  });

  it('is the other way round from the other side, and nothing between equals', async () => {
    const view = await bed.view();
    const { documents } = await diff(view, 2, view, 1);
    expect(documents).toMatchObject({
      added: [urlOf('a'), urlOf('b')],
      removed: [urlOf('e'), urlOf('f')],
      changed: [urlOf('c')],
    });
    expect((await diff(view, 2, view, 2)).documents).toEqual({
      left: 4,
      right: 4,
      same: 4,
      added: [],
      removed: [],
      changed: [],
    });
    expect((await diff(view, 0, view, 1)).documents.added).toHaveLength(4);
  });

  it('tells which parts of two views’ specs differ, of the same revisions', async () => {
    const first = await bed.view();
    const chunker = { tokensMax: 60, overlapTokens: 5 };
    const other = await ensureView(
      bed.deps,
      { ...SETTINGS, embedder: 'static:others', chunker },
      signal,
    );
    await publish(bed.deps, other, () => undefined, signal);
    const { spec, documents } = await diff(first, 2, other, 1);
    expect(documents).toMatchObject({ same: 4, added: [], removed: [], changed: [] });
    expect(spec).toEqual([
      { path: 'chunker.overlapTokens', left: null, right: 5 },
      { path: 'chunker.tokensMax', left: 40, right: 60 },
      { path: 'dense.dimension', left: 32, right: 16 },
      { path: 'dense.model', left: 'words', right: 'others' },
    ]);
  });
});
