import { describe, expect, it } from 'vitest';
import type { FeatureIndex } from '#ports/feature-index.ts';
import {
  ask,
  idOf,
  load,
  point,
  signal,
  terms,
  viewNumber,
} from '../../contracts/feature-index/points.ts';
import { expectExact } from '../../contracts/feature-index/reference.ts';
import { countOf, useServer } from './using-server.ts';

const view = viewNumber(1, 3, 'searches');
const dense = Float32Array.of(1, 1, 0);

describe('qdrant searches', () => {
  const { server, index } = useServer();
  const filled = async (mine: FeatureIndex, count: number) => {
    const points = Array.from({ length: count }, (_, n) =>
      point(`found ${n}`, {
        dense: [1, n / count, 0],
        sparse: terms([1, 1 + n / count], [2 + (n % 5), 1]),
      }),
    );
    await mine.ensure(view, signal);
    await load(mine, view, points);
    return points;
  };
  const queries = () => countOf(server(), /points\/query\/batch/);

  it('ask for both rankings in one request', async () => {
    const mine = index();
    const points = await filled(mine, 300);
    const before = queries();
    const query = ask({ dense, sparse: terms([1, 1], [3, 1]), limit: 50 });
    expectExact(await mine.search(view, query, signal), points, query);
    expect(queries() - before).toBe(1);
  });

  it('ask for nothing when there is nothing to ask', async () => {
    const mine = index();
    await filled(mine, 3);
    const before = queries();
    for (const query of [
      ask({}),
      ask({ sparse: terms() }),
      ask({ dense, limit: 0 }),
      ask({ dense, filter: { languages: [] } }),
      ask({ dense, filter: { documentId: 'none' } }),
    ]) {
      expect(await mine.search(view, query, signal)).toEqual({ dense: [], sparse: [] });
    }
    expect(queries()).toBe(before);
  });

  it('find what a graph of vectors does not reach, when they find too little', async () => {
    const mine = index();
    const points = await filled(mine, 200);
    const collection = server().collections.get(view.collection);
    if (collection !== undefined) collection.hidden = (id) => id < '8';
    const query = ask({ dense, limit: 190 });
    const before = queries();
    expectExact(await mine.search(view, query, signal), points, query);
    expect(queries() - before).toBe(2);
    const few = await mine.search(view, ask({ dense, limit: 5 }), signal);
    expect(few.dense).toHaveLength(5);
    expect(few.dense.every(({ id }) => id >= '8')).toBe(true);
    const exact = ask({ dense, limit: 5, exact: true });
    expectExact(await mine.search(view, exact, signal), points, exact);
  });

  it.each([1, 10, 99])('cut a long tie at %i by id', async (limit) => {
    const mine = index();
    await mine.ensure(view, signal);
    const same = { dense: [1, 1, 0], sparse: terms([1, 1]) };
    const names = Array.from({ length: 700 }, (_, n) => `tied ${n}`);
    const best = point('best', { dense: [1, 1, 0], sparse: terms([1, 3]) });
    await load(mine, view, [best, ...names.map((name) => point(name, same))]);
    const { sparse } = await mine.search(view, ask({ sparse: terms([1, 1]), limit }), signal);
    const tied = names.map(idOf).sort().reverse();
    expect(sparse.map(({ id }) => id)).toEqual([idOf('best'), ...tied].slice(0, limit));
    const ranked = await mine.search(view, ask({ dense, limit }), signal);
    const all = [...names, 'best'].map(idOf).sort().reverse();
    expect(ranked.dense.map(({ id }) => id)).toEqual(all.slice(0, limit));
  });

  it('go no further into a tie than they may', async () => {
    const mine = index({ limits: { tiesMax: 100 } });
    await mine.ensure(view, signal);
    await load(
      mine,
      view,
      Array.from({ length: 500 }, (_, n) => point(`tied ${n}`)),
    );
    const before = queries();
    const { dense: found } = await mine.search(view, ask({ dense, limit: 10 }), signal);
    expect(found).toHaveLength(10);
    expect(queries() - before).toBe(3);
  });

  it('count how rare a term is once for each published epoch', async () => {
    const mine = index();
    const points = await filled(mine, 60);
    const published = { ...view, publishedEpoch: 1 };
    const query = ask({ sparse: terms([1, 1], [3, 2], [77, 1]) });
    const first = queries();
    for (let n = 0; n < 4; n++) {
      expectExact(await mine.search(published, query, signal), points, query);
    }
    expect(queries() - first).toBe(5);
    const other = ask({ sparse: terms([3, 1], [4, 1]) });
    expectExact(await mine.search(published, other, signal), points, other);
    expect(queries() - first).toBe(7);
  });

  it('count again after a change, and after a while', async () => {
    let now = 0;
    const clock = { monotonicMs: () => now, sleep: async () => undefined };
    const mine = index({ clock });
    const points = await filled(mine, 40);
    const published = { ...view, publishedEpoch: 1 };
    const query = ask({ sparse: terms([1, 1], [3, 1]) });
    await mine.search(published, query, signal);
    // Mended: what was counted before is no longer so.
    const gone = points.slice(0, 20).map(({ member }) => member.id);
    await mine.remove(view, gone, signal);
    expectExact(await mine.search(published, query, signal), points.slice(20), query);
    // Mended by another process.
    await index().remove(
      view,
      points.slice(20, 25).map(({ member }) => member.id),
      signal,
    );
    now += 11 * 60_000;
    expectExact(await mine.search(published, query, signal), points.slice(25), query);
  });

  it('remember a few epochs alone', async () => {
    const mine = index();
    const points = await filled(mine, 10);
    const published = { ...view, publishedEpoch: 9 };
    for (let epoch = 1; epoch <= 9; epoch++) {
      const query = ask({ sparse: terms([1, 1]), epoch });
      expectExact(await mine.search(published, query, signal), points, query);
    }
    const before = queries();
    await mine.search(published, ask({ sparse: terms([1, 1]), epoch: 9 }), signal);
    expect(queries() - before).toBe(1);
    await mine.search(published, ask({ sparse: terms([1, 1]), epoch: 1 }), signal);
    expect(queries() - before).toBe(3);
  });

  it('are refused with a vector that is not finite', async () => {
    const mine = index();
    await filled(mine, 3);
    const query = ask({ dense: Float32Array.of(1, Number.NaN, 0) });
    await expect(mine.search(view, query, signal)).rejects.toMatchObject({ code: 'invalid_input' });
  });
});
