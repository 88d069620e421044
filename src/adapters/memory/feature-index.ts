import type { SparseVector } from '#domain/embedding.ts';
import { isVisible } from '#domain/epoch.ts';
import { AppError } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import { compareScored, type ScoredPoint } from '#domain/fusion.ts';
import {
  type FeatureIndex,
  type IndexFilter,
  type IndexPoint,
  type IndexQuery,
  missingCollection,
  publishedMsOf,
  publishedRangeOf,
} from '#ports/feature-index.ts';
import { bestOfEach } from '#ports/index-grouping.ts';

type Collection = { readonly dimension: number; readonly points: Map<string, IndexPoint> };

/**
 * Collections in maps, every search a scan of all points: the port's promise with nothing clever
 * about it, for tests and as the reference that the other indexes are held against.
 */
export function createMemoryIndex(): FeatureIndex {
  const collections = new Map<string, Collection>();
  const open = (view: FeatureView, signal: AbortSignal): Collection => {
    signal.throwIfAborted();
    const collection = collections.get(view.collection);
    if (collection === undefined) throw missingCollection(view);
    return collection;
  };
  return {
    check: async (signal) => signal.throwIfAborted(),
    ensure: async (view, signal) => {
      signal.throwIfAborted();
      const { dimension } = view.spec.dense;
      const found = collections.get(view.collection);
      if (found === undefined) collections.set(view.collection, { dimension, points: new Map() });
      else requireLength(view, found.dimension, dimension);
    },
    upsert: async (view, points, signal) => {
      const collection = open(view, signal);
      for (const { dense } of points) requireLength(view, collection.dimension, dense.length);
      for (const { member, dense, sparse } of points) {
        collection.points.set(member.id, { member, dense: dense.slice(), sparse });
      }
    },
    setEnd: async (view, ids, to, signal) => {
      const { points } = open(view, signal);
      for (const id of ids) {
        const point = points.get(id);
        if (point) points.set(id, { ...point, member: { ...point.member, to } });
      }
    },
    remove: async (view, ids, signal) => {
      const { points } = open(view, signal);
      for (const id of ids) points.delete(id);
    },
    seal: async (view, _epoch, signal) => void open(view, signal),
    search: async (view, query, signal) => {
      const { dimension, points } = open(view, signal);
      if (query.dense !== null) requireLength(view, dimension, query.dense.length);
      return rank([...points.values()], query);
    },
    fetch: async (view, ids, signal) => {
      const { points } = open(view, signal);
      return ids.flatMap((id) => points.get(id)?.member ?? []);
    },
    vectors: async (view, ids, signal) => {
      const { points } = open(view, signal);
      const found = ids.flatMap((id) => points.get(id) ?? []);
      return new Map(found.map(({ member, dense }) => [member.id, unitOf(dense)]));
    },
    count: async (view, epoch, signal) =>
      [...open(view, signal).points.values()].filter(({ member }) => isVisible(member, epoch))
        .length,
    scan: async function* (view, signal) {
      for (const { member } of [...open(view, signal).points.values()]) {
        signal.throwIfAborted();
        yield { id: member.id, from: member.from, to: member.to };
      }
    },
    drop: async (view, signal) => {
      signal.throwIfAborted();
      collections.delete(view.collection);
    },
  };
}

function requireLength(view: FeatureView, dimension: number, length: number): void {
  if (length === dimension) return;
  throw new AppError(
    'index_mismatch',
    `collection ${view.collection} holds vectors of ${dimension} dimensions, but one of ${length} ` +
      `was given for ${view.id}; drop the collection, or build the next view version.`,
  );
}

function rank(all: readonly IndexPoint[], query: IndexQuery) {
  const { dense, sparse, limit, perDocumentMax = Number.POSITIVE_INFINITY } = query;
  const visible = all.filter(({ member }) => isVisible(member, query.epoch));
  const matches = matcherOf(query.filter);
  const matching = visible.filter(({ member }) => matches(member.context));
  const documents = new Map(all.map(({ member }) => [member.id, member.context.documentId]));
  const best = (score: (point: IndexPoint) => number, least: number): readonly ScoredPoint[] => {
    const scored = matching
      .map((point) => ({ id: point.member.id, score: score(point) }))
      .filter((point) => point.score > least)
      .sort(compareScored);
    return bestOfEach(scored, documents, perDocumentMax).slice(0, limit);
  };
  return {
    dense: dense === null ? [] : best((point) => cosine(dense, point.dense), -2),
    sparse: sparse === null ? [] : best(bm25(sparse, visible), 0),
  };
}

type Matches = (context: IndexPoint['member']['context']) => boolean;

function matcherOf(filter: IndexFilter): Matches {
  const { sourceNames, languages, tags = [], documentId } = filter;
  const { from, to } = publishedRangeOf(filter);
  const dated = from !== null || to !== null;
  return (context) => {
    const at = publishedMsOf(context.publishedAt);
    return (
      (sourceNames === undefined || sourceNames.includes(context.sourceName)) &&
      (languages === undefined || languages.some((one) => one === context.language)) &&
      tags.every((one) => context.tags.includes(one)) &&
      (documentId === undefined || context.documentId === documentId) &&
      (!dated || (at !== null && at >= (from ?? at) && at <= (to ?? at)))
    );
  };
}

/** The port's sparse score; rarity is counted over all visible points, whatever the filter. */
function bm25(asked: SparseVector, visible: readonly IndexPoint[]): (point: IndexPoint) => number {
  const weights = visible.map((point) => [point, weightsOf(point.sparse)] as const);
  const byPoint = new Map(weights);
  const terms = asked.indices.map((term, at) => {
    const n = weights.filter(([, held]) => held.has(term)).length;
    const rarity = Math.log(1 + (visible.length - n + 0.5) / (n + 0.5));
    return { term, factor: (asked.values[at] ?? 0) * rarity };
  });
  return (point) => {
    const held = byPoint.get(point);
    return terms.reduce((sum, { term, factor }) => sum + factor * (held?.get(term) ?? 0), 0);
  };
}

const weightsOf = ({ indices, values }: SparseVector): ReadonlyMap<number, number> =>
  new Map(indices.map((index, at) => [index, values[at] ?? 0]));

/** 0 when either is all zeros: such a vector is as much like as unlike. */
function cosine(a: Float32Array, b: Float32Array): number {
  let dot = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (const [at, value] of a.entries()) {
    const other = b[at] ?? 0;
    dot += value * other;
    squaresA += value * value;
    squaresB += other * other;
  }
  return squaresA === 0 || squaresB === 0 ? 0 : dot / Math.sqrt(squaresA * squaresB);
}

function unitOf(values: Float32Array): Float32Array {
  const length = Math.hypot(...values);
  return length === 0 ? values.slice() : values.map((value) => value / length);
}
