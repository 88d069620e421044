import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EPOCH_OPEN_END } from '#domain/epoch.ts';
import type { FeatureIndex, IndexPoint } from '#ports/feature-index.ts';
import { query as asked, type Parts, parts } from './arbitraries.ts';
import { ask, freshView, idOf, load, point, signal, terms } from './points.ts';
import { expectExact } from './reference.ts';

type Change =
  | { readonly kind: 'upsert'; readonly name: number; readonly parts: Parts }
  | { readonly kind: 'end'; readonly names: readonly number[] }
  | { readonly kind: 'publish' };

const name = fc.integer({ min: 0, max: 6 });
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('upsert' as const), name, parts }) },
  fc.record({ kind: fc.constant('end' as const), names: fc.array(name, { maxLength: 4 }) }),
  fc.record({ kind: fc.constant('publish' as const) }),
);

/** Rankings, what they may see, and what they may not. */
export function searchingContract(index: () => FeatureIndex): void {
  it('ranks as scoring every point by hand does, under any filter and limit', async () => {
    const exact = fc.asyncProperty(
      fc.array(parts, { maxLength: 12 }),
      asked,
      async (all, query) => {
        const view = await freshView(index());
        const points = all.map((some, at) => point(`p${at}`, some));
        await load(index(), view, points);
        expectExact(await index().search(view, query, signal), points, query);
        await index().drop(view, signal);
      },
    );
    await fc.assert(exact, { numRuns: 40 });
  }, 120_000);

  it('shows each epoch what was written for it, whatever comes later', async () => {
    const history = fc.asyncProperty(fc.array(change, { maxLength: 14 }), async (changes) => {
      const view = await freshView(index());
      const model = new Map<string, IndexPoint>();
      let open = 1;
      const query = { dense: Float32Array.of(1, 1, 0), sparse: terms([1, 1], [0xffff_ffff, 2]) };
      const check = async () => {
        await index().seal(view, open, signal);
        for (let epoch = 1; epoch <= open; epoch++) {
          const asked = ask({ ...query, epoch });
          expectExact(await index().search(view, asked, signal), [...model.values()], asked);
        }
      };
      for (const step of changes) {
        if (step.kind === 'publish') {
          await check();
          open += 1;
        } else if (step.kind === 'upsert') {
          const added = point(`${step.name} of ${open}`, { ...step.parts, from: open });
          model.set(added.member.id, added);
          await index().upsert(view, [added], signal);
        } else {
          const ids = step.names.map((of) => idOf(`${of} of ${Math.max(1, open - 1)}`));
          await index().setEnd(view, ids, open, signal);
          for (const id of ids) {
            const old = model.get(id);
            if (old) model.set(id, { ...old, member: { ...old.member, to: open } });
          }
        }
      }
      await check();
      await index().drop(view, signal);
    });
    await fc.assert(history, { numRuns: 25 });
  }, 120_000);

  it('orders equal scores by id, descending, and cuts there', async () => {
    const view = await freshView(index());
    const names = Array.from({ length: 30 }, (_, n) => `equal ${n}`);
    const same = { dense: [3, 4, 0], sparse: terms([5, 1.25]) };
    await load(index(), view, [...names.map((each) => point(each, same)), point('other')]);
    const query = ask({ dense: Float32Array.of(3, 4, 0), sparse: terms([5, 1]), limit: 7 });
    const found = await index().search(view, query, signal);
    const expected = names.map(idOf).sort().reverse().slice(0, 7);
    expect(found.dense.map(({ id }) => id)).toEqual(expected);
    expect(found.sparse.map(({ id }) => id)).toEqual(expected);
  });

  it('finds nothing in an empty collection or before the first epoch', async () => {
    const view = await freshView(index());
    const query = ask({ dense: Float32Array.of(1, 0, 0), sparse: terms([1, 1]) });
    const nothing = { dense: [], sparse: [] };
    await index().seal(view, 1, signal);
    expect(await index().search(view, query, signal)).toEqual(nothing);
    await load(index(), view, [point('a', { sparse: terms([1, 1]) })]);
    expect(await index().search(view, { ...query, epoch: 0 }, signal)).toEqual(nothing);
  });

  it('leaves out a ranking that is not asked for', async () => {
    const view = await freshView(index());
    await load(index(), view, [point('a', { sparse: terms([1, 1]) })]);
    const [dense, asked] = [Float32Array.of(1, 0, 0), terms([1, 1])];
    const found = async (query: Parameters<typeof ask>[0]) => {
      const rankings = await index().search(view, ask(query), signal);
      return [rankings.dense.length, rankings.sparse.length];
    };
    expect(await found({ dense })).toEqual([1, 0]);
    expect(await found({ sparse: asked })).toEqual([0, 1]);
    expect(await found({ dense, sparse: terms() })).toEqual([1, 0]);
    expect(await found({})).toEqual([0, 0]);
  });

  it('scores a vector of zeros 0, on either side', async () => {
    const view = await freshView(index());
    await load(index(), view, [
      point('zero', { dense: [0, 0, 0] }),
      point('like', { dense: [2, 0, 0] }),
      point('unlike', { dense: [-1, 0, 0] }),
    ]);
    const by = async (dense: readonly number[]) =>
      (await index().search(view, ask({ dense: Float32Array.from(dense) }), signal)).dense;
    expect((await by([5, 0, 0])).map(({ id, score }) => [id, score])).toEqual([
      [idOf('like'), 1],
      [idOf('zero'), 0],
      [idOf('unlike'), -1],
    ]);
    expect((await by([0, 0, 0])).map(({ score }) => score)).toEqual([0, 0, 0]);
  });

  it('takes 20,000 points at once, and ranks them', async () => {
    const view = await freshView(index(), 8);
    const points = Array.from({ length: 20_000 }, (_, n) =>
      point(`many ${n}`, {
        dense: Array.from({ length: 8 }, (_, d) => Math.sin(n * 7.3 + d * 1.7)),
        sparse: terms([n % 50, 1 + (n % 7) / 8], [100 + (n % 3), 0.5], [1_000 + n, 1]),
      }),
    );
    await load(index(), view, points);
    expect(await index().count(view, 1, signal)).toBe(20_000);
    const query = ask({
      dense: Float32Array.from({ length: 8 }, (_, d) => Math.cos(d)),
      sparse: terms([7, 1], [101, 2], [1_234, 1]),
      exact: true,
    });
    expectExact(await index().search(view, query, signal), points, query);
  }, 120_000);

  it('gives readers of an epoch the same while the next one is written', async () => {
    const view = await freshView(index());
    const first = Array.from({ length: 40 }, (_, n) =>
      point(`first ${n}`, { dense: [n, 1, 0], sparse: terms([1, 1 + n / 40], [2 + (n % 3), 1]) }),
    );
    await load(index(), view, first);
    const query = ask({ dense: Float32Array.of(1, 1, 0), sparse: terms([1, 1], [3, 1]) });
    const before = await index().search(view, query, signal);
    let writing = true;
    const write = async () => {
      for (let n = 0; n < 40; n++) {
        const added = point(`second ${n}`, { from: 2, dense: [1, 1, 0], sparse: terms([1, 9]) });
        await index().upsert(view, [added], signal);
        await index().setEnd(view, [idOf(`first ${n}`)], 2, signal);
        if (n % 10 === 9) await index().seal(view, 2, signal);
      }
      writing = false;
    };
    const read = async () => {
      while (writing) expect(await index().search(view, query, signal)).toEqual(before);
    };
    await Promise.all([write(), read(), read(), read()]);
    expect(await index().count(view, 1, signal)).toBe(40);
    const after = await index().search(view, { ...query, epoch: 2 }, signal);
    expect(after.dense).toHaveLength(40);
    expect(after.dense.every(({ id }) => first.every(({ member }) => member.id !== id))).toBe(true);
  }, 60_000);

  it('counts what an epoch sees, spans of no length never', async () => {
    const view = await freshView(index());
    await load(index(), view, [
      point('lives', { from: 2 }),
      point('ended', { from: 1, to: 3 }),
      point('never', { from: 2, to: 2 }),
      point('last', { from: EPOCH_OPEN_END - 1 }),
    ]);
    const counts = [0, 1, 2, 3, EPOCH_OPEN_END - 1].map((at) => index().count(view, at, signal));
    expect(await Promise.all(counts)).toEqual([0, 1, 2, 1, 2]);
  });
}
