import { join, resolve } from 'node:path';
import { createFileBlobStore } from '#adapters/blobs/file-blob-store.ts';
import { createDatasetsFolder } from '#adapters/datasets-folder/datasets-folder.ts';
import { embeddedClient, inspectDatabase } from '#adapters/embedded-postgres/embedded-database.ts';
import { tryLock } from '#adapters/embedded-postgres/folder-lock.ts';
import { databasePlace, makeFolder } from '#adapters/embedded-postgres/place.ts';
import { createExtractive } from '#adapters/extractive/extractive.ts';
import { createPgBossQueues } from '#adapters/pg-boss/pg-boss-queues.ts';
import { createPgvectorIndex } from '#adapters/pgvector/pgvector-index.ts';
import { createLog } from '#adapters/pino/log.ts';
import { systemClock, systemIds } from '#adapters/system/system.ts';
import { AppError } from '#domain/errors.ts';
import type { ModelVersion } from '#domain/model.ts';
import { createAnswerer } from '#inference/pipeline.ts';
import type { ChatModel } from '#ports/chat-model.ts';
import type { SparseEncoder } from '#ports/embedder.ts';
import type { FeatureIndex } from '#ports/feature-index.ts';
import type { Log } from '#ports/system.ts';
import { createEmbedders, requireEmbedder } from './compose/embedders.ts';
import { createPageSources } from './compose/page-sources.ts';
import { createSparseEncoders } from './compose/sparse.ts';
import type { Config } from './config/config.ts';
import { createRegistry } from './registry/create-registry.ts';
import { createPool, databaseOf, migrateDatabase } from './registry/database.ts';
import { createVectorCache } from './registry/vector-cache.ts';

/** The only view name that commands build; versions count up under it. */
const VIEW_NAME = 'posts';
const START_MS_MAX = 30_000;
const MODEL_RETRIES_MAX = 2;
/**
 * 80,000 vectors of 256 dimensions, some 80 ms a search. Building an approximate index takes .7 ms a
 * point, and the embedded database, which is one session, answers nobody meanwhile.
 */
const EMBEDDED_EXACT_VALUES_MAX = 20_000_000;
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
    await requireEmbedder(config, PROJECT_FOLDER);
    return await wire({ config, version, log, pool, db });
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
  readonly db: ReturnType<typeof databaseOf>;
};

async function wire({ config, version, log, pool, db }: Parts) {
  const registry = createRegistry(db);
  const sparseOf = createSparseEncoders();
  const sparse = sparseOf(null);
  const index = await createIndex({ config, pool, log });
  const clock = systemClock;
  const ids = systemIds;
  const queues = createPgBossQueues({ pool, clock, log });
  const { close: closePageSources, ...pageSources } = createPageSources(config, version);
  const { close: closeEmbedders, ...embedders } = createEmbedders({
    config,
    projectFolder: PROJECT_FOLDER,
    registry,
    vectors: createVectorCache(db),
    log,
  });
  const chatModelOf = createChatModels(config, sparse);
  const answerer = createAnswerer({
    ...registry,
    embedders,
    sparseOf,
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
    embedders,
    sparse,
    sparseOf,
    index,
    batches: queues.batches,
    jobs: queues.jobs,
    datasetStore: createDatasetsFolder({ folder: join(config.dataFolder, 'datasets') }),
    answerer,
    chatModelOf,
    clock,
    ids,
    log,
    settings: settingsOf(config, version),
    close: async () => {
      await closePageSources();
      await closeEmbedders();
      await queues.close();
      await pool.end();
    },
  };
}

/** Qdrant where there is one, and pgvector in the database where there is none. */
async function createIndex({
  config,
  pool,
  log,
}: Pick<Parts, 'config' | 'pool' | 'log'>): Promise<FeatureIndex> {
  const { qdrantUrl: url, qdrantApiKey: apiKey } = config;
  if (url === null) {
    const isEmbedded = config.databaseUrl === null;
    return createPgvectorIndex({
      pool,
      ...(isEmbedded && { exactValuesMax: EMBEDDED_EXACT_VALUES_MAX }),
    });
  }
  const { createQdrantIndex } = await import('#adapters/qdrant/qdrant-index.ts');
  return createQdrantIndex({ url, apiKey, clock: systemClock, random: systemIds.random, log });
}

const settingsOf = (config: Config, version: string) => ({
  dataFolder: resolve(config.dataFolder),
  viewName: VIEW_NAME,
  chunker: {
    tokensMax: config.chunkTokensMax,
    ...(config.chunkOverlap > 0 && { overlapTokens: config.chunkOverlap }),
  },
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
