import type { AnswerRecord } from '#domain/answer.ts';
import { AppError } from '#domain/errors.ts';
import {
  collectionOf,
  type FeatureView,
  type FeatureViewSpec,
  specHashOf,
  versionedId,
} from '#domain/feature-view.ts';
import { type ModelVersion, modelHashOf } from '#domain/model.ts';
import {
  GENERATION_DEFAULTS,
  type Pairing,
  type PairingManifest,
  pairingIdOf,
  RETRIEVAL_DEFAULTS,
  type RetrievalSettings,
} from '#domain/pairing.ts';
import { type PromptVersion, promptHashOf } from '#domain/prompt.ts';
import type { Embedder } from '#ports/embedder.ts';
import type { Registry } from '#ports/registry.ts';
import { createSparseLite } from './sparse-lite.ts';

const AT = '2026-01-02T03:04:05.000Z';

/** A view as the registry gives it, built with an embedder. */
export function viewOf(embedder: Embedder, fingerprint: string, version = 1): FeatureView {
  const spec: FeatureViewSpec = {
    extractor: { name: 'readability', version: 1 },
    cleaner: { name: 'markdown', version: 1 },
    chunker: { name: 'markdown', version: 1, tokensMax: 200 },
    dense: embedder.spec,
    sparse: createSparseLite().spec,
  };
  return {
    id: versionedId('posts', version),
    name: 'posts',
    version,
    spec,
    specHash: specHashOf(spec),
    fingerprint,
    collection: collectionOf('posts', version),
    publishedEpoch: 1,
    embedder: null,
    firstEpoch: 1,
    readyAt: '2026-03-01T09:00:00.000Z',
    droppedAt: null,
    createdAt: AT,
  };
}

export function promptOf(name: string, system = 'Answer from the passages.'): PromptVersion {
  const user = '{{passages}}\n\nQuestion: {{question}}';
  const hash = promptHashOf({ system, user });
  const id = versionedId(name, 1);
  return { id, name, version: 1, system, user, description: '', hash, createdAt: AT };
}

export function modelOf(name: string, changes: Partial<ModelVersion> = {}): ModelVersion {
  const spec = {
    kind: 'chat',
    provider: 'fake',
    reference: name,
    base: null,
    datasetId: null,
    parameters: {},
    ...changes,
  } as const;
  const id = versionedId(name, 1);
  return { ...spec, id, name, version: 1, metrics: {}, hash: modelHashOf(spec), createdAt: AT };
}

export function pairingOf(
  parts: {
    readonly view: FeatureView;
    readonly prompt: PromptVersion;
    readonly model: ModelVersion;
  },
  retrieval: Partial<RetrievalSettings> = {},
): Pairing {
  const manifest: PairingManifest = {
    format: 'lockstep.pairing/1',
    view: parts.view.id,
    viewSpecHash: parts.view.specHash,
    embedderFingerprint: parts.view.fingerprint,
    retrieval: { ...RETRIEVAL_DEFAULTS, ...retrieval },
    prompt: { id: parts.prompt.id, hash: parts.prompt.hash },
    model: { id: parts.model.id, hash: parts.model.hash },
    generation: GENERATION_DEFAULTS,
  };
  return { id: pairingIdOf(manifest), manifest, createdAt: AT };
}

/** What of a registry inference reads and writes; tests change the maps. */
export function createServedRegistry() {
  const views = new Map<string, FeatureView>();
  const prompts = new Map<string, PromptVersion>();
  const models = new Map<string, ModelVersion>();
  const pairings = new Map<string, Pairing>();
  const channels = new Map<string, string>();
  const recorded: AnswerRecord[] = [];
  let recordFailure: AppError | null = null;
  const getter =
    <T>(map: ReadonlyMap<string, T>, code: 'not_found' | 'unknown_channel' = 'not_found') =>
    async (id: string): Promise<T> => {
      const found = map.get(id);
      if (found === undefined) throw new AppError(code, `there is no ${id}`);
      return found;
    };
  const channelOf = getter(channels, 'unknown_channel');
  const named = async (name: string) => ({ name, pairingId: await channelOf(name), move: 1 });
  const unused = (name: string) => () => {
    throw new Error(`inference has no business with ${name}`);
  };
  const registry: Pick<
    Registry,
    'views' | 'prompts' | 'models' | 'pairings' | 'channels' | 'answers'
  > = {
    views: {
      ...unusedMethods<Registry['views']>(
        'ensure configured list probes markReady openEpoch discardEmptyEpoch epochs publish ' +
          'unfinished unfinishedCount pending commit unsynced confirm unconfirm membership ' +
          'revisionsAt points members documentsAt forgetBefore ended endedCount forget drop',
        unused,
      ),
      get: getter(views),
    },
    prompts: {
      ...unusedMethods<Registry['prompts']>('register list', unused),
      get: getter(prompts),
    },
    models: { ...unusedMethods<Registry['models']>('register list', unused), get: getter(models) },
    pairings: {
      ...unusedMethods<Registry['pairings']>('register list', unused),
      get: getter(pairings),
    },
    channels: {
      ...unusedMethods<Registry['channels']>('history move', unused),
      get: named,
      list: () => Promise.all([...channels.keys()].map(named)),
    },
    answers: {
      ...unusedMethods<Registry['answers']>('get list addFeedback feedback', unused),
      record: async (record) => {
        if (recordFailure !== null) throw recordFailure;
        recorded.push(record);
      },
    },
  };
  return {
    registry,
    views,
    prompts,
    models,
    pairings,
    channels,
    recorded,
    failRecording: (failure: AppError | null) => {
      recordFailure = failure;
    },
  };
}

/** Methods that fail the test that calls them; the caller spreads its own over them. */
const unusedMethods = <T>(names: string, unused: (name: string) => () => never): T =>
  Object.fromEntries(names.split(' ').map((name) => [name, unused(name)])) as T;
