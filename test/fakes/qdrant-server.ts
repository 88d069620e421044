import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodyOf, type Fault, play, sendJson, sendText } from './qdrant-answers.ts';
import {
  createCollection,
  deletePoints,
  matching,
  type QdrantCollection,
  query,
  setPayload,
  upsert,
} from './qdrant-collection.ts';
import {
  badRequest,
  idOf,
  isObject,
  type Json,
  type JsonObject,
  Refusal,
} from './qdrant-filter.ts';

export type QdrantServerOptions = {
  readonly version?: string;
  /** Requests without it get 401, as plain text. */
  readonly apiKey?: string;
};

export type QdrantServer = {
  readonly url: string;
  readonly collections: ReadonlyMap<string, QdrantCollection>;
  readonly aliases: ReadonlyMap<string, string>;
  /** `METHOD /path?query` of every request. */
  readonly requests: readonly string[];
  /** Most requests that were under way at once, and the largest body. */
  readonly seen: { atOnce: number; bodyBytes: number };
  /** Faults for the next requests whose `METHOD /path` the pattern finds, in order. */
  fail(pattern: RegExp, ...faults: readonly Fault[]): void;
  /** What the next looks at a collection say of its status; green when none is left. */
  optimise(...statuses: readonly ('green' | 'yellow' | 'grey' | 'red' | { error: string })[]): void;
  /** Deletes a collection behind the client's back. */
  lose(collection: string): void;
  close(): Promise<void>;
};

type State = {
  readonly version: string;
  readonly collections: Map<string, QdrantCollection>;
  readonly aliases: Map<string, string>;
  /** Writes that nobody waits for: they take effect with the next one that is waited for. */
  readonly pending: (() => void)[];
  readonly statuses: (string | { error: string })[];
};

/**
 * A loopback server that speaks what of Qdrant's REST interface the index uses, in memory: named
 * vectors, filters, payload indexes, rarity by corpus, aliases, and errors in Qdrant's words.
 */
