import { contentHashOf, documentIdOf, type Revision, revisionIdOf } from '#domain/document.ts';
import { type FeatureView, type FeatureViewSpec, specHashOf } from '#domain/feature-view.ts';
import { createFakeClock } from '../fakes/clock.ts';
import { createDatasetStoreInMemory } from '../fakes/dataset-store.ts';
import { createFakeIds } from '../fakes/ids.ts';
import { createChannelsInMemory, createPairingsInMemory } from '../fakes/release-registry.ts';
import { createSparseLite } from '../fakes/sparse-lite.ts';
import {
  createDatasetsInMemory,
  createEvaluationsInMemory,
  createModelsInMemory,
  createPromptsInMemory,
  createSnapshotsInMemory,
  createViewStub,
  type EpochContents,
} from '../fakes/training-registry.ts';

export const ORIGIN = 'https://blog.example';

export type Post = {
  readonly path: string;
  readonly title: string;
  readonly markdown: string;
  readonly language?: string | null;
  readonly tags?: readonly string[];
};

export function revisionOf(post: Post): Revision {
  const url = `${ORIGIN}${post.path}`;
  const documentId = documentIdOf(url);
  const metadata = {
    title: post.title,
    author: null,
    publishedAt: null,
    modifiedAt: null,
    language: post.language === undefined ? 'en' : post.language,
    siteName: null,
    description: null,
    tags: post.tags ?? [],
  };
  const contentHash = contentHashOf(post.markdown, metadata);
  return {
    id: revisionIdOf(documentId, contentHash),
    documentId,
    url,
    blobKey: 'blob',
    contentType: 'text/html',
    markdown: post.markdown,
    metadata,
    contentHash,
    extractedBy: 'test@1',
    createdAt: '2026-01-01T00:00:00.000Z',
  };
}

export const contents = (posts: readonly Post[], sourceName = 'blog'): EpochContents =>
  posts.map((post) => ({ revision: revisionOf(post), sourceName }));

const spec: FeatureViewSpec = {
  extractor: { name: 'readable', version: 1 },
  cleaner: { name: 'markdown', version: 1 },
  chunker: { name: 'markdown', version: 1, tokensMax: 200 },
  dense: {
    provider: 'static',
    model: 'lite',
    revision: 'r1',
    dimension: 8,
    pooling: 'mean',
    normalisation: 'l2',
    queryPrefix: '',
    documentPrefix: '',
    tokensMax: 512,
    tokenizer: 'words',
  },
  sparse: createSparseLite().spec,
};

export const viewOf = (publishedEpoch: number): FeatureView => ({
  id: 'posts@v1',
  name: 'posts',
  version: 1,
  spec,
  specHash: specHashOf(spec),
  fingerprint: 'emb-0123',
  collection: 'posts_v1',
  publishedEpoch,
  embedder: null,
  firstEpoch: 1,
  readyAt: '2026-03-01T09:00:00.000Z',
  droppedAt: null,
  createdAt: '2026-01-01T00:00:00.000Z',
});

/** All that training depends on, over one view with these published epochs. */
export function createWorld(...epochs: readonly EpochContents[]) {
  const { store, folders } = createDatasetStoreInMemory();
  return {
    view: viewOf(epochs.length),
    views: createViewStub(viewOf(epochs.length), epochs),
    snapshots: createSnapshotsInMemory(),
    datasets: createDatasetsInMemory(),
    prompts: createPromptsInMemory(),
    models: createModelsInMemory(),
    evaluations: createEvaluationsInMemory(),
    pairings: createPairingsInMemory(),
    channels: createChannelsInMemory(),
    clock: createFakeClock({ mode: 'auto' }),
    ids: createFakeIds(),
    sparse: createSparseLite(),
    store,
    folders,
  };
}

export const never = (): AbortSignal => new AbortController().signal;
export const quiet = (): void => undefined;
