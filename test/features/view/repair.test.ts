import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#domain/errors.ts';
import type { FeatureDeps } from '#features/deps.ts';
import { verify } from '#features/view/verify.ts';
import { rejection } from '../../fakes/collect.ts';
import { watched } from '../publish/watched.ts';
import { type Bed, openBed, text } from './bed.ts';
import { DAMAGES, points, publishTwo } from './damage.ts';

const signal = new AbortController().signal;
let bed: Bed;
beforeAll(async () => {
  bed = await openBed();
});
afterAll(() => bed.end());
beforeEach(async () => {
  await bed.reset();
  await publishTwo(bed);
});

const repair = async (deps: FeatureDeps = bed.deps) =>
  verify(deps, { view: await bed.view(), repair: true }, () => undefined, signal);
/** Texts that were embedded for points, since the last time this was asked. */
const embedded = () => bed.words.texts.splice(0).filter((one) => one.includes('About '));

describe('view verify --repair', () => {
  it('does nothing to a view that is as it should be', async () => {
    const before = await points(bed);
    await bed.record('c', text('petrels'));
    const found = await repair();
    expect(found).toMatchObject({ passed: true, repaired: null, epoch: 2 });
    expect(await points(bed)).toEqual(before);
  });

  it.each(DAMAGES)('mends $name, for readers of every epoch', async ({ damage }) => {
    const before = await points(bed);
    await damage(bed);
    const found = await repair();
    expect(found).toMatchObject({ passed: true, epoch: 2, repaired: { epoch: null } });
    expect(found.checks.every(({ passed }) => passed)).toBe(true);
    expect(await points(bed)).toEqual(before);
    expect(await bed.deps.registry.views.unfinishedCount('posts@v1')).toBe(0);
    expect(await repair()).toMatchObject({ passed: true, repaired: null });
  });

  it('writes what is missing and leaves the others alone', async () => {
    const damage = DAMAGES.find(({ name }) => name === 'a half-filled collection');
    const held = await points(bed);
    await damage?.damage(bed);
    const lost = held.length - (await points(bed)).length;
    const written: string[] = [];
    const { index } = bed.deps;
    const upsert: typeof index.upsert = async (view, all, abort) => {
      written.push(...all.map(({ member }) => member.id));
      await index.upsert(view, all, abort);
    };
    await repair({ ...bed.deps, index: { ...index, upsert } });
    expect(written.toSorted()).toEqual(
      held
        .map(({ member }) => member.id)
        .toSorted()
        .slice(0, lost),
    );
  });

  it('removes a point too many without embedding anything again', async () => {
    const damage = DAMAGES.find(({ name }) => name === 'a point too many');
    await damage?.damage(bed);
    embedded();
    const found = await repair();
    expect(found.repaired).toEqual({ rewritten: 0, removed: 1, epoch: null });
    // A sample of the living ones, before and after.
    expect(embedded()).toHaveLength(10);
  });

  it('publishes what was recorded meanwhile as an epoch of its own, whole', async () => {
    const before = await bed.seen();
    await DAMAGES[0]?.damage(bed);
    await bed.record('c', text('petrels'));
    await bed.close('b');
    const found = await repair();
    expect(found).toMatchObject({ passed: true, epoch: 3, repaired: { epoch: 3 } });
    expect(await bed.seen('posts@v1', 2)).toEqual(before);
    expect((await bed.seen()).join()).toContain('petrels');
    expect((await bed.seen()).join()).not.toContain('puffins');
  });

  it('mends a view whose publishing was cut off, with what it had begun', async () => {
    const seal = async () => {
      throw new AppError('internal', 'cut');
    };
    await bed.record('c', text('petrels'));
    await rejection(bed.publish({ ...bed.deps, index: { ...bed.deps.index, seal } }));
    await DAMAGES.at(-1)?.damage(bed);
    expect(await repair()).toMatchObject({ passed: true, epoch: 3 });
    expect((await bed.seen()).join()).toContain('petrels');
    expect((await bed.seen('posts@v1', 1)).join()).toContain('gulls');
  });

  it('refuses to fill a view by an embedder that changed', async () => {
    const before = await points(bed);
    await DAMAGES[0]?.damage(bed);
    const damaged = await points(bed);
    bed.words.weights = 'other';
    expect(await rejection(repair())).toMatchObject({ code: 'embedding_space_mismatch' });
    expect(await points(bed)).toEqual(damaged);
    bed.words.weights = '';
    expect((await repair()).passed).toBe(true);
    expect(await points(bed)).toEqual(before);
  });

  it('mends any damages at once', async () => {
    const before = await points(bed);
    const some = fc.shuffledSubarray([...DAMAGES.slice(0, -2)], { minLength: 2, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(some, async (damages) => {
        // One damage may leave nothing that another could be done to.
        for (const { damage } of damages) await damage(bed).catch(() => undefined);
        for (let tries = 0; tries < 3; tries += 1) if ((await repair()).passed) break;
        expect(await points(bed)).toEqual(before);
      }),
      { numRuns: 15 },
    );
  });

  it.each([
    'a missing point of an older epoch',
    'a vector of other weights',
    'a half-filled collection',
    'no collection',
  ])('of %s ends the same when it was cut off at any call', async (name) => {
    const before = await points(bed);
    const visible = new Set(await bed.seen());
    const damage = DAMAGES.find((one) => one.name === name);
    let tried = 0;
    for (let failAt = 1; ; failAt += 1) {
      await damage?.damage(bed);
      let calls = 0;
      const broken = watched(bed.deps, () => {
        calls += 1;
        if (calls === failAt) throw new AppError('internal', 'cut');
      });
      await repair(broken).catch(() => null);
      if (calls < failAt) break;
      tried += 1;
      // A publishing meanwhile makes nothing visible that was not.
      for (const line of await bed.seen()) expect(visible).toContain(line);
      expect(await repair(), `cut at ${failAt}`).toMatchObject({ passed: true });
      expect(await points(bed), `cut at ${failAt}`).toEqual(before);
    }
    expect(tried).toBeGreaterThan(40);
  });
});
