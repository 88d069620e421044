import { expect } from 'vitest';
import type { ScoredPoint } from '#domain/fusion.ts';
import type { IndexPoint, IndexQuery, IndexRankings } from '#ports/feature-index.ts';

/** Indexes keep 32-bit floats, and add up in whatever order. */
const TOLERANCE = 1e-5;

/** Every matching point with its score in each ranking, straight from the port's words. */
function scoresOf(points: readonly IndexPoint[], query: IndexQuery) {
  const { dense, sparse, epoch, filter } = query;
  const visible = points.filter(({ member }) => member.from <= epoch && epoch < member.to);
  const matching = visible.filter(({ member: { context } }) => {
    if (filter.sourceName !== undefined && context.sourceName !== filter.sourceName) return false;
    if (filter.language !== undefined && context.language !== filter.language) return false;
    if (filter.tag !== undefined && !context.tags.includes(filter.tag)) return false;
    return filter.documentId === undefined || context.documentId === filter.documentId;
  });
  const byDense = new Map<string, number>();
  const bySparse = new Map<string, number>();
  for (const point of matching) {
    if (dense !== null) byDense.set(point.member.id, cosine(dense, point.dense));
    if (sparse === null) continue;
    let sum = 0;
    for (const [at, term] of sparse.indices.entries()) {
      const weight = weightIn(point, term);
      const n = visible.filter((other) => other.sparse.indices.includes(term)).length;
      const idf = Math.log(1 + (visible.length - n + 0.5) / (n + 0.5));
      sum += (sparse.values[at] ?? 0) * idf * weight;
    }
    if (sum > 0) bySparse.set(point.member.id, sum);
  }
  return { byDense, bySparse };
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
  expectRanking(rankings.dense, byDense, query.limit);
  expectRanking(rankings.sparse, bySparse, query.limit);
}

function expectRanking(
  ranking: readonly ScoredPoint[],
  scores: ReadonlyMap<string, number>,
  limit: number,
): void {
  const expected = [...scores.values()].sort((a, b) => b - a).slice(0, limit);
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
