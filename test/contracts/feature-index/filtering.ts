import { expect, it } from 'vitest';
import { uuidOf } from '#domain/hash.ts';
import type { FeatureIndex, IndexFilter, IndexPoint } from '#ports/feature-index.ts';
import { ask, freshView, idOf, load, point, signal, terms } from './points.ts';
import { expectExact, matches } from './reference.ts';

const ALL = { dense: Float32Array.of(1, 0, 0), sparse: terms([1, 1]) };

const DATES = ['2026-01-31', '2026-02-01T08:00:00+09:00', '2025-12-31T23:00:00Z'];

/** Every combination of what filters ask for, in epochs 1 and 2, and some that ended with 1. */
const shelf: readonly IndexPoint[] = ['blog', 'news', 'notes'].flatMap((sourceName, s) =>
  ['en', 'fr', null].flatMap((language, l) =>
    [[], ['a'], ['a', 'b c']].map((tags, t) => {
      const n = 9 * s + 3 * l + t;
      return point(`shelf ${n}`, {
        sourceName,
        language,
        tags,
        documentId: uuidOf('shelf', String(n % 2)),
        publishedAt: DATES[n % 4] ?? null,
        dense: [1, n / 10, 0],
        sparse: terms([1, 1 + n / 30]),
        ...(n % 5 === 0 ? { from: 2 } : {}),
        ...(n % 7 === 0 ? { from: 1, to: 2 } : {}),
      });
    }),
  ),
);

const FILTERS: readonly (readonly [string, IndexFilter])[] = [
  ['a source', { sourceNames: ['news'] }],
  ['some sources', { sourceNames: ['news', 'notes', 'nowhere'] }],
  ['a source that is not there', { sourceNames: ['nowhere'] }],
  ['no source at all', { sourceNames: [] }],
  ['a language', { languages: ['fr'] }],
  ['some languages', { languages: ['fr', 'de'] }],
  ['no language at all', { languages: [] }],
  ['a tag', { tags: ['a'] }],
  ['all of some tags', { tags: ['a', 'b c'] }],
  ['all of some tags, in another order', { tags: ['b c', 'a'] }],
  ['a tag that is not there', { tags: ['a', 'nowhere'] }],
  ['no tags, which all have', { tags: [] }],
  ['a document', { documentId: uuidOf('shelf', '1') }],
  ['a document that is not there', { documentId: uuidOf('shelf', '9') }],
  ['a document that is none', { documentId: 'shelf' }],
  ['a first day', { publishedFrom: '2026-01-31' }],
  ['a last day, to its end', { publishedTo: '2026-01-31' }],
  ['one day', { publishedFrom: '2026-01-31', publishedTo: '2026-01-31' }],
  ['an instant in another zone', { publishedFrom: '2026-02-01T00:00:00+01:00' }],
  ['days in the wrong order', { publishedFrom: '2026-02-01', publishedTo: '2026-01-01' }],
  ['everything at once', { sourceNames: ['blog'], languages: ['en'], tags: ['a', 'b c'] }],
];

export function filteringContract(index: () => FeatureIndex): void {
  it.each(FILTERS)('lets through what has %s, at each epoch', async (_, filter) => {
    const view = await freshView(index());
    await load(index(), view, shelf, 2);
    for (const epoch of [1, 2]) {
      const query = ask({ ...ALL, epoch, filter });
      expectExact(await index().search(view, query, signal), shelf, query);
    }
    await index().drop(view, signal);
  });

  it('filters by tags of any characters', async () => {
    const view = await freshView(index());
    const tags = ['a,b', '{"x"}', 'back\\slash', "it's", '', 'NULL', 'two words', 'ünï', '%_'];
    const points = tags.map((tag) =>
      point(`tagged ${tag}`, { tags: [tag, 'common'], sourceName: tag, sparse: terms([1, 1]) }),
    );
    await load(index(), view, points);
    for (const tag of tags) {
      for (const filter of [{ tags: [tag] }, { tags: [tag, 'common'] }, { sourceNames: [tag] }]) {
        const found = await index().search(view, ask({ ...ALL, filter }), signal);
        expect(found.dense.map(({ id }) => id)).toEqual([idOf(`tagged ${tag}`)]);
        expect(found.sparse.map(({ id }) => id)).toEqual([idOf(`tagged ${tag}`)]);
      }
    }
  });

  it.each(['yesterday', '2026-13-01', '2026-1-1', '', '2026-01-01T25:00:00Z'])(
    'refuses "%s" as a date',
    async (text) => {
      const view = await freshView(index());
      for (const param of ['publishedFrom', 'publishedTo']) {
        const query = ask({ ...ALL, filter: { [param]: text } });
        await expect(index().search(view, query, signal)).rejects.toMatchObject({
          name: 'AppError',
          code: 'invalid_input',
          param,
        });
      }
    },
  );

  it('reads dates without a zone as UTC, and none that it cannot read', async () => {
    const view = await freshView(index());
    const dates = ['2026-05-06T07:08', '2026-05-06 07:08:00.5', '2026-05-06', 'May 2026', null];
    await load(
      index(),
      view,
      dates.map((publishedAt, n) => point(`dated ${n}`, { publishedAt })),
    );
    const found = async (filter: IndexFilter) => {
      const { dense } = await index().search(view, ask({ ...ALL, filter }), signal);
      return dates.flatMap((_, n) =>
        dense.some(({ id }) => id === idOf(`dated ${n}`)) ? [n] : [],
      );
    };
    expect(await found({ publishedFrom: '2026-05-06T07:08:00Z' })).toEqual([0, 1]);
    expect(await found({ publishedTo: '2026-05-06T07:08:00Z' })).toEqual([0, 2]);
    expect(await found({ publishedFrom: '1900-01-01' })).toEqual([0, 1, 2]);
    expect(await found({ publishedTo: '2100-01-01' })).toEqual([0, 1, 2]);
  });

  it('changes no score, and no order among those that are left', async () => {
    const view = await freshView(index());
    await load(index(), view, shelf, 2);
    const all = await index().search(view, ask({ ...ALL, epoch: 2 }), signal);
    const filter = { languages: ['en'], publishedFrom: '2026-01-01' };
    const some = await index().search(view, ask({ ...ALL, epoch: 2, filter }), signal);
    const left = new Set(
      shelf.filter((one) => matches(one, filter)).map(({ member }) => member.id),
    );
    expect(some.dense).toEqual(all.dense.filter(({ id }) => left.has(id)));
    expect(some.sparse).toEqual(all.sparse.filter(({ id }) => left.has(id)));
    expect(some.dense.length).toBeGreaterThan(2);
  });

  it('finds the few of many that match, wherever they are', async () => {
    const view = await freshView(index(), 4);
    const points = Array.from({ length: 2_000 }, (_, n) =>
      point(`of many ${n}`, {
        // The rare ones are those that are least alike.
        dense: n % 100 === 0 ? [-1, n / 5_000, 0, 0] : [1, Math.sin(n), Math.cos(n), 0],
        sparse: terms([n % 100 === 0 ? 5 : 6, 1], [7, 1]),
        tags: n % 100 === 0 ? ['rare'] : [],
      }),
    );
    await load(index(), view, points);
    const dense = Float32Array.of(1, 0, 0, 0);
    const query = ask({ dense, sparse: terms([7, 1]), filter: { tags: ['rare'] }, limit: 50 });
    const found = await index().search(view, query, signal);
    expect(found.dense).toHaveLength(20);
    expect(found.sparse).toHaveLength(20);
    expectExact(found, points, query);
  });
}
