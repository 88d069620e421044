import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createFileBlobStore } from '#adapters/blobs/file-blob-store.ts';
import { createBm25Encoder } from '#adapters/bm25/bm25-encoder.ts';
import { createDatasetsFolder } from '#adapters/datasets-folder/datasets-folder.ts';
import { embeddedClient, inspectDatabase } from '#adapters/embedded-postgres/embedded-database.ts';
import { tryLock } from '#adapters/embedded-postgres/folder-lock.ts';
import { databasePlace, makeFolder } from '#adapters/embedded-postgres/place.ts';
import { createEmbedderPool } from '#adapters/embedder-pool/embedder-pool.ts';
import { createExtractive } from '#adapters/extractive/extractive.ts';
import { createPgvectorIndex } from '#adapters/pgvector/pgvector-index.ts';
import { createLog } from '#adapters/pino/log.ts';
import { loadStaticEmbedder } from '#adapters/static-embedder/static-embedder.ts';
import { systemClock, systemIds } from '#adapters/system/system.ts';
import { AppError, toAppError } from '#domain/errors.ts';
import type { ModelVersion } from '#domain/model.ts';
import { createAnswerer } from '#inference/pipeline.ts';
import type { ChatModel } from '#ports/chat-model.ts';
import type { Embedder, SparseEncoder } from '#ports/embedder.ts';
import type { Registry } from '#ports/registry.ts';
import type { Log } from '#ports/system.ts';
import { createPageSources } from './compose/page-sources.ts';
import type { Config } from './config/config.ts';
import { createRegistry } from './registry/create-registry.ts';
import { createPool, databaseOf, migrateDatabase } from './registry/database.ts';

/** The only view name that commands build; versions count up under it. */
const VIEW_NAME = 'posts';
const START_MS_MAX = 30_000;
const MODEL_RETRIES_MAX = 2;
/** Where the project's own files are: models, prompts, migrations, the sample site. */
export const PROJECT_FOLDER = resolve(import.meta.dirname, '..');

export const migrationsFolder = join(PROJECT_FOLDER, 'drizzle');

/**
 * Config to adapters to dependencies. Reaches the database and brings it up to date first, so that
 * nothing runs on a schema that it does not know. Rejects with what is wrong, naming the setting.
 */
export async function openLockstep(config: Config, version: string) {
  const log = createLog({ level: config.logLevel, destination: 'stderr' });
  const pool = createDatabasePool(config);
  try {
    const db = databaseOf(pool);
    await migrateDatabase(db, migrationsFolder);
    const registry = createRegistry(db);
    const embedder = await loadConfigured(config.embedder);
    return await wire({ config, version, log, pool, registry, embedder });
  } catch (thrown) {
    await pool.end();
    throw thrown;
  }
}

type Pool = ReturnType<typeof createPool>;

type Parts = {
  readonly config: Config;
  readonly version: string;
  readonly log: Log;
  readonly pool: Pool;
  readonly registry: Registry;
  readonly embedder: Embedder;
};

async function wire({ config, version, log, pool, registry, embedder }: Parts) {
  const sparse = createBm25Encoder();
  const index = createPgvectorIndex({ pool });
  const clock = systemClock;
  const ids = systemIds;
  const { close: closePageSources, ...pageSources } = createPageSources(config, version);
  const embedders = createEmbedderPool({
    candidates: () => embedderCandidates({ config, log, registry, embedder }),
  });
  const chatModelOf = createChatModels(config, sparse);
  const answerer = createAnswerer({
    ...registry,
    embedders,
    sparse,
    index,
    chatModelOf,
    clock,
    ids,
    log,
  });
  return {
    registry,
    ...pageSources,
    blobs: createFileBlobStore({ folder: join(config.dataFolder, 'blobs') }),
    embedder,
    embedders,
    sparse,
    index,
    datasetStore: createDatasetsFolder({ folder: join(config.dataFolder, 'datasets') }),
    answerer,
    chatModelOf,
    clock,
    ids,
    log,
    settings: settingsOf(config, version),
    close: async () => {
      await closePageSources();
      await pool.end();
    },
  };
}

const settingsOf = (config: Config, version: string) => ({
  dataFolder: resolve(config.dataFolder),
  viewName: VIEW_NAME,
  chunkTokensMax: config.chunkTokensMax,
  userAgent: 'lockstep',
  embedder: config.embedder,
  model: config.model,
  host: config.host,
  port: config.port,
  promptsFolder: join(PROJECT_FOLDER, 'prompts'),
  sampleFolder: join(PROJECT_FOLDER, 'datasets', 'sample'),
  version,
});

