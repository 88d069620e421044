import type { BatchQueue } from '#ports/batch-queue.ts';
import type { BlobStore } from '#ports/blob-store.ts';
import type { SparseEncoderOf } from '#ports/embedder.ts';
import type { EmbedderPool } from '#ports/embedder-pool.ts';
import type { FeatureIndex } from '#ports/feature-index.ts';
import type { PageFetcher } from '#ports/page-fetcher.ts';
import type { PageReader } from '#ports/page-reader.ts';
import type { PageShelf } from '#ports/page-shelf.ts';
import type { Registry } from '#ports/registry.ts';
import type { Clock, Ids, Log } from '#ports/system.ts';

/** What the feature pipeline works with. */
export type FeatureDeps = {
  readonly registry: Pick<
    Registry,
    | 'sources'
    | 'pages'
    | 'documents'
    | 'deadLetters'
    | 'visits'
    | 'runs'
    | 'views'
    | 'leases'
    | 'channels'
    | 'pairings'
    | 'snapshots'
  >;
  readonly fetcher: PageFetcher;
  /** For sources whose pages need a browser. */
  readonly renderer: PageFetcher;
  readonly shelves: { readonly github: PageShelf; readonly folder: PageShelf };
  readonly reader: PageReader;
  readonly blobs: BlobStore;
  readonly embedders: EmbedderPool;
  readonly sparseOf: SparseEncoderOf;
  readonly index: FeatureIndex;
  readonly batches: BatchQueue;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
};
