import type { ChunkMember } from '../domain/chunk.ts';
import type { SparseVector } from '../domain/embedding.ts';
import { AppError } from '../domain/errors.ts';
import type { FeatureView } from '../domain/feature-view.ts';
import type { ScoredPoint } from '../domain/fusion.ts';

/** A chunk with its vectors, as it is loaded. */
export type IndexPoint = {
  readonly member: ChunkMember;
  readonly dense: Float32Array;
  readonly sparse: SparseVector;
};

/**
 * Which points a search may see besides the epoch. A point must meet every field that is given; an
 * absent field does not filter.
 */
export type IndexFilter = {
  /** Any of these; none of them when empty. */
  readonly sourceNames?: readonly string[];
  /** Any of these; none of them when empty. */
  readonly languages?: readonly string[];
  /** All of these. */
  readonly tags?: readonly string[];
  readonly documentId?: string;
  /**
   * Published at this instant or later. ISO 8601, UTC where no zone is given; a bare date begins at
   * its midnight. A point without a date of publication meets no such filter.
   */
  readonly publishedFrom?: string;
  /** Published at this instant or earlier; a bare date counts to its end. */
  readonly publishedTo?: string;
};

export type IndexQuery = {
  /** `null` leaves that ranking out. */
  readonly dense: Float32Array | null;
  readonly sparse: SparseVector | null;
  /** Only points with `from <= epoch < to` are seen. */
  readonly epoch: number;
  /** Length of each ranking. */
  readonly limit: number;
  readonly filter: IndexFilter;
  /** Most points of one document in each ranking, the best of them; absent, as many as there are. */
  readonly perDocumentMax?: number;
  /** Compares the dense vector with every point, to measure what an approximate ranking misses. */
  readonly exact?: boolean;
};

/**
 * Two rankings, each best first, equal scores by id, descending. Dense scores are cosines; sparse
 * ones are above 0.
 */
export type IndexRankings = {
  readonly dense: readonly ScoredPoint[];
  readonly sparse: readonly ScoredPoint[];
};

/** The physical collections behind views. Postgres is authoritative; this can be rebuilt from it. */
export interface FeatureIndex {
  /**
   * Rejects unless the index can be used: with `invalid_config` when it is too old for what is asked
   * of it or refuses the key, with a retryable `upstream_unavailable` when it is away.
   */
  check(signal: AbortSignal): Promise<void>;
  /**
   * Creates the view's collection when it is missing. Rejects with `index_mismatch` when one of
   * that name has another dimension.
   */
  ensure(view: FeatureView, signal: AbortSignal): Promise<void>;
  /** Inserts points, or replaces those with the same id. Durable when it resolves. */
  upsert(view: FeatureView, points: readonly IndexPoint[], signal: AbortSignal): Promise<void>;
  /** Sets `to` of points; ids that are not there are passed over. */
  setEnd(view: FeatureView, ids: readonly string[], to: number, signal: AbortSignal): Promise<void>;
  /** Deletes points for good; ids that are not there are passed over. */
  remove(view: FeatureView, ids: readonly string[], signal: AbortSignal): Promise<void>;
  /** Makes all written for `epoch` searchable and counted. Called before it is published; idempotent. */
  seal(view: FeatureView, epoch: number, signal: AbortSignal): Promise<void>;
  /**
   * The best points of each ranking. The sparse score is Σ query weight · idf · passage weight with
   * idf = ln(1 + (N − n + 0.5) / (n + 0.5)), N and n counted over the points that are visible at the
   * epoch, whatever the filter; an index that is spread over shards may count in each by itself.
   * Rejects with a retryable `upstream_unavailable`, and with `invalid_input` for a filter's date
   * that is none.
   */
  search(view: FeatureView, query: IndexQuery, signal: AbortSignal): Promise<IndexRankings>;
  /** Members of the given ids, in their order; unknown ids are left out. */
  fetch(
    view: FeatureView,
    ids: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly ChunkMember[]>;
  /** Dense vectors by id, scaled to unit length; zeros stay zeros, unknown ids are left out. */
  vectors(
    view: FeatureView,
    ids: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Float32Array>>;
  /** Points visible at an epoch that have both vectors. */
  count(view: FeatureView, epoch: number, signal: AbortSignal): Promise<number>;
  /** Id, `from` and `to` of every point, in any order, visible or not. For reconciliation. */
  scan(
    view: FeatureView,
    signal: AbortSignal,
  ): AsyncIterable<{ readonly id: string; readonly from: number; readonly to: number }>;
  /** Removes the collection and all in it; none is fine. */
  drop(view: FeatureView, signal: AbortSignal): Promise<void>;
  /**
   * Lets those who look into the index itself find the view by its name, where the index can do
   * that. Nothing depends on it, so a failure is logged, and only an abort rejects.
   */
  announce?(view: FeatureView, signal: AbortSignal): Promise<void>;
}

/** First and last millisecond, since 1970, of what a filter lets through; `null` has no bound. */
export type PublishedRange = { readonly from: number | null; readonly to: number | null };

/** A filter's dates. Throws `invalid_input` for one that is none. */
export function publishedRangeOf(filter: IndexFilter): PublishedRange {
  return {
    from: boundOf('publishedFrom', filter.publishedFrom),
    to: boundOf('publishedTo', filter.publishedTo),
  };
}

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?$/i;
const BARE_DATE_LENGTH = '2026-01-02'.length;
const DAY_MS = 86_400_000;

function boundOf(param: 'publishedFrom' | 'publishedTo', text: string | undefined): number | null {
  if (text === undefined) return null;
  const at = publishedMsOf(text);
  if (at === null) {
    throw new AppError('invalid_input', `"${text}" is no date; write it like 2026-01-31.`, {
      param,
    });
  }
  const wholeDay = param === 'publishedTo' && text.length === BARE_DATE_LENGTH;
  return wholeDay ? at + DAY_MS - 1 : at;
}

/** Milliseconds since 1970 of an ISO 8601 date or instant; `null` for anything else. */
export function publishedMsOf(text: string | null): number | null {
  const [, date, time = '00:00', zone = 'Z'] = ISO.exec(text ?? '') ?? [];
  if (date === undefined) return null;
  const colon = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const at = Date.parse(`${date}T${time.replace(',', '.')}${colon}`);
  return Number.isNaN(at) ? null : at;
}

/** What a caller is told of a collection that is not there. */
export const missingCollection = (
  view: Pick<FeatureView, 'id' | 'collection'>,
  cause?: unknown,
): AppError =>
  new AppError(
    'index_mismatch',
    `the index holds no collection ${view.collection}; run "lockstep view verify ${view.id} --repair".`,
    cause === undefined ? {} : { cause },
  );

/** Throws `index_mismatch` unless vectors of this length are those of the view. */
export function requireDimension(
  { id, collection, spec }: Pick<FeatureView, 'id' | 'collection' | 'spec'>,
  dimension: number,
): void {
  if (dimension === spec.dense.dimension) return;
  throw new AppError(
    'index_mismatch',
    `collection ${collection}: vectors of ${dimension} dimensions, but ${id} has ` +
      `${spec.dense.dimension}; drop the collection, or build the next view version.`,
  );
}
