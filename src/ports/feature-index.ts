import type { ChunkMember } from '../domain/chunk.ts';
import type { SparseVector } from '../domain/embedding.ts';
import type { FeatureView } from '../domain/feature-view.ts';
import type { ScoredPoint } from '../domain/fusion.ts';

/** A chunk with its vectors, as it is loaded. */
export type IndexPoint = {
  readonly member: ChunkMember;
  readonly dense: Float32Array;
  readonly sparse: SparseVector;
};

/** Which points a search may see besides the epoch; an absent field does not filter. */
export type IndexFilter = {
  readonly sourceName?: string;
  readonly language?: string;
  readonly tag?: string;
  readonly documentId?: string;
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
};

/** Two rankings, each best first. Dense scores are cosines; sparse ones are above 0. */
export type IndexRankings = {
  readonly dense: readonly ScoredPoint[];
  readonly sparse: readonly ScoredPoint[];
};

/** The physical collections behind views. Postgres is authoritative; this can be rebuilt from it. */
export interface FeatureIndex {
  /**
   * Creates the view's collection when it is missing. Rejects with `index_mismatch` when one of
   * that name has another dimension.
   */
  ensure(view: FeatureView, signal: AbortSignal): Promise<void>;
  /** Inserts points, or replaces those with the same id. Durable when it resolves. */
  upsert(view: FeatureView, points: readonly IndexPoint[], signal: AbortSignal): Promise<void>;
  /** Sets `to` of points; ids that are not there are passed over. */
  setEnd(view: FeatureView, ids: readonly string[], to: number, signal: AbortSignal): Promise<void>;
  /** Makes all written for `epoch` searchable and counted. Called before it is published; idempotent. */
  seal(view: FeatureView, epoch: number, signal: AbortSignal): Promise<void>;
  /**
   * The best points of each ranking. The sparse score is Σ query weight · idf · passage weight with
   * idf = ln(1 + (N − n + 0.5) / (n + 0.5)), N and n counted by the index at the epoch where it can.
   * Rejects with a retryable `upstream_unavailable`.
   */
  search(view: FeatureView, query: IndexQuery, signal: AbortSignal): Promise<IndexRankings>;
  /** Members of the given ids, in their order; unknown ids are left out. */
  fetch(
    view: FeatureView,
    ids: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly ChunkMember[]>;
  /** Points visible at an epoch. */
  count(view: FeatureView, epoch: number, signal: AbortSignal): Promise<number>;
  /** Id, `from` and `to` of every point, in any order, visible or not. For reconciliation. */
  scan(
    view: FeatureView,
    signal: AbortSignal,
  ): AsyncIterable<{ readonly id: string; readonly from: number; readonly to: number }>;
  /** Removes the collection and all in it; none is fine. */
  drop(view: FeatureView, signal: AbortSignal): Promise<void>;
}
