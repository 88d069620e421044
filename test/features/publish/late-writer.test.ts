import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ChunkMember } from '#domain/chunk.ts';
import { EPOCH_OPEN_END } from '#domain/epoch.ts';
import { AppError } from '#domain/errors.ts';
import type { FeatureDeps } from '#features/deps.ts';
import { pointsOf } from '#features/publish/points-of.ts';
import { workBatch } from '#features/publish/work-batch.ts';
import { documentOf } from '../../contracts/registry/make.ts';
import { rejection } from '../../fakes/collect.ts';
import { type Bed, openBed, text } from '../view/bed.ts';
import { points } from '../view/damage.ts';

const signal = new AbortController().signal;
let bed: Bed;
beforeAll(async () => {
  bed = await openBed();
});
afterAll(() => bed.end());
beforeEach(async () => {
  await bed.reset();
  await bed.record('a', text('terns', 'gulls'));
  await bed.record('b', text('puffins'));
  await bed.publish();
});

/** Writes a member as a worker does that read it a while ago. */
async function writeLate(member: ChunkMember): Promise<void> {
  const view = await bed.view();
  const tools = { embedder: bed.words.embedder, sparse: bed.deps.sparseOf(view.spec.sparse) };
  await bed.deps.index.upsert(view, await pointsOf(tools, [member], signal), signal);
}
const stale = async (topic: string): Promise<ChunkMember> => {
  const all = (await points(bed)).map(({ member }) => member);
  const found = all.find(({ chunk }) => chunk.text.includes(`About ${topic}:`));
  if (found === undefined) throw new Error(`nothing is about ${topic}`);
  return { ...found, to: EPOCH_OPEN_END };
};

/** Something that happens once, when all is written and nothing is published. */
function beforeSeal(happen: () => Promise<void>): FeatureDeps {
  const { index } = bed.deps;
  let happened = false;
  const seal: typeof index.seal = async (...asked) => {
    if (!happened) await happen();
    happened = true;
    await index.seal(...asked);
  };
  return { ...bed.deps, index: { ...index, seal } };
}

describe('a worker that was taken for dead and writes late', () => {
  it('after publishing, is found by the next one, which mends it before it publishes', async () => {
    const late = await stale('gulls');
    await bed.record('a', text('terns', 'gannets'));
    await bed.publish();
    const second = await bed.seen();
    await writeLate(late);
    await bed.record('c', text('petrels'));
    expect((await bed.publish()).epoch?.number).toBe(3);
    const third = await bed.seen();
    expect(third.filter((line) => !line.includes('petrels'))).toEqual(second);
    // Readers of the epoch before are mended along with it.
    expect(await bed.seen('posts@v1', 2)).toEqual(second);
    expect(await bed.seen('posts@v1', 1)).toHaveLength(3);
  });

  it('after publishing, is found by the next one also when that has nothing else to do', async () => {
    const late = await stale('gulls');
    await bed.record('a', text('terns', 'gannets'));
    await bed.publish();
    const second = await bed.seen();
    await writeLate(late);
    expect(await bed.seen()).not.toEqual(second);
    // The point that came back is ended once more, and the run says so.
    expect(await bed.publish()).toMatchObject({ epoch: null, counts: { embedded: 0, ended: 1 } });
    expect(await bed.seen()).toEqual(second);
  });

  it('while the next one is written, changes nothing that readers see', async () => {
    const first = await bed.seen();
    const late = await stale('gulls');
    await bed.record('a', text('terns', 'gannets'));
    const deps = beforeSeal(async () => {
      await writeLate(late);
      expect(await bed.seen()).toEqual(first);
    });
    await bed.publish(deps);
    expect((await bed.seen()).join()).not.toContain('gulls');
    expect((await bed.seen()).join()).toContain('gannets');
  });

  it('brings back nothing of a document that was taken back in the open epoch', async () => {
    const { index } = bed.deps;
    const cut = async () => {
      throw new AppError('internal', 'cut');
    };
    await bed.record('c', text('petrels'));
    await rejection(bed.publish({ ...bed.deps, index: { ...index, seal: cut } }));
    const late = await stale('petrels');
    await bed.close('c');
    await bed.record('d', text('fulmars'));
    await bed.publish(beforeSeal(() => writeLate(late)));
    expect((await bed.seen()).join()).not.toContain('petrels');
    expect(await bed.seen()).toHaveLength(4);
  });

  it('is refused by the registry once its epoch is published', async () => {
    await bed.record('a', text('terns', 'gannets'));
    await bed.publish();
    await bed.record('b', text('puffins, edited'));
    const batch = { viewId: 'posts@v1', epoch: 2, documentIds: [documentOf('b')] };
    const before = await points(bed);
    expect(await rejection(workBatch(bed.deps, batch, signal))).toMatchObject({
      code: 'lease_held',
    });
    expect(await points(bed)).toEqual(before);
  });

  it('finds its batch done by another, and does none of it again', async () => {
    await bed.record('c', text('petrels'));
    const { number } = await bed.deps.registry.views.openEpoch(
      'posts@v1',
      bed.deps.ids.next(),
      NOW,
    );
    const batch = { viewId: 'posts@v1', epoch: number, documentIds: [documentOf('c')] };
    expect(await workBatch(bed.deps, batch, signal)).toMatchObject({ documents: 1, embedded: 1 });
    expect(await workBatch(bed.deps, batch, signal)).toMatchObject({ documents: 0, embedded: 0 });
    const [one, other] = await Promise.all([
      workBatch(bed.deps, batch, signal),
      workBatch(bed.deps, batch, signal),
    ]);
    expect([one.documents, other.documents]).toEqual([0, 0]);
    expect((await bed.publish()).epoch).toMatchObject({ number: 2, documents: 3, chunks: 4 });
  });

  it('at the same batch at once, makes one set of points with the other', async () => {
    await bed.record('c', text('petrels', 'fulmars'));
    const { number } = await bed.deps.registry.views.openEpoch(
      'posts@v1',
      bed.deps.ids.next(),
      NOW,
    );
    const batch = { viewId: 'posts@v1', epoch: number, documentIds: [documentOf('c')] };
    await Promise.all([1, 2, 3].map(() => workBatch(bed.deps, batch, signal)));
    expect((await bed.publish()).epoch).toMatchObject({ number: 2, documents: 3, chunks: 5 });
    expect(await points(bed)).toHaveLength(5);
  });
});

const NOW = '2026-03-01T00:00:00.000Z';
