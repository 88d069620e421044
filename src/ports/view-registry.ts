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

/** A point's id and when it is visible, as the registry has it or as the index does. */
export type PointSpan = { readonly id: string; readonly from: number; readonly to: number };

/** A point of the registry. */
export type KnownPoint = PointSpan & {
  /** Whether the index confirmed that it holds it so. */
  readonly confirmed: boolean;
};

/** A document of a view at an epoch. */
export type HeldDocument = {
  readonly documentId: string;
  readonly url: string;
  readonly revisionId: string;
  readonly chunks: number;
};

/** Views, their epochs, and who belongs to them. Authoritative; the index follows it. */
export interface ViewRegistry {
  /** The view of this name with this spec and fingerprint that was not dropped, or a new version. */
  ensure(request: {
    readonly name: string;
    readonly spec: FeatureViewSpec;
    readonly fingerprint: string;
    /** How the embedder was named. */
    readonly embedder: string;
    /** Vectors of the probe texts, in their order. */
    readonly probes: readonly Float32Array[];
    /** Hash of the spec that the settings asked for when it was made: another for a re-embedding. */
    readonly configuredAs: string;
    readonly at: string;
  }): Promise<FeatureView>;
  /** By `posts@v1`; by `posts` the newest that is ready, or else the newest. Rejects with `not_found`. */
  get(id: string): Promise<FeatureView>;
  /** What stands for the settings: the newest ready version made under them, or else the newest. */
  configured(name: string, configuredAs: string): Promise<FeatureView | null>;
  /** Dropped ones too. */
  list(): Promise<readonly FeatureView[]>;
  /** Vectors of the probe texts when the view was made; none for views of before they were kept. */
  probes(viewId: string): Promise<readonly Float32Array[]>;
  /** Lets pairings name the view from now on; a second time changes nothing. */
  markReady(viewId: string, at: string): Promise<FeatureView>;

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

  /**
   * Ids of at most `limit` documents that a publishing has to deal with, ascending: their current
   * state is not the one in the view, or the index has not confirmed all their points.
   */
  unfinished(viewId: string, limit: number): Promise<readonly string[]>;
  unfinishedCount(viewId: string): Promise<number>;
  /** Those of the documents whose current state is not the one in the view; ordered by id. */
  pending(viewId: string, documentIds: readonly string[]): Promise<readonly PendingDocument[]>;
  /**
   * Commits one document's membership to the open epoch in one transaction. Idempotent. Rejects with
   * `lease_held` when that epoch is not open any more.
   */
  commit(commit: DocumentCommit): Promise<{
    readonly added: number;
    readonly closed: number;
    readonly kept: number;
  }>;
  /** Members of the documents whose index writes are not confirmed, in a fixed order. */
  unsynced(
    viewId: string,
    documentIds: readonly string[],
    limit: number,
  ): Promise<readonly ChunkMember[]>;
  /** Confirms index writes; a row that changed meanwhile (`to` differs) stays unconfirmed. */
  confirm(
    viewId: string,
    written: readonly { readonly id: string; readonly to: number }[],
  ): Promise<void>;
  /** Takes confirmations back: the index turned out not to hold these as they are here. */
  unconfirm(viewId: string, ids: readonly string[]): Promise<void>;
  /** Points by ascending id after `after`, at most `limit`; `from = to` ones too. */
  points(viewId: string, after: string | null, limit: number): Promise<readonly KnownPoint[]>;
  /** Members by id, in their order; unknown ids are left out. */
  members(viewId: string, ids: readonly string[]): Promise<readonly ChunkMember[]>;
  /** Documents at an epoch, ordered by URL. */
  documentsAt(viewId: string, epoch: number): Promise<readonly HeldDocument[]>;

  /** From now on no epoch before `epoch` can be asked for; never goes back. */
  forgetBefore(viewId: string, epoch: number): Promise<void>;
  /** At most `limit` ids of points that no reader at `epoch` or later sees. */
  ended(viewId: string, epoch: number, limit: number): Promise<readonly string[]>;
  endedCount(viewId: string, epoch: number): Promise<number>;
  /** Removes members for good, and what the view held of documents until `epoch`. */
  forget(viewId: string, epoch: number, ids: readonly string[]): Promise<void>;
  /** Marks the view as dropped and removes its members; its epochs stay on record. */
  drop(viewId: string, at: string): Promise<void>;

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
