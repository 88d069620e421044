import { beforeEach, expect, it } from 'vitest';
import { EPOCH_OPEN_END } from '#domain/epoch.ts';
import type { Registry } from '#ports/registry.ts';
import { commitOf, documentOf, urlOf, uuid } from './make.ts';
import { createWriter, nextOf, unsyncedOf, VIEW, type Writer } from './writer.ts';

/** What is known of single points and documents: for whoever compares them with an index. */
export function pointCases(registry: () => Registry): void {
  let writer: Writer;
  beforeEach(async () => {
    writer = createWriter(registry());
    await writer.prepare();
  });
  const views = () => registry().views;
  const all = () => views().points(VIEW, null, 100);
  const idsOf = (points: readonly { readonly id: string }[]) => points.map(({ id }) => id);

  it('pages through all points by id, those that nobody ever sees among them', async () => {
    await writer.record('a', 'one\n\ntwo\n\nthree');
    await writer.run();
    await writer.record('b', 'four');
    await writer.commitAll();
    await writer.record('b', 'five');
    await writer.record('a', 'one');
    await writer.commitAll();
    const points = await all();
    expect(idsOf(points)).toEqual(idsOf(points).toSorted());
    const spans = points.map(({ from, to, confirmed }) => [from, to, confirmed]);
    expect(spans.toSorted()).toEqual(
      [
        [1, EPOCH_OPEN_END, true],
        [1, 2, false],
        [1, 2, false],
        [2, 2, false],
        [2, EPOCH_OPEN_END, false],
      ].toSorted(),
    );
    const paged = [];
    for (let after: string | null = null; ; ) {
      const page = await views().points(VIEW, after, 2);
      paged.push(...page);
      after = page.at(-1)?.id ?? null;
      if (after === null) break;
    }
    expect(paged).toEqual(points);
    expect(await views().points('notes@v1', null, 10)).toEqual([]);
  });

  it('gives members by id, in the order asked for, without those it does not know', async () => {
    await writer.record('a', 'one\n\ntwo', { tags: ['x'] });
    await writer.commitAll();
    const members = await unsyncedOf(views(), VIEW);
    const [first = '', second = ''] = idsOf(members);
    const asked = [second, uuid('nobody'), first, second];
    const found = await views().members(VIEW, asked);
    expect(found).toEqual([members[1], members[0], members[1]]);
    expect(await views().members('notes@v1', asked)).toEqual([]);
    expect(await views().members(VIEW, [])).toEqual([]);
  });

  it('takes confirmations back, of its own points alone, and ends the same', async () => {
    await writer.record('a', 'one\n\ntwo');
    await writer.record('b', 'three');
    await writer.run();
    const [first, second] = await all();
    const ids = [first?.id ?? '', second?.id ?? '', uuid('nobody')];
    await views().unconfirm('notes@v1', ids);
    await views().unconfirm(VIEW, []);
    expect(await views().unfinishedCount(VIEW)).toBe(0);
    await views().unconfirm(VIEW, ids);
    await views().unconfirm(VIEW, ids);
    expect((await all()).map(({ confirmed }) => confirmed)).toEqual([false, false, true]);
    expect(idsOf(await unsyncedOf(views(), VIEW)).toSorted()).toEqual(ids.slice(0, 2));
    // Nothing of it is to be committed; it is to be written.
    const unfinished = await views().unfinished(VIEW, 10);
    expect(unfinished.length).toBeGreaterThan(0);
    expect(await views().pending(VIEW, unfinished)).toEqual([]);
    await writer.confirmAll();
    expect(await views().unfinishedCount(VIEW)).toBe(0);
  });

  it('names a document once that is to be committed and has points to be written', async () => {
    await writer.record('a', 'one');
    await writer.record('b', 'two');
    await writer.commitAll();
    await writer.record('a', 'one, edited');
    expect(await views().unfinished(VIEW, 10)).toEqual(['a', 'b'].map(documentOf).toSorted());
    expect(await views().unfinishedCount(VIEW)).toBe(2);
    expect(await views().unfinished(VIEW, 1)).toHaveLength(1);
  });

  it('looks at the documents alone that it is asked about', async () => {
    for (const path of ['a', 'b', 'c']) await writer.record(path, `${path}1\n\n${path}2`);
    const [a, b] = [documentOf('a'), documentOf('b')];
    expect(await views().pending(VIEW, [])).toEqual([]);
    expect(
      (await views().pending(VIEW, [b, uuid('nobody')])).map((one) => one.document.id),
    ).toEqual([b]);
    await writer.commitAll();
    expect(await views().unsynced(VIEW, [], 10)).toEqual([]);
    expect(await views().unsynced(VIEW, [uuid('nobody')], 10)).toEqual([]);
    const members = await views().unsynced(VIEW, [b, a], 10);
    expect(members.map(({ chunk }) => chunk.text).toSorted()).toEqual(['a1', 'a2', 'b1', 'b2']);
    expect(await views().unsynced(VIEW, [a, b], 3)).toEqual(members.slice(0, 3));
  });

  it('gives the documents of an epoch by URL, with how many chunks they have there', async () => {
    await writer.record('b', 'one\n\ntwo');
    await writer.record('B', 'three');
    await writer.record('a-b', 'four');
    await writer.run();
    await writer.record('b', 'one');
    await writer.close('B');
    await writer.run();
    const at = async (epoch: number) =>
      (await views().documentsAt(VIEW, epoch)).map(({ url, chunks }) => [url, chunks]);
    expect(await at(0)).toEqual([]);
    expect(await at(1)).toEqual([
      [urlOf('B'), 1],
      [urlOf('a-b'), 1],
      [urlOf('b'), 2],
    ]);
    expect(await at(2)).toEqual([
      [urlOf('a-b'), 1],
      [urlOf('b'), 1],
    ]);
    const [held] = await views().documentsAt(VIEW, 2);
    const [revision] = await views().revisionsAt(VIEW, 2, {});
    expect(held).toMatchObject({ documentId: documentOf('a-b'), revisionId: revision?.id });
  });

  it('counts no chunk for a document that has none, and holds it nevertheless', async () => {
    await writer.record('a', 'one');
    const { number } = await writer.open();
    const commit = commitOf(VIEW, number, await nextOf(views(), VIEW));
    expect(await views().commit({ ...commit, chunks: [] })).toEqual({
      added: 0,
      closed: 0,
      kept: 0,
    });
    expect(await views().documentsAt(VIEW, number)).toMatchObject([{ url: urlOf('a'), chunks: 0 }]);
    expect(await views().unfinishedCount(VIEW)).toBe(0);
    expect(await writer.publish()).toMatchObject({ documents: 1, chunks: 0 });
  });
}
