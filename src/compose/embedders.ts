import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createEmbedderPool } from '#adapters/embedder-pool/embedder-pool.ts';
import { createEmbeddingCache } from '#adapters/embedding-cache/embedding-cache.ts';
import { loadStaticEmbedder } from '#adapters/static-embedder/static-embedder.ts';
import { systemClock, systemIds } from '#adapters/system/system.ts';
import {
  type EmbedderReference,
  numberOption,
  parseEmbedderReference,
  wordOption,
} from '#domain/embedder-reference.ts';
import { AppError, toAppError } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { Embedder } from '#ports/embedder.ts';
import type { EmbedderPool } from '#ports/embedder-pool.ts';
import type { Registry } from '#ports/registry.ts';
import type { Log } from '#ports/system.ts';
import type { VectorCache } from '#ports/vector-cache.ts';
import type { Config } from '../config/config.ts';

const RETRIES_MAX = 5;
/** Between two looks at whether a provider's model still is what it was: five short texts. */
const RECHECK_MS = 15 * 60_000;
const TOKENS_MAX = 1_000_000;
const DIMENSIONS_MAX = 16_000;
const TEXTS_MAX = 2_048;
const DTYPES = ['fp32', 'fp16', 'q8', 'int8', 'uint8', 'q4', 'q4f16', 'bnb4'] as const;
const POOLINGS = ['mean', 'cls', 'last'] as const;

export type EmbeddersOptions = {
  readonly config: Config;
  /** Where relative folders of embedders are looked for when the working folder has none. */
  readonly projectFolder: string;
  readonly registry: Pick<Registry, 'views' | 'models'>;
  readonly vectors: VectorCache;
  readonly log: Log;
};

export type Embedders = EmbedderPool & { close(): Promise<void> };

/** The pool of all embedders that the settings, the views and the model versions name. */
export function createEmbedders(options: EmbeddersOptions): Embedders {
  const { config, registry, vectors, log } = options;
  const closers: (() => Promise<void>)[] = [];
  const pool = createEmbedderPool({
    configured: config.embedder,
    load: async (reference) => {
      const { embedder, close } = await loadReference(options, reference);
      if (close !== null) closers.push(close);
      return embedder;
    },
    referencesOf: (view) => referencesOf(registry, config.embedder, view),
    probesOf: ({ id }) => registry.views.probes(id),
    remember: (embedder, { fingerprint }) =>
      embedder.spec.provider === 'static'
        ? embedder
        : createEmbeddingCache({ embedder, store: vectors, fingerprint }),
    recheck: {
      clock: systemClock,
      // What runs on this machine stays as it was loaded.
      afterMs: ({ spec }) => (spec.dense.provider === 'openai' ? RECHECK_MS : null),
    },
    onUnloadable: (reference, why) =>
      // A view that needs it is refused by name; the others are none the worse.
      log.warn('an embedder cannot be loaded', { reference, why: toAppError(why).message }),
  });
  return {
    ...pool,
    close: async () => {
      for (const close of closers.splice(0)) await close();
    },
  };
}

/** Names that may lead to the view's embedder; others of its provider are tried after its own. */
async function referencesOf(
  { models }: Pick<Registry, 'models'>,
  configured: string,
  view: FeatureView,
): Promise<readonly string[]> {
  const { provider } = view.spec.dense;
  const registered = (await models.list()).filter(
    (model) => model.kind === 'embedder' && model.provider === provider,
  );
  const own = registered.filter(({ parameters }) => parameters.fingerprint === view.fingerprint);
  const all = [
    view.embedder,
    configured,
    ...[...own, ...registered].map((model) => model.reference),
  ];
  return all.filter((name): name is string => name?.startsWith(`${provider}:`) === true);
}

/** A setting that leads nowhere is the setting's fault, whatever is wrong with what it names. */
export async function requireEmbedder(config: Config, projectFolder: string): Promise<void> {
  await atSetting(config.embedder, async () => {
    const reference = parseEmbedderReference(config.embedder);
    if (reference.provider === 'static') await loadStatic(reference, projectFolder);
    else if (reference.provider === 'openai') requireOpenAi(config, config.embedder);
  });
}

