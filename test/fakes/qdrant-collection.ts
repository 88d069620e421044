import {
  badRequest,
  type FilteredPoint,
  filterOf,
  idOf,
  isObject,
  type Json,
  type JsonObject,
  Refusal,
} from './qdrant-filter.ts';

type Sparse = ReadonlyMap<number, number>;
type Stored = FilteredPoint & {
  readonly vectors: Map<string, Float32Array | Sparse>;
  payload: JsonObject;
};

export type QdrantCollection = {
  readonly config: JsonObject;
  readonly points: Map<string, Stored>;
  /** Kind of payload index by key. */
  readonly indexed: Map<string, string>;
  /** A graph that does not reach every point: only an exact search sees those that this says. */
  hidden: (id: string) => boolean;
};

export const createCollection = (config: JsonObject): QdrantCollection => ({
  config,
  points: new Map(),
  indexed: new Map(),
  hidden: () => false,
});

const named = (config: JsonObject, kind: 'vectors' | 'sparse_vectors', name: string) => {
  const all = config[kind];
  const found = isObject(all) ? all[name] : undefined;
  return isObject(found) ? found : null;
};

const noVector = (name: string) =>
  badRequest(`Wrong input: Not existing vector name error: ${name}`);

/** Checks all points before it takes the first. */
export function upsert(collection: QdrantCollection, body: JsonObject): void {
  if (!Array.isArray(body.points)) throw badRequest('Format error in JSON body: missing points');
  const stored = body.points.map((point: Json) => storedOf(collection, point));
  for (const point of stored) {
    // A replaced point is a new one inside: its place in the order changes.
    collection.points.delete(point.id);
    collection.points.set(point.id, point);
  }
}

function storedOf({ config }: QdrantCollection, point: Json): Stored {
  if (!isObject(point) || !isObject(point.vector)) {
    throw badRequest('Format error in JSON body: data did not match any variant of PointStruct');
  }
  const vectors = new Map<string, Float32Array | Sparse>();
  for (const [name, value] of Object.entries(point.vector)) {
    const dense = named(config, 'vectors', name);
    if (dense !== null) vectors.set(name, denseOf(value, Number(dense.size)));
    else if (named(config, 'sparse_vectors', name) !== null) vectors.set(name, sparseOf(value));
    else throw noVector(name);
  }
  const payload = isObject(point.payload) ? point.payload : {};
  requireWellFormed(payload);
  return { id: idOf(point.id), vectors, payload };
}

function requireWellFormed(value: Json | undefined): void {
  if (typeof value === 'string' && !value.isWellFormed()) {
    throw badRequest('Format error in JSON body: lone leading surrogate in hex escape');
  }
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(requireWellFormed);
}

const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value);

function denseOf(value: unknown, size: number): Float32Array {
  if (!Array.isArray(value) || !value.every(isNumber)) {
    throw badRequest('Format error in JSON body: data did not match any variant of VectorStruct');
  }
  if (value.length === size) return Float32Array.from(value);
  const got = `expected dim: ${size}, got ${value.length}`;
  throw badRequest(`Wrong input: Vector dimension error: ${got}`);
}

const U32_MAX = 2 ** 32 - 1;

function sparseOf(value: unknown): Sparse {
  const { indices, values } = isObject(value) ? value : {};
  const isIndex = (index: unknown) =>
    isNumber(index) && Number.isInteger(index) && index >= 0 && index <= U32_MAX;
  if (!Array.isArray(indices) || !Array.isArray(values) || !indices.every(isIndex)) {
    throw badRequest('Format error in JSON body: data did not match any variant of Vector');
  }
  if (!values.every(isNumber)) throw badRequest('Format error in JSON body: expected f32');
  const held = new Map(indices.map((index, at) => [index, Math.fround(values[at] as number)]));
  if (indices.length !== values.length || held.size !== indices.length) {
    throw new Refusal(422, 'Validation error in JSON body: [indices: must be unique]');
  }
  return held;
}

