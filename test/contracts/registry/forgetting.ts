import { beforeEach, expect, it } from 'vitest';
import type { Registry } from '#ports/registry.ts';
import { uuid, viewRequest } from './make.ts';
import { createWriter, VIEW, type Writer } from './writer.ts';

/** What vacuum asks of a registry. Four epochs: a1 | a2 b1 | b1 c1 | b2 c1. */
export function forgettingCases(registry: () => Registry): void {
  let writer: Writer;
  beforeEach(async () => {
    writer = createWriter(registry());
    await writer.prepare();
    await writer.record('a', 'a1');
    await writer.run();
    await writer.record('a', 'a2');
    await writer.record('b', 'b1');
    await writer.run();
    await writer.close('a');
    await writer.record('c', 'c1');
    await writer.run();
    await writer.record('b', 'b2');
    await writer.run();
  });
  const views = () => registry().views;
  const firstEpoch = async () => (await views().get(VIEW)).firstEpoch;
  const membersAt = async (epochs: readonly number[]) => {
    const all = [];
    for (const epoch of epochs)
      all.push([await writer.shownAt(epoch), await writer.membersAt(epoch)]);
    return all;
  };

  it('moves the first epoch forward, and never back', async () => {
    await views().forgetBefore(VIEW, 3);
    await views().forgetBefore(VIEW, 2);
    expect(await firstEpoch()).toBe(3);
    await Promise.all([5, 4, 2].map((epoch) => views().forgetBefore(VIEW, epoch)));
    expect(await firstEpoch()).toBe(5);
    await views().forgetBefore('notes@v1', 9);
  });

  it('names the points that ended by an epoch, by id and as many as asked for', async () => {
    const counts = [];
    for (const epoch of [1, 2, 3, 4, 9]) {
      counts.push(await views().endedCount(VIEW, epoch));
      expect(await views().ended(VIEW, epoch, 10)).toHaveLength(counts.at(-1) ?? -1);
    }
    expect(counts).toEqual([0, 1, 2, 3, 3]);
    const ids = await views().ended(VIEW, 4, 10);
    expect(ids).toEqual(ids.toSorted());
    expect(await views().ended(VIEW, 4, 2)).toEqual(ids.slice(0, 2));
    expect(await views().ended('notes@v1', 9, 10)).toEqual([]);
  });

  it('forgets the points of an epoch’s past, and nothing that is seen from it on', async () => {
    const later = await membersAt([3, 4]);
    await views().forget(VIEW, 3, await views().ended(VIEW, 3, 10));
    expect(await views().endedCount(VIEW, 3)).toBe(0);
    expect(await membersAt([3, 4])).toEqual(later);
    expect(await membersAt([1, 2])).toMatchObject([
      [[], { documents: 0, chunks: 0 }],
      // What epoch 2 shares with the third is left, and the view does not offer it any more.
      [['b=b1'], { documents: 1, chunks: 1 }],
    ]);
    expect(await views().points(VIEW, null, 10)).toHaveLength(3);
  });

  it('never forgets a point that is seen, whichever it is told to', async () => {
    const all = (await views().points(VIEW, null, 10)).map(({ id }) => id);
    const later = await membersAt([2, 3, 4]);
    await views().forget(VIEW, 2, [...all, uuid('nobody')]);
    await views().forget(VIEW, 2, []);
    expect(await membersAt([2, 3, 4])).toEqual(later);
    expect(await views().points(VIEW, null, 10)).toHaveLength(all.length - 1);
  });

  it('forgets in parts, again and at once, with the same end', async () => {
    const ids = await views().ended(VIEW, 4, 10);
    await views().forget(VIEW, 4, ids.slice(0, 1));
    expect(await views().ended(VIEW, 4, 10)).toEqual(ids.slice(1));
    await Promise.all([1, 2, 3].map(() => views().forget(VIEW, 4, ids)));
    expect(await views().endedCount(VIEW, 4)).toBe(0);
    expect(await writer.shownAt(4)).toEqual(['b=b2', 'c=c1']);
    await writer.record('a', 'a1');
    await writer.run();
    expect(await writer.shownAt(5)).toEqual(['a=a1', 'b=b2', 'c=c1']);
  });

  it('leaves another view alone', async () => {
    const other = await views().ensure(viewRequest({ name: 'notes' }));
    const points = await views().points(VIEW, null, 10);
    const ids = points.map(({ id }) => id);
    await views().forgetBefore(other.id, 4);
    await views().forget(other.id, 4, ids);
    expect(await views().points(VIEW, null, 10)).toEqual(points);
    expect(await firstEpoch()).toBe(1);
  });
}
