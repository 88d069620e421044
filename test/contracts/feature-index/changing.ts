import { expect, it } from 'vitest';
import { EPOCH_OPEN_END } from '#domain/epoch.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { FeatureIndex } from '#ports/feature-index.ts';
import { allOf, ask, freshView, idOf, load, point, signal, terms } from './points.ts';
import { expectExact } from './reference.ts';

const byId = (a: { readonly id: string }, b: { readonly id: string }) => (a.id < b.id ? -1 : 1);

async function stateOf(index: FeatureIndex, view: FeatureView, epochs: readonly number[]) {
  const asked = { dense: Float32Array.of(1, 1, 0), sparse: terms([1, 1], [2, 2]) };
  const spans = (await allOf(index.scan(view, signal))).toSorted(byId);
  const found = await Promise.all(
    epochs.map((epoch) => index.search(view, ask({ ...asked, epoch }), signal)),
  );
  const vectors = await index.vectors(
    view,
    spans.map(({ id }) => id),
    signal,
  );
  return { spans, found, vectors: [...vectors].toSorted(([a], [b]) => (a < b ? -1 : 1)) };
}

/** Changes that come twice, are cut off, or take points away. */
export function changingContract(index: () => FeatureIndex): void {
  it('can be used', async () => {
    await index().check(signal);
    await expect(index().check(AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('is the same after every change came twice', async () => {
    const view = await freshView(index());
    const points = Array.from({ length: 40 }, (_, n) =>
      point(`twice ${n}`, { dense: [n, 1, 1], sparse: terms([1 + (n % 3), 1 + n / 40]) }),
    );
    const next = points.slice(0, 10).map(({ member, ...vectors }, n) => ({
      ...vectors,
      member: { ...member, id: idOf(`next ${n}`), from: 2 },
    }));
    const ended = points.slice(0, 10).map(({ member }) => member.id);
    const gone = points.slice(30).map(({ member }) => member.id);
    const steps = [
      () => index().ensure(view, signal),
      () => index().upsert(view, points, signal),
      () => index().seal(view, 1, signal),
      () => index().upsert(view, next, signal),
      () => index().setEnd(view, ended, 2, signal),
      () => index().seal(view, 2, signal),
      () => index().remove(view, gone, signal),
    ];
    for (const step of steps) await step();
    const once = await stateOf(index(), view, [1, 2]);
    expect(once.spans).toHaveLength(40);
    for (const step of steps.slice(3)) {
      await step();
      await step();
    }
    expect(await stateOf(index(), view, [1, 2])).toEqual(once);
  });

  it('removes points for good, passing over those that are not there', async () => {
    const view = await freshView(index());
    const points = Array.from({ length: 25 }, (_, n) =>
      point(`kept or not ${n}`, { dense: [1, n, 0], sparse: terms([1, 1], [2 + (n % 2), 1]) }),
    );
    await load(index(), view, points);
    const query = ask({ dense: Float32Array.of(1, 1, 0), sparse: terms([1, 1], [2, 1]) });
    await index().search(view, query, signal);
    const gone = points.filter((_, n) => n % 3 === 0);
    const ids = gone.map(({ member }) => member.id);
    await index().remove(view, [...ids, idOf('nobody'), 'no uuid'], signal);
    await index().remove(view, [], signal);
    const kept = points.filter((one) => !gone.includes(one));
    expect(await index().count(view, 1, signal)).toBe(kept.length);
    expect(await index().fetch(view, ids, signal)).toEqual([]);
    // Rarity is counted over those that are left.
    expectExact(await index().search(view, query, signal), kept, query);
    await load(index(), view, gone);
    expectExact(await index().search(view, query, signal), points, query);
  });

  it('shows readers nothing of the removal of what they do not see', async () => {
    const view = await freshView(index());
    const old = Array.from({ length: 30 }, (_, n) =>
      point(`old ${n}`, { to: 2, dense: [1, n, 0], sparse: terms([1, 1]) }),
    );
    const live = Array.from({ length: 10 }, (_, n) =>
      point(`live ${n}`, { from: 2, dense: [1, n, 1], sparse: terms([1, 1 + n]) }),
    );
    await load(index(), view, [...old, ...live], 2);
    const query = ask({ dense: Float32Array.of(1, 1, 0), sparse: terms([1, 1]), epoch: 2 });
    const before = await index().search(view, query, signal);
    const ids = old.map(({ member }) => member.id);
    await Promise.all([
      index().remove(view, ids, signal),
      ...Array.from({ length: 5 }, async () => {
        expect(await index().search(view, query, signal)).toEqual(before);
      }),
    ]);
    expect(await index().search(view, query, signal)).toEqual(before);
    expect(await allOf(index().scan(view, signal))).toHaveLength(10);
  });

  it('stays right while most of what it ever held is taken away', async () => {
    const view = await freshView(index());
    const batch = (epoch: number) =>
      Array.from({ length: 60 }, (_, n) =>
        point(`batch ${epoch} ${n}`, {
          from: epoch,
          dense: [n, epoch, 1],
          sparse: terms([1 + (n % 5), 1], [100 + epoch, 0.5]),
        }),
      );
    const query = ask({ dense: Float32Array.of(1, 2, 3), sparse: terms([1, 1], [2, 1]) });
    for (let epoch = 1; epoch <= 6; epoch++) {
      const before = batch(epoch - 1).map(({ member }) => member.id);
      await index().upsert(view, batch(epoch), signal);
      await index().setEnd(view, before, epoch, signal);
      await index().seal(view, epoch, signal);
      await index().remove(view, before, signal);
      const asked = { ...query, epoch };
      expectExact(await index().search(view, asked, signal), batch(epoch), asked);
    }
    expect(await allOf(index().scan(view, signal))).toHaveLength(60);
  });

  it('gives vectors in unit length', async () => {
    const view = await freshView(index());
    await load(index(), view, [
      point('long', { dense: [3, 4, 0] }),
      point('zero', { dense: [0, 0, 0] }),
      point('short', { dense: [0, 0, -1e-20] }),
    ]);
    const ids = ['zero', 'short', 'long', 'nobody'].map(idOf);
    const found = await index().vectors(view, [...ids, 'no uuid', idOf('long')], signal);
    expect(new Set(found.keys())).toEqual(new Set(['long', 'zero', 'short'].map(idOf)));
    expect([...(found.get(idOf('long')) ?? [])]).toEqual([0.6, 0.8, 0].map(Math.fround));
    expect([...(found.get(idOf('zero')) ?? [])]).toEqual([0, 0, 0]);
    expect(found.get(idOf('short'))?.[2]).toBeCloseTo(-1, 6);
    expect(await index().vectors(view, [], signal)).toEqual(new Map());
  });

  it('keeps thousands of vectors apart', async () => {
    const view = await freshView(index(), 5);
    const points = Array.from({ length: 1_500 }, (_, n) =>
      point(`apart ${n}`, { dense: [1, Math.sin(n), Math.cos(n), n / 1_500, 0] }),
    );
    await load(index(), view, points);
    const ids = points.map(({ member }) => member.id);
    const found = await index().vectors(view, ids, signal);
    expect(found.size).toBe(1_500);
    for (const { member, dense } of points) {
      const length = Math.hypot(...dense);
      const held = found.get(member.id) ?? new Float32Array();
      expect(held.every((value, at) => Math.abs(value - (dense[at] ?? 0) / length) < 1e-6)).toBe(
        true,
      );
    }
  });

  it('scores the same at a published epoch, however often and for which terms it is asked', async () => {
    const open = await freshView(index());
    const points = Array.from({ length: 50 }, (_, n) =>
      point(`published ${n}`, { sparse: terms([1, 1], [2 + (n % 4), 1 + n / 50], [90 + n, 2]) }),
    );
    await load(index(), open, points);
    const view = { ...open, publishedEpoch: 1 };
    const later = points.map(({ member, ...vectors }) => ({
      ...vectors,
      member: { ...member, id: idOf(`later ${member.id}`), from: 2 },
    }));
    const asked = [terms([1, 1], [2, 1]), terms([2, 2], [3, 1]), terms([1, 0.5], [95, 1], [7, 1])];
    for (let round = 0; round < 3; round++) {
      for (const sparse of asked) {
        const query = ask({ sparse });
        expectExact(await index().search(view, query, signal), points, query);
      }
      // What the next epoch writes does not count for readers of this one.
      await index().upsert(view, later.slice(20 * round, 20 * round + 20), signal);
    }
    await index().seal(view, 2, signal);
    const query = ask({ sparse: terms([1, 1], [4, 1]), epoch: 2 });
    const all = [...points, ...later.slice(0, 60)];
    expectExact(await index().search(view, query, signal), all, query);
    expectExact(await index().search({ ...view, publishedEpoch: 2 }, query, signal), all, query);
  });

  it('ranks exactly when it is asked to', async () => {
    const view = await freshView(index(), 4);
    const points = Array.from({ length: 600 }, (_, n) =>
      point(`exactly ${n}`, { dense: [Math.sin(n), Math.cos(3 * n), Math.sin(7 * n), 1] }),
    );
    await load(index(), view, points);
    const query = ask({ dense: Float32Array.of(1, 1, 1, 0), exact: true, limit: 40 });
    expectExact(await index().search(view, query, signal), points, query);
  });

  it('can be taken up again where it was aborted', async () => {
    const view = await freshView(index());
    const points = Array.from({ length: 3_000 }, (_, n) => point(`cut off ${n}`));
    const controller = new AbortController();
    const writing = index().upsert(view, points, controller.signal);
    controller.abort();
    await writing.catch((thrown) => expect(thrown).toMatchObject({ name: 'AbortError' }));
    expect((await allOf(index().scan(view, signal))).length).toBeLessThanOrEqual(3_000);
    await load(index(), view, points);
    expect(await index().count(view, 1, signal)).toBe(3_000);
    expect(await allOf(index().scan(view, signal))).toHaveLength(3_000);
  });

  it('may be scanned no further than one likes', async () => {
    const view = await freshView(index());
    await load(index(), view, [point('one'), point('two')]);
    for await (const { from, to } of index().scan(view, signal)) {
      expect([from, to]).toEqual([1, EPOCH_OPEN_END]);
      break;
    }
    expect(await index().count(view, 1, signal)).toBe(2);
  });

  it('announces a view, or has nothing to announce', async () => {
    const view = await freshView(index());
    await index().announce?.(view, signal);
    await index().announce?.(view, signal);
    expect(await index().count(view, 1, signal)).toBe(0);
  });
}
