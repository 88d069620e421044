import { describe, expect, it } from 'vitest';
import { bestOfEach, searchByDocument } from '#ports/index-grouping.ts';
import { ask } from '../contracts/feature-index/points.ts';

const rankingOf = (length: number) =>
  Array.from({ length }, (_, n) => ({ id: `p${n}`, score: 1 - n / length }));

/** An index whose points belong to documents by their number; says which lengths were asked for. */
function createSearch(length: number, documentOf: (n: number) => string) {
  const ranking = rankingOf(length);
  const documents = new Map(ranking.map(({ id }, n) => [id, documentOf(n)]));
  const lengths: number[] = [];
  const run = (limit: number, perDocumentMax?: number) =>
    searchByDocument(ask({ limit, ...(perDocumentMax === undefined ? {} : { perDocumentMax }) }), {
      search: async (query) => {
        lengths.push(query.limit);
        return { dense: ranking.slice(0, query.limit), sparse: [] };
      },
      documentsOf: async (ids) => new Map(ids.map((id) => [id, documents.get(id) ?? ''])),
    });
  return { run, lengths };
}

describe('rankings by document', () => {
  it('are the plain ones when nothing is said of documents', async () => {
    const { run, lengths } = createSearch(50, String);
    expect((await run(10)).dense).toEqual(rankingOf(50).slice(0, 10));
    expect(lengths).toEqual([10]);
  });

  it('are asked for in greater length until enough documents are there', async () => {
    const { run, lengths } = createSearch(1_000, (n) => (n < 500 ? 'one' : String(n)));
    const { dense } = await run(10, 3);
    expect(dense.map(({ id }) => id)).toEqual(
      [0, 1, 2, 500, 501, 502, 503, 504, 505, 506].map((n) => `p${n}`),
    );
    expect(lengths).toEqual([40, 160, 640]);
  });

  it('end with the last point', async () => {
    const { run, lengths } = createSearch(100, (n) => String(n % 2));
    expect((await run(10, 1)).dense.map(({ id }) => id)).toEqual(['p0', 'p1']);
    expect(lengths).toEqual([40, 160]);
  });

  it('are given up on when hardly any other document is there', async () => {
    const { run, lengths } = createSearch(60_000, () => 'one');
    expect((await run(100, 2)).dense.map(({ id }) => id)).toEqual(['p0', 'p1']);
    expect(lengths).toEqual([400, 1_600, 6_400, 25_600, 50_000]);
  });
});

it('keeps the best of each document in their order, and no point of none', () => {
  const documents = new Map([
    ['p0', 'a'],
    ['p1', 'a'],
    ['p2', 'b'],
    ['p4', 'a'],
    ['p5', 'b'],
  ]);
  const kept = (max: number) => bestOfEach(rankingOf(6), documents, max).map(({ id }) => id);
  expect(kept(1)).toEqual(['p0', 'p2']);
  expect(kept(2)).toEqual(['p0', 'p1', 'p2', 'p5']);
  expect(kept(Number.POSITIVE_INFINITY)).toEqual(['p0', 'p1', 'p2', 'p4', 'p5']);
});
