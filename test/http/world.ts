import type { AnswerRecord, ApiKey, Feedback } from '#domain/answer.ts';
import { AppError } from '#domain/errors.ts';
import { type FeatureView, specHashOf } from '#domain/feature-view.ts';
import { sha256 } from '#domain/hash.ts';
import { GENERATION_DEFAULTS, type PairingManifest, RETRIEVAL_DEFAULTS } from '#domain/pairing.ts';
import { createApp } from '#http/app.ts';
import { HTTP_LIMITS, type HttpDeps, type HttpLimits } from '#http/deps.ts';
import type { AnswerRegistry, KeyRegistry } from '#ports/release-registry.ts';
import { createFakeClock } from '../fakes/clock.ts';
import { createFakeIds } from '../fakes/ids.ts';
import { createFakeLog } from '../fakes/log.ts';
import { createChannelsInMemory, createPairingsInMemory } from '../fakes/release-registry.ts';
import { createSparseLite } from '../fakes/sparse-lite.ts';
import { createViewStub } from '../fakes/training-registry.ts';
import { createToldAnswerer, type Tell } from './told-answerer.ts';

const AT = '2026-01-01T00:00:00.000Z';

export type WorldOptions = {
  readonly tell?: Tell;
  readonly limits?: Partial<HttpLimits>;
  readonly requireKey?: boolean;
  readonly ready?: HttpDeps['ready'];
  readonly embedTexts?: HttpDeps['embedTexts'];
  /** Asked in place of the one that says what it is told. */
  readonly asking?: HttpDeps['answerer'];
};

/** An app whose `production` channel serves one pairing, and all that it was made of. */
export async function createWorld(options: WorldOptions = {}) {
  const { tell, limits = {}, requireKey = false, ready = async () => undefined } = options;
  const clock = createFakeClock();
  const ids = createFakeIds();
  const log = createFakeLog();
  const channels = createChannelsInMemory();
  const pairings = createPairingsInMemory();
  const pairing = await pairings.register(manifest, AT);
  await channels.move({
    channel: 'production',
    action: 'promote',
    pairingId: pairing.id,
    actor: 'test',
    reason: 'test',
    evaluationId: null,
    at: AT,
  });
  const answerer = createToldAnswerer({
    pairingId: pairing.id,
    ids,
    ...(tell === undefined ? {} : { tell }),
  });
  const answers = createAnswersInMemory();
  const keys = createKeysInMemory();
  const views = createViewStub(view, []);
  const app = createApp({
    answerer: options.asking ?? answerer,
    registry: { channels, pairings, answers, keys, views },
    embedTexts: options.embedTexts ?? embedLengths(pairing.id),
    ready,
    clock,
    ids,
    log,
    version: '1.2.3',
    requireKey,
    limits: { ...HTTP_LIMITS, ...limits },
  });
  return { app, answerer, answers, keys, channels, pairings, pairing, clock, ids, log };
}

export const post = (body: unknown, headers: Readonly<Record<string, string>> = {}) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

export const ask = (extra: object = {}) => ({
  model: 'production',
  messages: [{ role: 'user', content: 'How do I roll back?' }],
  ...extra,
});

/** Two numbers that a 32-bit float holds exactly: the text's length, and the purpose. */
const embedLengths =
  (pairingId: string): HttpDeps['embedTexts'] =>
  async ({ texts, purpose }) => ({
    vectors: texts.map((text) => new Float32Array([text.length, purpose === 'query' ? 1 : 0.5])),
    tokens: texts.length * 3,
    pairingId,
    model: 'lite',
  });

const spec: FeatureView['spec'] = {
  extractor: { name: 'readable', version: 1 },
  cleaner: { name: 'markdown', version: 1 },
  chunker: { name: 'markdown', version: 1, tokensMax: 200 },
  dense: {
    provider: 'static',
    model: 'lite',
    revision: 'r1',
    dimension: 2,
    pooling: 'mean',
    normalisation: 'none',
    queryPrefix: '',
    documentPrefix: '',
    tokensMax: 512,
    tokenizer: 'words',
  },
  sparse: createSparseLite().spec,
};

const view: FeatureView = {
  id: 'posts@v1',
  name: 'posts',
  version: 1,
  spec,
  specHash: specHashOf(spec),
  fingerprint: 'emb-0123',
  collection: 'posts_v1',
  publishedEpoch: 42,
  embedder: null,
  firstEpoch: 1,
  readyAt: '2026-03-01T09:00:00.000Z',
  droppedAt: null,
  createdAt: AT,
};

const manifest: PairingManifest = {
  format: 'lockstep.pairing/1',
  view: view.id,
  viewSpecHash: view.specHash,
  embedderFingerprint: view.fingerprint,
  retrieval: RETRIEVAL_DEFAULTS,
  prompt: { id: 'answer@v1', hash: sha256('prompt') },
  model: { id: 'told@v1', hash: sha256('model') },
  generation: GENERATION_DEFAULTS,
};

function createAnswersInMemory(): AnswerRegistry {
  const records = new Map<string, AnswerRecord>();
  const opinions: Feedback[] = [];
  const get = async (id: string) => {
    const record = records.get(id);
    if (record === undefined)
      throw new AppError('not_found', `there is no answer ${id}.`, { param: 'answer' });
    return record;
  };
  return {
    get,
    record: async (record) => void records.set(record.id, record),
    list: async (limit) => [...records.values()].reverse().slice(0, limit),
    addFeedback: async (feedback) => {
      await get(feedback.answerId);
      opinions.push(feedback);
    },
    feedback: async (id) => opinions.filter(({ answerId }) => answerId === id),
  };
}

export type FakeKeys = KeyRegistry & {
  /** Calls of `list` and `findByHash`. */
  readonly reads: { list: number; find: number };
  /** Adds a key with this secret and gives its id. */
  make(secret: string): Promise<string>;
};

export function createKeysInMemory(): FakeKeys {
  const rows = new Map<string, ApiKey>();
  const reads = { list: 0, find: 0 };
  const add = async (key: ApiKey) => void rows.set(key.id, key);
  return {
    reads,
    add,
    make: async (secret) => {
      const id = `key-${rows.size + 1}`;
      await add({ id, name: id, hash: sha256(secret), createdAt: AT, revokedAt: null });
      return id;
    },
    findByHash: async (hash) => {
      reads.find += 1;
      const live = [...rows.values()].filter(({ revokedAt }) => revokedAt === null);
      return live.find((key) => key.hash === hash) ?? null;
    },
    list: async () => {
      reads.list += 1;
      return [...rows.values()];
    },
    revoke: async (id, at) => {
      const key = rows.get(id);
      if (key !== undefined) rows.set(id, { ...key, revokedAt: at });
    },
  };
}