export function setPayload(collection: QdrantCollection, body: JsonObject): void {
  const given = body.payload;
  if (!isObject(given)) throw badRequest('Format error in JSON body: missing field payload');
  const change = (point: Stored) => {
    point.payload = { ...point.payload, ...given };
  };
  if (Array.isArray(body.points)) {
    for (const id of body.points.map(idOf)) {
      const point = collection.points.get(id);
      if (point === undefined) throw new Refusal(404, `Not found: No point with id ${id} found`);
      change(point);
    }
    return;
  }
  const matches = filterOf(body.filter, collection.indexed);
  for (const point of collection.points.values()) if (matches(point)) change(point);
}

export function deletePoints(collection: QdrantCollection, body: JsonObject): void {
  if (!Array.isArray(body.points)) throw badRequest('Format error in JSON body: missing points');
  for (const id of body.points.map(idOf)) collection.points.delete(id);
}

export const matching = (collection: QdrantCollection, filter: unknown): readonly Stored[] => {
  const matches = filterOf(filter, collection.indexed);
  return [...collection.points.values()].filter(matches);
};

/** One query of a batch; equal scores come in the order in which the points were written. */
export function query(collection: QdrantCollection, asked: Json) {
  if (!isObject(asked)) throw badRequest('Format error in JSON body: expected a query');
  const { using, filter, limit = 10, params } = asked;
  const settings = isObject(params) ? params : {};
  if (typeof using !== 'string' || !isNumber(limit) || limit < 1) {
    throw badRequest('Validation error in JSON body: [limit: must be at least 1]');
  }
  const found = matching(collection, filter);
  const dense = named(collection.config, 'vectors', using);
  const scores =
    dense === null
      ? sparseScores(collection, found, asked)
      : denseScores(collection, found, { size: Number(dense.size), asked });
  if (dense !== null && settings.idf !== undefined) {
    throw badRequest('Wrong input: idf is only applicable to sparse vectors');
  }
  return scores.sort((a, b) => b.score - a.score).slice(0, limit);
}

type Scored = { readonly id: string; readonly version: number; readonly score: number };

const scoredOf = (id: string, score: number): Scored => ({
  id,
  version: 1,
  score: Math.fround(score),
});

function denseScores(
  { hidden }: QdrantCollection,
  found: readonly Stored[],
  { size, asked }: { readonly size: number; readonly asked: JsonObject },
): Scored[] {
  const vector = denseOf(asked.query, size);
  const exact = isObject(asked.params) && asked.params.exact === true;
  return found.flatMap(({ id, vectors }) => {
    const held = vectors.get(String(asked.using));
    if (!(held instanceof Float32Array) || (!exact && hidden(id))) return [];
    return [
      scoredOf(
        id,
        vector.reduce((sum, value, at) => sum + value * (held[at] ?? 0), 0),
      ),
    ];
  });
}

/** Σ query weight · idf · weight, over points that share a term; idf is counted over a corpus. */
function sparseScores(
  collection: QdrantCollection,
  found: readonly Stored[],
  { using, query: vector, params }: JsonObject,
): Scored[] {
  const name = String(using);
  const config = named(collection.config, 'sparse_vectors', name);
  if (config === null) throw noVector(name);
  const asked = sparseOf(vector);
  const idf = isObject(params) && isObject(params.idf) ? params.idf.corpus : undefined;
  const corpus = matching(collection, idf).filter(({ vectors }) => vectors.has(name));
  const weights = [...asked].map(([term, weight]) => {
    const n = corpus.filter((point) => heldBy(point, name).has(term)).length;
    const rarity = Math.log(1 + (corpus.length - n + 0.5) / (n + 0.5));
    return [term, config.modifier === 'idf' ? weight * Math.fround(rarity) : weight] as const;
  });
  return found.flatMap((point) => {
    const held = heldBy(point, name);
    const shared = weights.filter(([term]) => held.has(term));
    if (shared.length === 0) return [];
    return [
      scoredOf(
        point.id,
        shared.reduce((sum, [term, weight]) => sum + weight * (held.get(term) ?? 0), 0),
      ),
    ];
  });
}

function heldBy({ vectors }: Stored, name: string): Sparse {
  const held = vectors.get(name);
  return held instanceof Map ? held : new Map();
}
