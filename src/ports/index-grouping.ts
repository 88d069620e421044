import type { ScoredPoint } from '../domain/fusion.ts';
import { firstOfEach } from '../domain/grouping.ts';
import type { IndexQuery, IndexRankings } from './feature-index.ts';

/** What an index does that ranks points, whatever document they are of. */
export type PointSearch = {
  readonly search: (query: IndexQuery) => Promise<IndexRankings>;
  /** Documents by the ids of points. */
  readonly documentsOf: (ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;
};

/** A longer ranking, where some of it is cut away. */
const WIDER = 4;
/** Length of a ranking that is given up on when it is of too few documents. */
const LENGTH_MAX = 50_000;

/**
 * The rankings of a query with at most `perDocumentMax` points of each document: they are asked for
 * in greater length until enough are left.
 */
export async function searchByDocument(
  query: IndexQuery,
  { search, documentsOf }: PointSearch,
): Promise<IndexRankings> {
  const { perDocumentMax: max, limit } = query;
  if (max === undefined) return search(query);
  for (let length = WIDER * limit; ; length = Math.min(WIDER * length, LENGTH_MAX)) {
    const { dense, sparse } = await search({ ...query, limit: length });
    const documents = await documentsOf([...new Set([...dense, ...sparse].map(({ id }) => id))]);
    const byDense = bestOfEach(dense, documents, max).slice(0, limit);
    const bySparse = bestOfEach(sparse, documents, max).slice(0, limit);
    const done = (ranking: readonly ScoredPoint[], left: readonly ScoredPoint[]) =>
      left.length >= limit || ranking.length < length;
    if ((done(dense, byDense) && done(sparse, bySparse)) || length >= LENGTH_MAX) {
      return { dense: byDense, sparse: bySparse };
    }
  }
}

/** The first `max` points of each document, in their order; points of none are left out. */
export const bestOfEach = (
  ranking: readonly ScoredPoint[],
  documents: ReadonlyMap<string, string>,
  max: number,
): readonly ScoredPoint[] =>
  firstOfEach(
    ranking.filter(({ id }) => documents.has(id)),
    ({ id }) => documents.get(id) ?? '',
    max,
  );
