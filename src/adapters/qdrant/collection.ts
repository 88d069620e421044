import { AppError, toAppError } from '#domain/errors.ts';
import { type FeatureView, STORAGE_DEFAULTS } from '#domain/feature-view.ts';
import { INDEXED } from './payload.ts';
import type { QdrantSchemas, Requests } from './requests.ts';

export const DENSE = 'dense';
export const SPARSE = 'sparse';

type Place = { readonly requests: Requests; readonly view: FeatureView };

/**
 * Creates what is missing of a view's collection, and refuses one that was made for something else.
 * Any two may do it at the same time, and one that was cut off is finished by the next. A collection
 * that exists keeps the storage that it was made with.
 */
export async function ensureCollection(place: Place, signal: AbortSignal): Promise<void> {
  const found = (await readCollection(place, signal)) ?? (await create(place, signal));
  requireSame(place.view, found);
  for (const [key, kind] of Object.entries(INDEXED)) {
    if (found.payload_schema[key] === undefined) {
      await createPayloadIndex(place, { key, schema: SCHEMAS[kind] }, signal);
    }
  }
}

type Found = QdrantSchemas['CollectionInfo'];

/** `null` when there is no such collection. */
export async function readCollection(
  { requests, view }: Place,
  signal: AbortSignal,
): Promise<Found | null> {
  const collection_name = view.collection;
  try {
    return await requests.send(view, signal, (api, init) =>
      api.getCollection({ collection_name }, init),
    );
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'index_mismatch') return null;
    throw thrown;
  }
}

async function create(place: Place, signal: AbortSignal): Promise<Found> {
  const { requests, view } = place;
  const failed = await requests
    .send(view, signal, (api, init) => api.createCollection(collectionOf(view), init))
    .then(() => null)
    .catch((thrown: unknown) => thrown);
  signal.throwIfAborted();
  // Somebody else may have been first, which is an error to Qdrant, but not to us.
  const found = await readCollection(place, signal);
  if (found !== null) return found;
  throw failed === null ? new AppError('index_mismatch', gone(view)) : toAppError(failed);
}

const gone = ({ collection, id }: FeatureView): string =>
  `collection ${collection} of ${id} was deleted as soon as it was made; is it someone else's name?`;

/**
 * Vectors come in unit length, so the inner product is the cosine; Qdrant's own cosine would leave
 * very short vectors as they are. Terms get their rarity from Qdrant when they are asked for.
 */
function collectionOf(view: FeatureView) {
  const { vectors, terms, quantisation, shards, replicas } = view.spec.storage ?? STORAGE_DEFAULTS;
  const held = vectors === 'memory' ? ('cached' as const) : ('cold' as const);
  return {
    collection_name: view.collection,
    vectors: {
      [DENSE]: {
        size: view.spec.dense.dimension,
        distance: 'Dot' as const,
        memory: held,
        ...(quantisation === 'none' ? {} : { quantization_config: QUANTISED[quantisation] }),
      },
    },
    sparse_vectors: {
      [SPARSE]: {
        modifier: 'idf' as const,
        index: { memory: terms === 'memory' ? ('pinned' as const) : ('cold' as const) },
      },
    },
    ...(shards === null ? {} : { shard_number: shards }),
    ...(replicas === 1 ? {} : { replication_factor: replicas, write_consistency_factor: replicas }),
    metadata: metadataOf(view),
  };
}

const QUANTISED = {
  int8: { scalar: { type: 'int8', quantile: 0.99, memory: 'pinned' } },
  binary: { binary: { memory: 'pinned' } },
} as const;

/** Whose the collection is: two installations on one server must not take each other's. */
const metadataOf = ({ id, specHash, fingerprint }: FeatureView) => ({
  view: id,
  specHash,
  fingerprint,
});

const SCHEMAS = {
  span: { type: 'integer', lookup: false, range: true },
  keyword: { type: 'keyword' },
  uuid: { type: 'uuid' },
} as const;

type Schema = (typeof SCHEMAS)[keyof typeof SCHEMAS];

async function createPayloadIndex(
  { requests, view }: Place,
  { key, schema }: { readonly key: string; readonly schema: Schema },
  signal: AbortSignal,
): Promise<void> {
  await requests.send(view, signal, (api, init) =>
    api.createFieldIndex(
      {
        collection_name: view.collection,
        wait: true,
        field_name: key,
        field_schema: schema,
      },
      init,
    ),
  );
}

function requireSame(view: FeatureView, { config }: Found): void {
  const refuse = (why: string) =>
    new AppError(
      'index_mismatch',
      `collection ${view.collection} ${why}; drop the collection, or build the next view version.`,
    );
  const vectors = config.params.vectors;
  const dense = vectors === undefined ? undefined : Reflect.get(vectors, DENSE);
  const { dimension } = view.spec.dense;
  if (dense?.size !== dimension) {
    throw refuse(
      `holds vectors of ${dense?.size ?? 'no'} dimensions, but ${view.id} has ${dimension}`,
    );
  }
  if (dense.distance !== 'Dot' || config.params.sparse_vectors?.[SPARSE]?.modifier !== 'idf') {
    throw refuse(`was not made by Lockstep`);
  }
  for (const [key, mine] of Object.entries(metadataOf(view))) {
    const theirs = config.metadata == null ? undefined : Reflect.get(config.metadata, key);
    if (theirs !== mine) {
      throw refuse(`belongs to another view (its ${key} is ${theirs ?? 'not set'}, not ${mine})`);
    }
  }
}
