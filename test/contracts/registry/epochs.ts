import { beforeEach, expect, it } from 'vitest';
import type { Registry } from '#ports/registry.ts';
import { outcomes, refusal } from './bed.ts';
import { at, commitOf, viewRequest } from './make.ts';
import { createWriter, HOLDER, nextOf, unsyncedOf, VIEW, type Writer } from './writer.ts';

export function epochCases(registry: () => Registry): void {
  let writer: Writer;
  beforeEach(async () => {
    writer = createWriter(registry());
    await writer.prepare();
  });
  const views = () => registry().views;
  const hold = (holder: string, now: number, expires: number) =>
    registry().leases.acquire({
      name: `view:${VIEW}`,
      holder,
      now: at(now),
      expiresAt: at(expires),
    });
  const publishAs = (holder: string, epoch: number, second: number) =>
    views().publish({ viewId: VIEW, epoch, holder, at: at(second) });
  const ready = async (markdown: string) => {
    await writer.record('a', markdown);
    await writer.commitAll();
    await writer.confirmAll();
    return (await writer.open()).number;
  };

  it('publishes an epoch with its counts, and then opens the next', async () => {
    await writer.record('a', 'one\n\ntwo');
    await writer.record('b', 'three');
    expect((await views().get(VIEW)).publishedEpoch).toBe(0);
    const epoch = await writer.run();
    expect(epoch).toMatchObject({
      number: 1,
      status: 'published',
      publishedAt: at(2),
      documents: 2,
      chunks: 3,
    });
    expect((await views().get(VIEW)).publishedEpoch).toBe(1);
    const next = await writer.open();
    expect(next).toMatchObject({ number: 2, status: 'open' });
    expect(await views().epochs(VIEW)).toEqual([epoch, next]);
  });

  it('shows every epoch as it was, over edits, closures and reopenings', async () => {
    await writer.record('a', 'a1');
    await writer.record('b', 'b1');
    await writer.run();
    await writer.record('a', 'a2');
    await writer.run();
    await writer.close('b');
    await writer.record('c', 'c1');
    await writer.run();
    await writer.record('b', 'b1');
    await writer.record('a', 'a1');
    await writer.run();
    const shown = [];
    for (const epoch of [0, 1, 2, 3, 4]) shown.push(await writer.shownAt(epoch));
    expect(shown).toEqual([
      [],
      ['a=a1', 'b=b1'],
      ['a=a2', 'b=b1'],
      ['a=a2', 'c=c1'],
      ['a=a1', 'b=b1', 'c=c1'],
    ]);
    const hashes = [];
    for (const epoch of [1, 2, 3, 4]) hashes.push((await writer.membersAt(epoch)).hash);
    expect(new Set(hashes).size).toBe(4);
  });

  it('orders revisions by URL, in code units', async () => {
    for (const path of ['ab', 'a-b', 'B', 'aB']) await writer.record(path, path);
    await writer.run();
    expect(await writer.shownAt(1)).toEqual(['B=B', 'a-b=a-b', 'aB=aB', 'ab=ab']);
  });

  it('keeps readers at the published epoch while the next is written', async () => {
    await writer.record('a', 'a1');
    await writer.run();
    const before = await writer.membersAt(1);
    await writer.record('a', 'a2');
    await writer.commitAll();
    await writer.confirmAll();
    expect(await writer.membersAt(1)).toEqual(before);
    expect(await writer.shownAt(1)).toEqual(['a=a1']);
    expect((await views().get(VIEW)).publishedEpoch).toBe(1);
  });

  it('takes a run up again that was cut between commit and confirm', async () => {
    await writer.record('a', 'one\n\ntwo');
    await writer.record('b', 'three');
    const { number } = await writer.open();
    const first = await nextOf(views(), VIEW);
    await views().commit(commitOf(VIEW, number, first));
    const [written] = await unsyncedOf(views(), VIEW, 1);
    if (written === undefined) throw new Error('nothing is unconfirmed');
    await views().confirm(VIEW, [written]);

    const resumed = createWriter(registry());
    expect((await resumed.open()).number).toBe(number);
    await resumed.commitAll();
    const left = (await unsyncedOf(views(), VIEW)).map(({ id }) => id);
    expect(left).not.toContain(written.id);
    expect(left).toHaveLength(2);
    await resumed.confirmAll();
    expect(await resumed.publish()).toMatchObject({ number, documents: 2, chunks: 3 });
  });

  it('does not publish while index writes are unconfirmed', async () => {
    await writer.record('a', 'one\n\ntwo');
    await writer.commitAll();
    await hold(HOLDER, 0, 100);
    expect(await refusal(publishAs(HOLDER, 1, 1), 'index_mismatch')).toContain('2 point(s)');
    await writer.confirmAll();
    await publishAs(HOLDER, 1, 1);
  });

  it('publishes for the holder of an unexpired lease only', async () => {
    const epoch = await ready('one');
    await refusal(publishAs(HOLDER, epoch, 1), 'lease_held');
    await hold(HOLDER, 0, 10);
    await refusal(publishAs('ben', epoch, 1), 'lease_held');
    await refusal(publishAs(HOLDER, epoch, 10), 'lease_held');
    await hold('ben', 10, 20);
    await refusal(publishAs(HOLDER, epoch, 11), 'lease_held');
    expect((await publishAs('ben', epoch, 11)).number).toBe(epoch);
  });

  it('publishes the next epoch only, and that one once', async () => {
    const epoch = await ready('one');
    await hold(HOLDER, 0, 100);
    await refusal(publishAs(HOLDER, epoch + 1, 1), 'lease_held');
    const works = [1, 2, 3, 4, 5].map(() => publishAs(HOLDER, epoch, 1));
    expect(await outcomes(works)).toEqual({ done: 1, lease_held: 4 });
    expect((await views().get(VIEW)).publishedEpoch).toBe(epoch);
    expect((await views().epochs(VIEW)).map(({ status }) => status)).toEqual(['published']);
  });

  it('leaves nothing half done when publishing an epoch that was never opened', async () => {
    await hold(HOLDER, 0, 100);
    await refusal(publishAs(HOLDER, 1, 1), 'lease_held');
    expect((await views().get(VIEW)).publishedEpoch).toBe(0);
    await refusal(
      views().publish({ viewId: 'notes@v1', epoch: 1, holder: HOLDER, at: at(1) }),
      'lease_held',
    );
  });

  it('keeps an epoch that something was committed to, even a closure', async () => {
    await writer.record('a', 'one');
    await writer.run();
    await writer.close('a');
    await writer.commitAll();
    expect(await views().discardEmptyEpoch(VIEW, 2)).toBe(false);
    expect(await views().discardEmptyEpoch(VIEW, 1)).toBe(false);
    await writer.confirmAll();
    expect(await writer.publish()).toMatchObject({ number: 2, documents: 0, chunks: 0 });
    expect(await writer.shownAt(1)).toEqual(['a=one']);
  });

  it('keeps the views apart', async () => {
    await writer.record('a', 'one');
    await writer.run();
    const other = await views().ensure(viewRequest({ name: 'notes' }));
    expect(await views().unfinishedCount(other.id)).toBe(1);
    const { number } = await views().openEpoch(other.id, crypto.randomUUID(), at(3));
    const next = await nextOf(views(), other.id);
    await views().commit(commitOf(other.id, number, next));
    expect(await views().unsynced(VIEW, [next.document.id], 10)).toEqual([]);
    expect(await views().unsynced(other.id, [next.document.id], 10)).toHaveLength(1);
    expect(await writer.membersAt(1)).toMatchObject({ documents: 1, chunks: 1 });
  });
}
