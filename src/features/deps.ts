import type { BlobStore } from '#ports/blob-store.ts';
import type { Embedder, SparseEncoder } from '#ports/embedder.ts';
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
    'sources' | 'pages' | 'documents' | 'deadLetters' | 'visits' | 'runs' | 'views' | 'leases'
  >;
  readonly fetcher: PageFetcher;
  /** For sources whose pages need a browser. */
  readonly renderer: PageFetcher;
  readonly shelves: { readonly github: PageShelf; readonly folder: PageShelf };
  readonly reader: PageReader;
  readonly blobs: BlobStore;
  readonly embedder: Embedder;
  readonly sparse: SparseEncoder;
  readonly index: FeatureIndex;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
};