export async function startQdrantServer(options: QdrantServerOptions = {}): Promise<QdrantServer> {
  const requests: string[] = [];
  const faults: { pattern: RegExp; fault: Fault }[] = [];
  const seen = { atOnce: 0, bodyBytes: 0 };
  const state: State = {
    version: options.version ?? '1.19.0',
    collections: new Map(),
    aliases: new Map(),
    pending: [],
    statuses: [],
  };
  let atOnce = 0;
  const server = createServer(async (request, response) => {
    seen.atOnce = Math.max(seen.atOnce, ++atOnce);
    response.on('close', () => atOnce--);
    const line = `${request.method} ${request.url}`;
    requests.push(line);
    const text = await bodyOf(request);
    seen.bodyBytes = Math.max(seen.bodyBytes, text.length);
    const at = faults.findIndex(({ pattern }) => pattern.test(line));
    const [found] = at < 0 ? [] : faults.splice(at, 1);
    if (found !== undefined && found.fault !== 'tear after') return play(found.fault, response);
    const path = new URL(request.url ?? '/', 'http://localhost');
    if (options.apiKey !== undefined && path.pathname !== '/') {
      const key = request.headers['api-key'];
      if (key === undefined) return sendText(response, 401, 'Must provide an API key');
      if (key !== options.apiKey) return sendText(response, 401, 'Invalid API key or JWT');
    }
    try {
      const result = route(state, { method: request.method ?? '', path, text });
      if (found !== undefined) return response.destroy();
      return sendJson(response, 200, result);
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown;
      return sendJson(response, thrown.status, { status: { error: thrown.message }, time: 0 });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    collections: state.collections,
    aliases: state.aliases,
    requests,
    seen,
    fail: (pattern, ...next) => void faults.push(...next.map((fault) => ({ pattern, fault }))),
    optimise: (...next) => void state.statuses.push(...next),
    lose: (collection) => void state.collections.delete(collection),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Asked = { readonly method: string; readonly path: URL; readonly text: string };

const ok = (result: unknown) => ({ result, status: 'ok', time: 0.001 });

function route(state: State, { method, path, text }: Asked): unknown {
  if (path.pathname === '/')
    return { title: 'qdrant - vector search engine', version: state.version };
  const body = parse(text);
  const [, root, name = '', ...rest] = path.pathname.split('/').map(decodeURIComponent);
  const call = `${method} ${rest.join('/')}`;
  if (root === 'collections' && name === '') {
    return ok({ collections: [...state.collections.keys()].map((one) => ({ name: one })) });
  }
  if (root === 'collections' && name === 'aliases') return ok(changeAliases(state, body));
  if (root !== 'collections') throw new Refusal(404, 'Not found');
  if (call === 'PUT ') return ok(create(state, name, body));
  if (call === 'DELETE ') return ok(drop(state, name));
  const collection = state.collections.get(state.aliases.get(name) ?? name);
  if (collection === undefined) {
    throw new Refusal(404, `Not found: Collection \`${name}\` doesn't exist!`);
  }
  if (call === 'GET ') return ok(about(state, collection));
  if (call === 'PATCH ') return ok(true);
  const change = WRITES[call];
  if (change !== undefined) {
    return ok(
      write(state, path.searchParams.get('wait') === 'true', () => change(collection, body)),
    );
  }
  const answer = READS[call];
  if (answer === undefined) throw new Refusal(404, 'Not found');
  return ok(answer(collection, body));
}

function parse(text: string): JsonObject {
  if (text === '') return {};
  try {
    const body: Json = JSON.parse(text);
    if (isObject(body)) return body;
  } catch {
    // Said below, as for anything else that is no object.
  }
  throw badRequest('Format error in JSON body: expected value at line 1 column 1');
}

function create({ collections, aliases }: State, name: string, config: JsonObject): boolean {
  if (collections.has(name)) {
    throw new Refusal(409, `Wrong input: Collection \`${name}\` already exists!`);
  }
  if (aliases.has(name)) throw badRequest(`Wrong input: Alias ${name} already exists`);
  if (!isObject(config.vectors)) throw badRequest('Format error in JSON body: missing vectors');
  for (const params of Object.values(config.vectors)) {
    const { size, distance } = isObject(params) ? params : {};
    if (typeof size === 'number' && size > 0 && /^(Dot|Cosine)$/.test(String(distance))) continue;
    throw badRequest('Format error in JSON body: missing field `size` or `distance`');
  }
  collections.set(name, createCollection(config));
  return true;
}

/** Aliases die with their collection. */
function drop({ collections, aliases }: State, name: string): boolean {
  for (const [alias, of] of aliases) if (of === name) aliases.delete(alias);
  return collections.delete(name);
}

function about({ statuses }: State, { config, points, indexed }: QdrantCollection) {
  const next = statuses.shift() ?? 'green';
  const { vectors, sparse_vectors, metadata, ...others } = config;
  return {
    status: typeof next === 'string' ? next : 'yellow',
    optimizer_status: typeof next === 'string' ? 'ok' : next,
    points_count: points.size,
    indexed_vectors_count: 0,
    segments_count: 1,
    config: { params: { vectors, sparse_vectors, ...others }, metadata },
    payload_schema: Object.fromEntries(
      [...indexed].map(([key, data_type]) => [key, { data_type, points: points.size }]),
    ),
  };
}

function changeAliases({ collections, aliases }: State, { actions }: JsonObject): boolean {
  for (const action of Array.isArray(actions) ? actions : []) {
    const { create_alias, delete_alias } = isObject(action) ? action : {};
    if (isObject(delete_alias)) aliases.delete(String(delete_alias.alias_name));
    if (!isObject(create_alias)) continue;
    const [alias, name] = [String(create_alias.alias_name), String(create_alias.collection_name)];
    if (!collections.has(name)) {
      throw new Refusal(404, `Not found: Collection \`${name}\` doesn't exist!`);
    }
    if (collections.has(alias)) {
      throw new Refusal(409, `Wrong input: Collection \`${alias}\` already exists!`);
    }
    aliases.set(alias, name);
  }
  return true;
}

/** Checks come at once; the effect of a write that is not waited for comes later. */
function write({ pending }: State, wait: boolean, change: () => void) {
  if (!wait) {
    pending.push(change);
    return { operation_id: 1, status: 'acknowledged' };
  }
  for (const earlier of pending.splice(0)) earlier();
  change();
  return { operation_id: 1, status: 'completed' };
}

type Route<T> = Readonly<Record<string, (collection: QdrantCollection, body: JsonObject) => T>>;

const WRITES: Route<void> = {
  'PUT points': upsert,
  'POST points/payload': setPayload,
  'POST points/delete': deletePoints,
  'PUT index': ({ indexed }, { field_name, field_schema }) => {
    const kind = isObject(field_schema) ? field_schema.type : field_schema;
    if (!/^(integer|keyword|uuid|datetime)$/.test(String(kind))) {
      throw badRequest(`Format error in JSON body: unknown variant ${String(kind)}`);
    }
    indexed.set(String(field_name), String(kind));
  },
};

const READS: Route<unknown> = {
  'POST points': (collection, body) =>
    (Array.isArray(body.ids) ? body.ids : []).flatMap((id: Json) => {
      const point = collection.points.get(idOf(id));
      return point === undefined ? [] : [recordOf(point, body)];
    }),
  'POST points/count': (collection, { filter }) => ({
    count: matching(collection, filter).length,
  }),
  'POST points/scroll': (collection, body) => {
    const limit = typeof body.limit === 'number' ? body.limit : 10;
    const first = body.offset === undefined ? '' : idOf(body.offset);
    const sorted = [...matching(collection, body.filter)].sort((a, b) => (a.id < b.id ? -1 : 1));
    const left = sorted.filter(({ id }) => id >= first);
    return {
      points: left.slice(0, limit).map((point) => recordOf(point, body)),
      next_page_offset: left[limit]?.id ?? null,
    };
  },
  'POST points/query/batch': (collection, { searches }) =>
    (Array.isArray(searches) ? searches : []).map((one: Json) => ({
      points: query(collection, one),
    })),
};

type Point = ReturnType<typeof matching>[number];

function recordOf({ id, payload, vectors }: Point, { with_payload, with_vector }: JsonObject) {
  const keys = Array.isArray(with_payload) ? with_payload : null;
  const shown =
    keys === null ? payload : Object.fromEntries(keys.map((key) => [key, payload[String(key)]]));
  const dense = (Array.isArray(with_vector) ? with_vector : []).flatMap((name) => {
    const held = vectors.get(String(name));
    return held instanceof Float32Array ? [[String(name), [...held]] as const] : [];
  });
  return {
    id,
    ...(with_payload === false ? {} : { payload: shown }),
    ...(dense.length === 0 ? {} : { vector: Object.fromEntries(dense) }),
  };
}
