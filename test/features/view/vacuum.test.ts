import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#domain/errors.ts';
import type { FeatureDeps } from '#features/deps.ts';
import { vacuum } from '#features/view/vacuum.ts';
import { verify } from '#features/view/verify.ts';
import { snapshot } from '../../contracts/registry/make.ts';
import { rejection } from '../../fakes/collect.ts';
import { watched } from '../publish/watched.ts';
import { type Bed, openBed, text } from './bed.ts';
import { points } from './damage.ts';

const signal = new AbortController().signal;
let bed: Bed;
beforeAll(async () => {
  bed = await openBed();
});
afterAll(() => bed.end());
beforeEach(() => bed.reset());

const run = async (keep: number, dryRun = false, deps: FeatureDeps = bed.deps) =>
  vacuum(deps, { view: await bed.view(), keep, dryRun }, () => undefined, signal);
const keepSnapshot = (epoch: number, viewId = 'posts@v1') =>
  bed.deps.registry.snapshots.add(snapshot(`snapshot-${viewId}-${epoch}`, { viewId, epoch }));

/** As many epochs, each with another text of one post beside one that stays. */
async function publishMany(epochs: number): Promise<readonly (readonly string[])[]> {
  await bed.record('b', text('puffins'));
  const shown: (readonly string[])[] = [[]];
  for (let epoch = 1; epoch <= epochs; epoch += 1) {
    await bed.record('a', text(`terns of ${epoch}`));
    await bed.publish();
    shown.push(await bed.seen());
  }
  return shown;
}

describe('vacuum', () => {
  it('removes what only epochs before the last ones show, from index and registry', async () => {
    const shown = await publishMany(5);
    expect(await run(2)).toEqual({
      viewId: 'posts@v1',
      firstEpoch: 4,
      removed: 3,
      keptBy: [],
    });
    expect((await bed.view()).firstEpoch).toBe(4);
    for (const epoch of [4, 5]) expect(await bed.seen('posts@v1', epoch)).toEqual(shown[epoch]);
    expect(await points(bed)).toHaveLength(3);
    expect(await bed.deps.registry.views.points('posts@v1', null, 10)).toHaveLength(3);
    expect(await bed.deps.registry.runs.last('view:posts@v1')).toMatchObject({
      kind: 'vacuum',
      status: 'done',
      counts: { removed: 3 },
    });
    expect(await run(2)).toMatchObject({ firstEpoch: 4, removed: 0 });
    const view = await bed.view();
    const verified = await verify(bed.deps, { view, repair: false }, () => undefined, signal);
    expect(verified.passed).toBe(true);
  });

  it('says what would go on a dry run, and leaves it', async () => {
    await publishMany(5);
    const before = await points(bed);
    expect(await run(2, true)).toMatchObject({ firstEpoch: 4, removed: 3 });
    expect((await bed.view()).firstEpoch).toBe(1);
    expect(await points(bed)).toEqual(before);
    expect((await run(2)).removed).toBe(3);
  });

  it('keeps all since the oldest snapshot of the view, and names what kept it', async () => {
    const shown = await publishMany(5);
    await keepSnapshot(2);
    await keepSnapshot(5);
    await keepSnapshot(1, 'posts@v9');
    expect(await run(1)).toEqual({
      viewId: 'posts@v1',
      firstEpoch: 2,
      removed: 1,
      keptBy: ['snapshot-posts@v1-2'],
    });
    for (const epoch of [2, 3, 4, 5]) {
      expect(await bed.seen('posts@v1', epoch)).toEqual(shown[epoch]);
    }
  });

  it('leaves the open epoch’s readers their published one', async () => {
    const shown = await publishMany(2);
    await bed.close('a');
    const seal = async () => {
      throw new AppError('internal', 'cut');
    };
    await rejection(bed.publish({ ...bed.deps, index: { ...bed.deps.index, seal } }));
    expect(await run(1)).toMatchObject({ firstEpoch: 2, removed: 1 });
    expect(await bed.seen()).toEqual(shown[2]);
    expect((await bed.publish()).epoch?.number).toBe(3);
  });

  it('leaves a view alone of which nothing is published', async () => {
    expect(await run(1)).toMatchObject({ firstEpoch: 1, removed: 0 });
    expect((await bed.view()).firstEpoch).toBe(1);
  });

  it.each([0, -1, Number.NaN])('refuses to keep %s epochs', async (keep) => {
    await publishMany(2);
    const before = await points(bed);
    expect(await rejection(run(keep))).toMatchObject({ code: 'invalid_input', param: 'keep' });
    expect(await points(bed)).toEqual(before);
  });

  it('never makes an epoch readable again that was forgotten', async () => {
    await publishMany(5);
    await run(1);
    expect(await run(4)).toMatchObject({ firstEpoch: 5, removed: 0 });
    expect((await bed.view()).firstEpoch).toBe(5);
  });

  it('cut off at any call is done again, and ends the same', async () => {
    let calm: unknown = null;
    let tried = 0;
    for (let failAt = 0; ; failAt += 1) {
      await bed.reset();
      const shown = await publishMany(3);
      let calls = 0;
      const broken = watched(bed.deps, () => {
        calls += 1;
        if (calls === failAt) throw new AppError('internal', 'cut');
      });
      await run(1, false, broken).catch(() => undefined);
      if (failAt > calls) break;
      tried += 1;
      expect(await bed.seen(), `cut at ${failAt}`).toEqual(shown[3]);
      await run(1);
      const left = { points: await points(bed), view: (await bed.view()).firstEpoch };
      calm ??= left;
      expect(left, `cut at ${failAt}`).toEqual(calm);
    }
    expect(tried).toBeGreaterThan(20);
  });
});

