import { randomUUID } from 'node:crypto';
import type { ChunkContext } from '#domain/chunk.ts';
import type { SparseVector } from '#domain/embedding.ts';
import { EPOCH_OPEN_END } from '#domain/epoch.ts';
import { collectionOf, type FeatureView, specHashOf, versionedId } from '#domain/feature-view.ts';
import { uuidOf } from '#domain/hash.ts';
import type { FeatureIndex, IndexPoint, IndexQuery } from '#ports/feature-index.ts';

export const signal = new AbortController().signal;

/** Of this run alone: a server may be shared with others. */
const NAME = `contract-${randomUUID().slice(0, 8)}`;

/** A view named by a number, with vectors of the given length. */
export function viewNumber(version: number, dimension = 3, name = NAME): FeatureView {
  const spec: FeatureView['spec'] = {
    extractor: { name: 'readability', version: 1 },
    cleaner: { name: 'markdown', version: 1 },
    chunker: { name: 'markdown', version: 1, tokensMax: 200 },
    dense: {
      provider: 'static',
      model: 'none',
      revision: '1',
      dimension,
      pooling: 'mean',
      normalisation: 'none',
      queryPrefix: '',
      documentPrefix: '',
      tokensMax: 512,
      tokenizer: 'none',
    },
    sparse: { name: 'bm25', version: 1, k1: 0.9, b: 0.4, termsAverage: 110, stemmer: 'english' },
  };
  return {
    id: versionedId(name, version),
    name,
    version,
    spec,
    specHash: specHashOf(spec),
    fingerprint: 'emb-contract',
    collection: collectionOf(name, version),
    publishedEpoch: 0,
    embedder: null,
    firstEpoch: 1,
    readyAt: '2026-03-01T09:00:00.000Z',
    droppedAt: null,
    createdAt: '2026-01-02T03:04:05.000Z',
  };
}

const fresh: FeatureView[] = [];

/** A view that no other test has, with its collection. */
export async function freshView(index: FeatureIndex, dimension = 3): Promise<FeatureView> {
  const view = viewNumber(fresh.length + 1, dimension);
  fresh.push(view);
  await index.ensure(view, signal);
  return view;
}

/** Leaves nothing behind on a server that outlives the tests. */
export async function dropFreshViews(index: FeatureIndex): Promise<void> {
  for (const view of fresh) await index.drop(view, signal);
}

export type PointParts = {
  readonly text?: string;
  readonly dense?: readonly number[];
  readonly sparse?: SparseVector;
  readonly from?: number;
  readonly to?: number;
} & Partial<ChunkContext>;

export const idOf = (name: string): string => uuidOf('contract', name);

/** A point by name; whatever is not given is plain. */
export function point(name: string, parts: PointParts = {}): IndexPoint {
  const { text = `text of ${name}`, dense = [1, 0, 0], from = 1, to = EPOCH_OPEN_END } = parts;
  return {
    member: {
      id: idOf(name),
      key: `key of ${name}`,
      chunk: { start: 7, end: 7 + text.length, text, headingPath: ['Top', 'Sub'], tokens: 5 },
      context: {
        documentId: parts.documentId ?? uuidOf('document', name),
        revisionId: parts.revisionId ?? uuidOf('revision', name),
        url: parts.url ?? `https://example.org/${name}/`,
        sourceName: parts.sourceName ?? 'blog',
        title: parts.title ?? `Title of ${name}`,
        language: parts.language === undefined ? 'en' : parts.language,
        publishedAt: parts.publishedAt ?? null,
        tags: parts.tags ?? [],
      },
      from,
      to,
    },
    dense: Float32Array.from(dense),
    sparse: parts.sparse ?? { indices: [], values: [] },
  };
}

export async function load(
  index: FeatureIndex,
  view: FeatureView,
  points: readonly IndexPoint[],
  epoch = 1,
): Promise<void> {
  await index.upsert(view, points, signal);
  await index.seal(view, epoch, signal);
}

export const ask = (changes: Partial<IndexQuery> = {}): IndexQuery => ({
  dense: null,
  sparse: null,
  epoch: 1,
  limit: 100,
  filter: {},
  ...changes,
});

export const terms = (...pairs: readonly (readonly [number, number])[]): SparseVector => {
  const sorted = pairs.toSorted(([a], [b]) => a - b);
  return { indices: sorted.map(([index]) => index), values: sorted.map(([, value]) => value) };
};

export async function allOf<T>(values: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}
