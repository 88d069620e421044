import { expect } from 'vitest';
import type { ScoredPoint } from '#domain/fusion.ts';
import type { IndexFilter, IndexPoint, IndexQuery, IndexRankings } from '#ports/feature-index.ts';

/** Indexes keep 32-bit floats, and add up in whatever order. */
const TOLERANCE = 1e-5;

/** Every matching point with its score in each ranking, straight from the port's words. */
export function scoresOf(points: readonly IndexPoint[], query: IndexQuery) {
  const { dense, sparse, epoch, filter } = query;
  const visible = points.filter(({ member }) => member.from <= epoch && epoch < member.to);
  const matching = visible.filter((point) => matches(point, filter));
  const byDense = new Map<string, number>();
  const bySparse = new Map<string, number>();
  const terms = (sparse?.indices ?? []).map((term, at) => {
    const n = visible.filter((other) => other.sparse.indices.includes(term)).length;
    const idf = Math.log(1 + (visible.length - n + 0.5) / (n + 0.5));
    return { term, factor: (sparse?.values[at] ?? 0) * idf };
  });
  for (const point of matching) {
    if (dense !== null) byDense.set(point.member.id, cosine(dense, point.dense));
    const sum = terms.reduce((so, { term, factor }) => so + factor * weightIn(point, term), 0);
    if (sum > 0) bySparse.set(point.member.id, sum);
  }
  return { byDense, bySparse };
}

/** Dates are those of the tests: instants with a zone, or bare dates. */
export function matches({ member: { context } }: IndexPoint, filter: IndexFilter): boolean {
  const { documentId } = filter;
  if (documentId !== undefined && context.documentId !== documentId) return false;
  if (filter.sourceNames?.includes(context.sourceName) === false) return false;
  if (filter.languages?.includes(context.language ?? 'none') === false) return false;
  if (filter.tags?.some((one) => !context.tags.includes(one))) return false;
  const { publishedFrom, publishedTo } = filter;
  if (publishedFrom === undefined && publishedTo === undefined) return true;
  const at = Date.parse(context.publishedAt ?? '');
  if (Number.isNaN(at)) return false;
  if (publishedFrom !== undefined && at < Date.parse(publishedFrom)) return false;
  if (publishedTo === undefined) return true;
  const end = publishedTo.length === 10 ? `${publishedTo}T23:59:59.999Z` : publishedTo;
  return at <= Date.parse(end);
}

function weightIn({ sparse }: IndexPoint, term: number): number {
  const at = sparse.indices.indexOf(term);
  return at < 0 ? 0 : (sparse.values[at] ?? 0);
}

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) =>
    x.reduce((sum, value, at) => sum + value * (y[at] ?? 0), 0);
  const lengths = Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b));
  return lengths === 0 ? 0 : dot(a, b) / lengths;
}

/** Fails unless both rankings are what scoring every point by hand gives. */
export function expectExact(
  rankings: IndexRankings,
  points: readonly IndexPoint[],
  query: IndexQuery,
): void {
  const { byDense, bySparse } = scoresOf(points, query);
  expectRanking(rankings.dense, byDense, bestOf(points, byDense, query));
  expectRanking(rankings.sparse, bySparse, bestOf(points, bySparse, query));
}

/** Scores that a ranking must have, in its order. */
function bestOf(
  points: readonly IndexPoint[],
  scores: ReadonlyMap<string, number>,
  { limit, perDocumentMax }: IndexQuery,
): readonly number[] {
  const scored = points.filter(({ member }) => scores.has(member.id));
  const byDocument = Map.groupBy(scored, ({ member }) => member.context.documentId);
  return [...byDocument.values()]
    .flatMap((ofOne) =>
      ofOne
        .map(({ member }) => scores.get(member.id) ?? Number.NaN)
        .sort((a, b) => b - a)
        .slice(0, perDocumentMax),
    )
    .sort((a, b) => b - a)
    .slice(0, limit);
}

function expectRanking(
  ranking: readonly ScoredPoint[],
  scores: ReadonlyMap<string, number>,
  expected: readonly number[],
): void {
  expect(ranking).toHaveLength(expected.length);
  expect(new Set(ranking.map(({ id }) => id)).size).toBe(ranking.length);
  for (const [rank, { id, score }] of ranking.entries()) {
    const tolerance = TOLERANCE * Math.max(1, Math.abs(score));
    expect(Math.abs(score - (expected[rank] ?? Number.NaN))).toBeLessThanOrEqual(tolerance);
    expect(Math.abs(score - (scores.get(id) ?? Number.NaN))).toBeLessThanOrEqual(tolerance);
    const before = ranking[rank - 1];
    if (before === undefined) continue;
    expect(before.score > score || (before.score === score && before.id > id)).toBe(true);
  }
}