type Event =
  | { readonly kind: 'record'; readonly path: string; readonly topics: readonly string[] }
  | { readonly kind: 'close'; readonly path: string }
  | { readonly kind: 'publish' }
  /** Of the epoch that is so far back. */
  | { readonly kind: 'snapshot'; readonly back: number }
  /** Cut off at a call, if there are so many. */
  | { readonly kind: 'vacuum'; readonly keep: number; readonly cutAt: number };

const path = fc.constantFrom('a', 'b', 'c');
const topics = fc.array(fc.constantFrom('terns', 'gulls', 'auks'), { minLength: 1, maxLength: 3 });
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('record' as const), path, topics }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('close' as const), path }) },
  { weight: 4, arbitrary: fc.constant({ kind: 'publish' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('snapshot' as const), back: fc.nat(3) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('vacuum' as const),
      keep: fc.integer({ min: 1, max: 4 }),
      cutAt: fc.nat(40),
    }),
  },
);

/** What each epoch showed when it was published; the first is that before the first. */
type Model = {
  readonly shown: (readonly string[])[];
  readonly snapshots: Set<number>;
  keptMin: number;
};

async function happen(model: Model, next: Event): Promise<void> {
  if (next.kind === 'record') await bed.record(next.path, text(...next.topics));
  else if (next.kind === 'close') await bed.close(next.path);
  else if (next.kind === 'publish') {
    if ((await bed.publish()).epoch !== null) model.shown.push(await bed.seen());
  } else if (next.kind === 'snapshot') {
    const epoch = model.shown.length - 1 - next.back;
    if (epoch < (await bed.view()).firstEpoch) return;
    await keepSnapshot(epoch);
    model.snapshots.add(epoch);
  } else {
    let calls = 0;
    const broken = watched(bed.deps, () => {
      calls += 1;
      if (calls === next.cutAt) throw new AppError('internal', 'cut');
    });
    await run(next.keep, false, broken).catch(() => undefined);
    model.keptMin = Math.max(model.keptMin, model.shown.length - next.keep);
  }
}

it('never takes what a snapshot, the published epoch or the window needs', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 6, maxLength: 20 }), async (events) => {
      await bed.reset();
      const model: Model = { shown: [[]], snapshots: new Set(), keptMin: 1 };
      for (const next of events) await happen(model, next);
      const { firstEpoch, publishedEpoch } = await bed.view();
      expect(publishedEpoch).toBe(model.shown.length - 1);
      const needed = Math.min(model.keptMin, ...model.snapshots);
      expect(firstEpoch).toBeLessThanOrEqual(Math.max(1, needed));
      for (let epoch = firstEpoch; epoch <= publishedEpoch; epoch += 1) {
        expect(await bed.seen('posts@v1', epoch), `epoch ${epoch}`).toEqual(model.shown[epoch]);
        const { chunks } = await bed.deps.registry.views.membership('posts@v1', epoch, {});
        expect(chunks).toBe(model.shown[epoch]?.length);
      }
      // What nothing needs is gone in the end.
      const { firstEpoch: last } = await run(1);
      expect(last).toBe(Math.max(firstEpoch, Math.min(publishedEpoch || 1, ...model.snapshots)));
      const view = await bed.view();
      if (publishedEpoch > 0) {
        const spans = (await points(bed)).map(({ member }) => member);
        expect(spans.filter(({ to }) => to <= last)).toEqual([]);
        const found = await verify(bed.deps, { view, repair: false }, () => undefined, signal);
        expect(found.passed).toBe(true);
      }
    }),
    { numRuns: 25 },
  );
}, 120_000);