/** Connections to `DATABASE_URL`, or to the embedded database, which the first one starts. */
export function createDatabasePool(config: Config): Pool {
  const connectionsMax = config.databaseConnectionsMax;
  if (config.databaseUrl !== null) {
    return createPool({ connection: { connectionString: config.databaseUrl }, connectionsMax });
  }
  const Client = embeddedClient({
    folder: config.dataFolder,
    idleMs: config.databaseIdleMs,
    startMsMax: START_MS_MAX,
  });
  const connection = { user: 'postgres', database: 'postgres', Client };
  return createPool({ connection, connectionsMax });
}

/** `static:<folder>`, relative to the working folder or, failing that, to the project. */
export function loadEmbedder(reference: string): Promise<Embedder> {
  const folder = reference.replace(/^static:/, '');
  const here = resolve(folder);
  return loadStaticEmbedder(existsSync(here) ? here : resolve(PROJECT_FOLDER, folder));
}

/** A setting that leads nowhere is the setting's fault, whatever is wrong with the folder. */
async function loadConfigured(reference: string): Promise<Embedder> {
  try {
    return await loadEmbedder(reference);
  } catch (cause) {
    const message = `LOCKSTEP_EMBEDDER=${reference}: ${toAppError(cause).message}`;
    throw new AppError('invalid_config', message, { cause, param: 'LOCKSTEP_EMBEDDER' });
  }
}

/** The configured embedder, and those that were registered when older views were built. */
async function embedderCandidates({
  config,
  log,
  registry,
  embedder,
}: Omit<Parts, 'pool' | 'version'>): Promise<readonly Embedder[]> {
  const candidates = [embedder];
  const models = await registry.models.list();
  const references = models
    .filter(({ kind, provider }) => kind === 'embedder' && provider === 'static')
    .map(({ reference }) => reference);
  for (const reference of new Set(references)) {
    if (reference === config.embedder) continue;
    try {
      candidates.push(await loadEmbedder(reference));
    } catch (thrown) {
      // A view that needs it is refused by name; the others are none the worse.
      log.warn('a registered embedder cannot be loaded', { reference, why: String(thrown) });
    }
  }
  return candidates;
}

function createChatModels(config: Config, sparse: SparseEncoder) {
  const extractive = createExtractive({ terms: sparse.terms });
  const asked = {
    timeoutMs: config.modelTimeoutMs,
    retriesMax: MODEL_RETRIES_MAX,
    clock: systemClock,
    random: systemIds.random,
  };
  return (model: Pick<ModelVersion, 'provider' | 'reference' | 'parameters'>): ChatModel => {
    const { provider, reference, parameters } = model;
    if (provider === 'extractive') return extractive;
    if (provider !== 'openai') {
      return opened(async () => {
        const { createLangChainChat } = await import('#adapters/openai/langchain-chat.ts');
        return createLangChainChat({ ...asked, provider, model: reference, parameters });
      });
    }
    const { openaiApiKey: apiKey, openaiBaseUrl: baseUrl } = config;
    if (apiKey === null && baseUrl === null) {
      throw new AppError(
        'invalid_config',
        `${provider}:${reference} needs OPENAI_API_KEY, or OPENAI_BASE_URL of a server that needs none.`,
        { param: 'OPENAI_API_KEY' },
      );
    }
    return opened(async () => {
      const { createOpenAiChat } = await import('#adapters/openai/openai-chat.ts');
      return createOpenAiChat({ ...asked, baseUrl, apiKey, model: reference });
    });
  };
}

/** Loads a vendor's client when a question is put to it: half a second that others are spared. */
const opened = (load: () => Promise<ChatModel>): ChatModel => ({
  async *generate(request, signal) {
    yield* (await load()).generate(request, signal);
  },
});

/** What is known of the database without reaching for it, for `doctor`. */
export function describeDatabase(config: Config) {
  if (config.databaseUrl !== null) {
    const { host, pathname } = new URL(config.databaseUrl);
    return { kind: 'server', place: `${host}${pathname}`, running: null } as const;
  }
  const { place, state } = inspectDatabase(config.dataFolder);
  const running = state && {
    pid: state.pid,
    address: state.host.startsWith('/') ? state.host : `${state.host}:${state.port}`,
    startedAt: state.startedAt,
  };
  return { kind: 'embedded', place: place.folder, running } as const;
}

/** Keeps the data folder to one `up`, for as long as the process lives. */
export function lockForUp(config: Config) {
  makeFolder(databasePlace(config.dataFolder));
  const lock = tryLock(join(config.dataFolder, 'up.lock'));
  if (lock !== null) return lock;
  throw new AppError(
    'lease_held',
    `lockstep up is running on ${resolve(config.dataFolder)} already; stop it first, or choose ` +
      'another folder with --data.',
    { param: '--data' },
  );
}

export async function serveSite(folder: string, port: number) {
  const { serveStaticSite } = await import('#adapters/static-site/static-site-server.ts');
  return serveStaticSite({ folder, port });
}
