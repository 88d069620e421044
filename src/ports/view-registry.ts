import type { Chunk, ChunkContext, ChunkMember } from '../domain/chunk.ts';
import type { SnapshotFilter } from '../domain/dataset.ts';
import type { Document, Revision } from '../domain/document.ts';
import type { Epoch } from '../domain/epoch.ts';
import type { FeatureView, FeatureViewSpec } from '../domain/feature-view.ts';

/** A document whose place in the open epoch is not yet that of its current revision. */
export type PendingDocument = {
  readonly document: Document;
  /** `null` when the document is closed: all its chunks cease. */
  readonly revision: Revision | null;
};

/** What a document shall hold from the open epoch on. */
export type DocumentCommit = {
  readonly viewId: string;
  readonly epoch: number;
  readonly documentId: string;
  /** `null` closes the document in the view. */
  readonly revisionId: string | null;
  readonly chunks: readonly {
    readonly key: string;
    readonly chunk: Chunk;
    readonly context: ChunkContext;
  }[];
};

/** Views, their epochs, and who belongs to them. Authoritative; the index follows it. */
export interface ViewRegistry {
  /** The view of this name with this spec: the newest equal one, or a new version. */
  ensure(request: {
    readonly name: string;
    readonly spec: FeatureViewSpec;
    readonly fingerprint: string;
    readonly at: string;
  }): Promise<FeatureView>;
  /** By `posts@v1`; by `posts` the newest version. Rejects with `not_found`. */
  get(id: string): Promise<FeatureView>;
  list(): Promise<readonly FeatureView[]>;

  /** The open epoch, or a new one after the published. One per view. */
  openEpoch(viewId: string, runId: string, at: string): Promise<Epoch>;
  /** Forgets the open epoch when nothing was committed to it. Says whether it did. */
  discardEmptyEpoch(viewId: string, epoch: number): Promise<boolean>;
  epochs(viewId: string): Promise<readonly Epoch[]>;
  /**
   * Publishes by compare-and-set from `epoch − 1`. Rejects with `lease_held` when `holder` no longer
   * holds the view's lease, with `index_mismatch` while index writes are unconfirmed.
   */
  publish(request: {
    readonly viewId: string;
    readonly epoch: number;
    readonly holder: string;
    readonly at: string;
  }): Promise<Epoch>;

  /** At most `limit` documents whose current state is not the one in the view; ordered by id. */
  pending(viewId: string, limit: number): Promise<readonly PendingDocument[]>;
  pendingCount(viewId: string): Promise<number>;
  /**
   * Commits one document's membership to the open epoch in one transaction. Idempotent. Rejects with
   * `lease_held` when that epoch is not open any more.
   */
  commit(commit: DocumentCommit): Promise<{
    readonly added: number;
    readonly closed: number;
    readonly kept: number;
  }>;
  /** Members whose index writes are not confirmed, in a fixed order. */
  unsynced(viewId: string, limit: number): Promise<readonly ChunkMember[]>;
  /** Confirms index writes; a row that changed meanwhile (`to` differs) stays unconfirmed. */
  confirm(
    viewId: string,
    written: readonly { readonly id: string; readonly to: number }[],
  ): Promise<void>;

  /** What is visible at an epoch; the hash is over the sorted ids of revisions and points. */
  membership(
    viewId: string,
    epoch: number,
    filter: SnapshotFilter,
  ): Promise<{ readonly documents: number; readonly chunks: number; readonly hash: string }>;
  /** Revisions in the view at an epoch, ordered by URL. */
  revisionsAt(viewId: string, epoch: number, filter: SnapshotFilter): Promise<readonly Revision[]>;
}

/** Single-writer leases: rows with a heartbeat, so that they work over any number of sessions. */
export interface LeaseRegistry {
  /** Takes or renews a lease until `expiresAt`. Rejects with `lease_held` naming holder and expiry. */
  acquire(request: {
    readonly name: string;
    readonly holder: string;
    readonly now: string;
    readonly expiresAt: string;
  }): Promise<void>;
  /** Gives a lease up; another holder's is left alone. */
  release(name: string, holder: string): Promise<void>;
  list(): Promise<
    readonly { readonly name: string; readonly holder: string; readonly expiresAt: string }[]
  >;
}