async function atSetting<T>(reference: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const { message, retryable } = toAppError(cause);
    if (retryable) throw cause;
    throw new AppError('invalid_config', `LOCKSTEP_EMBEDDER=${reference}: ${message}`, {
      cause,
      param: 'LOCKSTEP_EMBEDDER',
    });
  }
}

type Loaded = { readonly embedder: Embedder; readonly close: (() => Promise<void>) | null };

async function loadReference(options: EmbeddersOptions, text: string): Promise<Loaded> {
  const { config, projectFolder } = options;
  const reference = parseEmbedderReference(text);
  const load = async (): Promise<Loaded> => {
    if (reference.provider === 'static') {
      return { embedder: await loadStatic(reference, projectFolder), close: null };
    }
    if (reference.provider === 'openai') {
      return { embedder: await loadOpenAi(config, text, reference), close: null };
    }
    const embedder = await loadTransformers(config, reference);
    return { embedder, close: () => embedder.close() };
  };
  return text === config.embedder ? atSetting(text, load) : load();
}

/** A folder, relative to the working folder or, failing that, to the project. */
function loadStatic({ model }: EmbedderReference, projectFolder: string): Promise<Embedder> {
  const here = resolve(model);
  return loadStaticEmbedder(existsSync(here) ? here : resolve(projectFolder, model));
}

async function loadTransformers(config: Config, reference: EmbedderReference) {
  const { loadTransformersEmbedder } = await import(
    '#adapters/transformers/transformers-embedder.ts'
  );
  const { model, options } = reference;
  const normalise = wordOption(reference, 'normalise', ['yes', 'no']);
  return loadTransformersEmbedder({
    model,
    cacheFolder: join(config.dataFolder, 'models'),
    threads: config.embedderThreads,
    hubToken: config.hubToken,
    ...(config.hubUrl !== null && { hubUrl: config.hubUrl }),
    ...given({
      revision: options.get('revision'),
      dtype: wordOption(reference, 'dtype', DTYPES),
      pooling: wordOption(reference, 'pooling', POOLINGS),
      normalise: normalise === undefined ? undefined : normalise === 'yes',
      queryPrefix: options.get('query-prefix'),
      documentPrefix: options.get('document-prefix'),
      tokensMax: numberOption(reference, 'tokens-max', { min: 1, max: TOKENS_MAX }),
    }),
  });
}

async function loadOpenAi(config: Config, text: string, reference: EmbedderReference) {
  requireOpenAi(config, text);
  const { createOpenAiEmbedder } = await import('#adapters/openai/embedder.ts');
  const { model, options } = reference;
  const textsMax = numberOption(reference, 'texts-max', { min: 1, max: TEXTS_MAX });
  const embedder = await createOpenAiEmbedder(
    {
      baseUrl: config.openaiBaseUrl,
      apiKey: config.openaiApiKey,
      model,
      timeoutMs: config.modelTimeoutMs,
      retriesMax: RETRIES_MAX,
      clock: systemClock,
      random: systemIds.random,
      ...given({
        revision: options.get('revision'),
        dimensions: numberOption(reference, 'dimensions', { min: 1, max: DIMENSIONS_MAX }),
        tokensMax: numberOption(reference, 'tokens-max', { min: 1, max: TOKENS_MAX }),
        tokenizerFile: options.get('tokenizer'),
        queryPrefix: options.get('query-prefix'),
        documentPrefix: options.get('document-prefix'),
      }),
      ...(textsMax !== undefined && { batch: { textsMax } }),
    },
    new AbortController().signal,
  );
  const dollars = numberOption(reference, 'dollars', { min: 0, max: TOKENS_MAX, whole: false });
  return dollars === undefined ? embedder : { ...embedder, dollarsPerMillionTokens: dollars };
}

function requireOpenAi({ openaiApiKey, openaiBaseUrl }: Config, reference: string): void {
  if (openaiApiKey !== null || openaiBaseUrl !== null) return;
  throw new AppError(
    'invalid_config',
    `${reference} needs OPENAI_API_KEY, or OPENAI_BASE_URL of a server that needs none.`,
    { param: 'OPENAI_API_KEY' },
  );
}

/** The options that are there. */
const given = <T extends Readonly<Record<string, unknown>>>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
