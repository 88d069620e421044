import { beforeEach, expect, it } from 'vitest';
import { EPOCH_OPEN_END } from '#domain/epoch.ts';
import { sha256 } from '#domain/hash.ts';
import type { Registry } from '#ports/registry.ts';
import { outcomes, refusal } from './bed.ts';
import { commitOf, documentOf, uuid } from './make.ts';
import { createWriter, nextOf, pendingOf, unsyncedOf, VIEW, type Writer } from './writer.ts';

export function membershipCases(registry: () => Registry): void {
  let writer: Writer;
  beforeEach(async () => {
    writer = createWriter(registry());
    await writer.prepare();
  });
  const views = () => registry().views;
  const commitNext = async (epoch: number) => {
    const next = await nextOf(views(), VIEW);
    const commit = commitOf(VIEW, epoch, next);
    return { commit, counts: await views().commit(commit) };
  };

  it('names what is pending: new, edited, closed and reopened documents, by id', async () => {
    for (const path of ['a', 'b', 'c']) await writer.record(path, path);
    const ids = await views().unfinished(VIEW, 10);
    expect(ids).toEqual(['a', 'b', 'c'].map(documentOf).sort());
    const pending = await views().pending(VIEW, ids);
    expect(pending.map(({ document }) => document.id)).toEqual(ids);
    expect(await views().pending(VIEW, ids.slice(1).toReversed())).toEqual(pending.slice(1));
    expect(await views().unfinished(VIEW, 2)).toEqual(ids.slice(0, 2));
    expect(await views().unfinishedCount(VIEW)).toBe(3);
    await writer.run();
    expect(await views().unfinishedCount(VIEW)).toBe(0);
    expect(await views().pending(VIEW, ids)).toEqual([]);
    await writer.record('a', 'a, edited');
    await writer.close('b');
    const states = async () =>
      new Map(
        (await pendingOf(views(), VIEW)).map(({ document, revision }) => [
          document.url.at(-1),
          revision?.markdown ?? null,
        ]),
      );
    expect(await states()).toEqual(
      new Map([
        ['a', 'a, edited'],
        ['b', null],
      ]),
    );
    await writer.run();
    await writer.record('b', 'b');
    expect(await states()).toEqual(new Map([['b', 'b']]));
  });

  it('does not ask for a document that was closed before the view held it', async () => {
    await writer.record('a', 'a');
    await writer.close('a');
    expect(await pendingOf(views(), VIEW)).toEqual([]);
  });

  it('counts what a commit adds, closes and keeps, and repeats it without effect', async () => {
    await writer.record('a', 'one\n\ntwo\n\ntwo');
    await writer.run();
    await writer.record('a', 'two\n\nthree');
    const { number } = await writer.open();
    const { commit, counts } = await commitNext(number);
    expect(counts).toEqual({ added: 1, closed: 2, kept: 1 });
    const before = await writer.membersAt(number);
    const unsynced = await unsyncedOf(views(), VIEW);
    expect(await views().commit(commit)).toEqual({ added: 0, closed: 0, kept: 2 });
    expect(await writer.membersAt(number)).toEqual(before);
    expect(await unsyncedOf(views(), VIEW)).toEqual(unsynced);
  });

  it('leaves an epoch empty when a commit says what the view holds already', async () => {
    await writer.record('a', 'one');
    const held = await nextOf(views(), VIEW);
    await writer.run();
    const { number } = await writer.open();
    expect(await views().commit(commitOf(VIEW, number, held))).toEqual({
      added: 0,
      closed: 0,
      kept: 1,
    });
    expect(await views().discardEmptyEpoch(VIEW, number)).toBe(true);
  });

  it('hands out unconfirmed members with their texts and contexts, in a fixed order', async () => {
    await writer.record('a', 'one\n\ntwo', { tags: ['x'], language: 'fr' });
    await writer.record('b', 'three');
    await writer.commitAll();
    const members = await unsyncedOf(views(), VIEW);
    expect(await unsyncedOf(views(), VIEW)).toEqual(members);
    expect(await unsyncedOf(views(), VIEW, 1)).toEqual(members.slice(0, 1));
    const ofA = members.filter(({ context }) => context.documentId === documentOf('a'));
    expect(ofA.map(({ chunk }) => chunk)).toEqual([
      { start: 0, end: 3, text: 'one', headingPath: ['Post'], tokens: 1 },
      { start: 5, end: 8, text: 'two', headingPath: ['Post'], tokens: 1 },
    ]);
    expect(ofA[0]).toMatchObject({
      from: 1,
      to: EPOCH_OPEN_END,
      context: { sourceName: 'blog', title: 'On a', language: 'fr', tags: ['x'] },
    });
  });

  it('confirms what was written, unless it changed meanwhile', async () => {
    await writer.record('a', 'one\n\ntwo');
    await writer.commitAll();
    const written = await unsyncedOf(views(), VIEW);
    await writer.close('a');
    await writer.commitAll();
    await views().confirm(VIEW, written);
    const left = await unsyncedOf(views(), VIEW);
    expect(left.map(({ id, to }) => [id, to])).toEqual(written.map(({ id }) => [id, 1]));
    await views().confirm('notes@v1', left);
    expect(await unsyncedOf(views(), VIEW)).toHaveLength(2);
    await views().confirm(VIEW, left);
    await views().confirm(VIEW, []);
    expect(await unsyncedOf(views(), VIEW)).toEqual([]);
  });

  it('confirms more members than a statement has parameters for', async () => {
    await writer.record('a', 'one');
    await writer.commitAll();
    const [member] = await unsyncedOf(views(), VIEW);
    const written = Array.from({ length: 70_000 }, (_, n) => ({
      id: n === 0 ? (member?.id ?? '') : uuid(String(n)),
      to: EPOCH_OPEN_END,
    }));
    await views().confirm(VIEW, written);
    expect(await unsyncedOf(views(), VIEW)).toEqual([]);
  });

  it('takes a document of very many chunks', async () => {
    const texts = Array.from({ length: 6_000 }, (_, n) => `paragraph ${n}`);
    await writer.record('long', texts.join('\n\n'));
    const { number } = await writer.open();
    expect((await commitNext(number)).counts).toEqual({ added: 6_000, closed: 0, kept: 0 });
    await writer.record('long', texts.slice(1).join('\n\n'));
    expect((await commitNext(number)).counts).toEqual({ added: 0, closed: 1, kept: 5_999 });
    await writer.close('long');
    expect((await commitNext(number)).counts).toEqual({ added: 0, closed: 5_999, kept: 0 });
  });

  it('serialises equal commits made at once', async () => {
    await writer.record('a', 'one\n\ntwo');
    const { number } = await writer.open();
    const next = await nextOf(views(), VIEW);
    const works = [1, 2, 3, 4].map(() => views().commit(commitOf(VIEW, number, next)));
    expect(await outcomes(works)).toEqual({ done: 4 });
    expect(await writer.membersAt(number)).toMatchObject({ documents: 1, chunks: 2 });
  });

  it('commits nothing to an epoch that is not open', async () => {
    await writer.record('a', 'one');
    const { number } = await writer.run();
    const before = await writer.membersAt(number);
    await writer.record('a', 'one, by a writer that lost its lease');
    const next = await nextOf(views(), VIEW);
    await refusal(views().commit(commitOf(VIEW, number, next)), 'lease_held');
    await refusal(views().commit(commitOf(VIEW, number + 1, next)), 'lease_held');
    expect(await writer.membersAt(number)).toEqual(before);
    expect(await writer.shownAt(number)).toEqual(['a=one']);
  });

  it('hashes what is visible: the sorted ids of revisions and points', async () => {
    await writer.record('a', 'one\n\ntwo');
    await writer.record('b', 'three', { language: 'de', tags: [] });
    await writer.commitAll();
    const points = (await unsyncedOf(views(), VIEW)).map(({ id }) => id);
    const revisions = (await views().revisionsAt(VIEW, 1, {})).map(({ id }) => id);
    const hash = sha256([...points, ...revisions].sort().join(','));
    expect(await writer.membersAt(1)).toEqual({ documents: 2, chunks: 3, hash });
    expect(await writer.membersAt(0)).toEqual({ documents: 0, chunks: 0, hash: sha256('') });
    const filtered = (filter: object) => views().membership(VIEW, 1, filter);
    expect(await filtered({ language: 'de' })).toMatchObject({ documents: 1, chunks: 1 });
    expect(await filtered({ tag: 'rag' })).toMatchObject({ documents: 1, chunks: 2 });
    expect(await filtered({ sourceName: 'blog' })).toEqual(await writer.membersAt(1));
    expect(await filtered({ sourceName: 'news' })).toMatchObject({ documents: 0, chunks: 0 });
    const german = await views().revisionsAt(VIEW, 1, { language: 'de', sourceName: 'blog' });
    expect(german.map(({ markdown }) => markdown)).toEqual(['three']);
  });
}
