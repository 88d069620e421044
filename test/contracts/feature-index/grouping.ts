import fc from 'fast-check';
import { expect, it } from 'vitest';
import { uuidOf } from '#domain/hash.ts';
import type { FeatureIndex } from '#ports/feature-index.ts';
import { parts, query } from './arbitraries.ts';
import { ask, freshView, idOf, load, point, signal, terms } from './points.ts';
import { expectExact } from './reference.ts';

/** Rankings in which one document does not crowd out the others. */
export function groupingContract(index: () => FeatureIndex): void {
  it('ranks the best few of each document as scoring by hand does, under any filter', async () => {
    const exact = fc.asyncProperty(
      fc.array(parts, { maxLength: 12 }),
      query,
      fc.integer({ min: 1, max: 3 }),
      async (all, asked, perDocumentMax) => {
        const view = await freshView(index());
        const points = all.map((some, at) => point(`grouped ${at}`, some));
        await load(index(), view, points);
        const grouped = { ...asked, perDocumentMax };
        expectExact(await index().search(view, grouped, signal), points, grouped);
        await index().drop(view, signal);
      },
    );
    await fc.assert(exact, { numRuns: 25 });
  }, 120_000);

  it('reaches the documents behind one that has hundreds of better points', async () => {
    const view = await freshView(index());
    const points = Array.from({ length: 700 }, (_, n) =>
      point(`chunk ${n}`, {
        documentId: uuidOf('document of', n < 650 ? 'many' : String(n)),
        dense: [1, n / 1_000, 0],
        sparse: terms([1, 2 - n / 1_000]),
      }),
    );
    await load(index(), view, points);
    const dense = Float32Array.of(1, 0, 0);
    const asked = ask({ dense, sparse: terms([1, 1]), limit: 20, perDocumentMax: 2 });
    const expected = [0, 1, ...Array.from({ length: 18 }, (_, n) => 650 + n)];
    const found = await index().search(view, asked, signal);
    for (const ranking of [found.dense, found.sparse]) {
      expect(ranking.map(({ id }) => id)).toEqual(expected.map((n) => idOf(`chunk ${n}`)));
    }
  });

  it('gives fewer when there are not enough documents', async () => {
    const view = await freshView(index());
    const points = Array.from({ length: 90 }, (_, n) =>
      point(`chunk ${n}`, {
        documentId: uuidOf('document of', String(n % 3)),
        dense: [1, n, 0],
        sparse: terms([1, 1 + n]),
      }),
    );
    await load(index(), view, points);
    const dense = Float32Array.of(1, 1, 0);
    const asked = ask({ dense, sparse: terms([1, 1]), limit: 10, perDocumentMax: 1 });
    const found = await index().search(view, asked, signal);
    expect([found.dense.length, found.sparse.length]).toEqual([3, 3]);
    expectExact(found, points, asked);
  });
}
