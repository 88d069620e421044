import { createMemoryBatchQueue } from '#adapters/memory/batch-queue.ts';
import { createMemoryBlobStore } from '#adapters/memory/blob-store.ts';
import { createMemoryIndex } from '#adapters/memory/feature-index.ts';
import { loadStaticEmbedder } from '#adapters/static-embedder/static-embedder.ts';
import type { Revision } from '#domain/document.ts';
import {
  CRAWL_LIMITS,
  type CrawlLimits,
  SOURCE_RULES,
  type Source,
  type SourceKind,
  type SourceRules,
} from '#domain/source.ts';
import { type CrawlReport, type CrawlRequest, crawl } from '#features/crawl/crawl.ts';
import type { FeatureDeps } from '#features/deps.ts';
import { createInlineReader } from '#features/extract/inline-reader.ts';
import type { FetchRequest, PageFetcher } from '#ports/page-fetcher.ts';
import type { Clock } from '#ports/system.ts';
import { createRegistry } from '#registry/create-registry.ts';
import { createPool, databaseOf, migrateDatabase } from '#registry/database.ts';
import { createFakeClock } from '../../fakes/clock.ts';
import type { EmbeddedPostgres } from '../../fakes/embedded-postgres.ts';
import { createPoolOf } from '../../fakes/embedder-pool.ts';
import { createFakeIds } from '../../fakes/ids.ts';
import { createFakeLog } from '../../fakes/log.ts';
import { createFakePageFetcher, type FakeAnswer, pageOutcome } from '../../fakes/page-fetcher.ts';
import { createFakePageShelf } from '../../fakes/page-shelf.ts';
import { createEncodersOf } from '../../fakes/sparse-encoders.ts';
import { createMemoryRegistry, type MemoryRegistry } from './memory-registry.ts';
import { ORIGIN } from './pages.ts';

export type WorldOptions = {
  readonly name?: string;
  readonly kind?: SourceKind;
  readonly paths?: readonly string[];
  readonly limits?: Partial<CrawlLimits>;
  readonly rules?: Partial<SourceRules>;
};

/** A crawl over a site in a map that the test edits. */
export type Site = {
  readonly source: Source;
  answer(path: string, outcome: FakeAnswer): void;
  /** A page, with an entity tag when the site has such. */
  put(path: string, html: string, etag?: string): void;
  /** A path that is not there is gone. */
  remove(path: string): void;
  crawl(signal?: AbortSignal, request?: Pick<CrawlRequest, 'fresh' | 'only'>): Promise<CrawlReport>;
  /** Live documents by path. */
  live(): Promise<readonly string[]>;
  /** Content hashes of the live documents, by path. */
  contents(): Promise<Readonly<Record<string, string>>>;
  /** Current revisions of the live documents, by URL. */
  revisions(): Promise<readonly Revision[]>;
  /** Text of stored bytes. */
  stored(key: string): Promise<string>;
  /** Dead letters of the source, newest first, as `code /path`. */
  letters(): Promise<readonly string[]>;
  /** Paths asked for since the last time this was called. */
  requests(): readonly string[];
  /** Crawls the same site, in the same registry, as another source. */
  other(options: WorldOptions): Site;
};

/** A feature pipeline over a real registry. */
export type World = Site & {
  readonly deps: FeatureDeps;
  /** Empties the registry, but neither the site nor the index. */
  reset(): Promise<void>;
  close(): Promise<void>;
};

export async function createWorld(
  postgres: EmbeddedPostgres,
  options: WorldOptions = {},
): Promise<World> {
  const pool = createPool({ connection: postgres.connection, connectionsMax: 4 });
  const db = databaseOf(pool);
  await pool.query(
    'drop schema public cascade; create schema public; drop schema if exists drizzle cascade',
  );
  await migrateDatabase(db, 'drizzle');
  const web = new Map<string, FakeAnswer>();
  const clock = createPatientClock();
  const deps: FeatureDeps = {
    registry: createRegistry(db),
    fetcher: createFakePageFetcher(web),
    ...readersOf(web),
    blobs: createMemoryBlobStore(),
    embedders: createPoolOf(await loadStaticEmbedder('models/lockstep-static-en-v1')),
    sparseOf: createEncodersOf(),
    index: createMemoryIndex(),
    batches: createMemoryBatchQueue({ clock: createFakeClock({ mode: 'auto' }) }),
    clock,
    ids: createFakeIds(),
    log: createFakeLog(),
  };
  const reset = async () => {
    const { rows } = await pool.query<{ name: string }>(
      "select quote_ident(tablename) as name from pg_tables where schemaname = 'public'",
    );
    await pool.query(`truncate ${rows.map(({ name }) => name).join(', ')} restart identity`);
  };
  return { ...createSite({ deps, web }, options), deps, reset, close: () => pool.end() };
}

/** What reads pages, and where they stand but on the web; a browser sees `rendered:` ones. */
const readersOf = (
  web: Map<string, FakeAnswer>,
): Pick<FeatureDeps, 'reader' | 'renderer' | 'shelves'> => ({
  reader: createInlineReader(),
  renderer: {
    ...createFakePageFetcher(web),
    fetch: (request, signal) => {
      const rendered = web.get(`rendered:${request.url}`);
      const shown = new Map(rendered === undefined ? [] : [[request.url, rendered]]);
      return createFakePageFetcher(shown).fetch(request, signal);
    },
  },
  shelves: { github: createFakePageShelf(web), folder: createFakePageShelf(web) },
});

export type MemorySite = Site & { readonly registry: MemoryRegistry };

/**
 * The same without a database, for crawls by the thousand.
 *
 * @param around what every fetch waits for before it answers
 */
export function createMemorySite(
  options: WorldOptions = {},
  around: (request: FetchRequest) => Promise<void> = async () => undefined,
): MemorySite {
  const web = new Map<string, FakeAnswer>();
  const fake = createFakePageFetcher(web);
  const fetcher: PageFetcher & { requests: readonly FetchRequest[] } = {
    ...fake,
    fetch: async (request, signal) => {
      const outcome = await fake.fetch(request, signal);
      await around(request);
      return outcome;
    },
  };
  const registry = createMemoryRegistry();
  const deps = {
    registry,
    fetcher,
    ...readersOf(web),
    blobs: createMemoryBlobStore(),
    clock: createPatientClock(),
    ids: createFakeIds(),
    log: createFakeLog(),
  };
  // A crawl neither embeds nor publishes.
  return { ...createSite({ deps: deps as unknown as FeatureDeps, web }, options), registry };
}

function createSite(
  { deps, web }: { deps: FeatureDeps; web: Map<string, FakeAnswer> },
  { name = 'blog', kind = 'site', paths = ['/'], limits = {}, rules = {} }: WorldOptions,
): Site {
  const source: Source = {
    name,
    kind,
    urls: paths.map(urlOf),
    limits: { ...CRAWL_LIMITS, ...limits },
    rules: { ...SOURCE_RULES, ...rules },
    createdAt: '2026-01-02T03:04:05.000Z',
  };
  const pathOf = (url: string) => (url.startsWith(ORIGIN) ? url.slice(ORIGIN.length) : url);
  const { requests } = deps.fetcher as PageFetcher & { requests: readonly FetchRequest[] };
  let told = 0;
  const revisions = async () => {
    const documents = await deps.registry.documents.list(null);
    const live = documents.filter(({ status }) => status === 'live');
    return deps.registry.documents.revisions(live.flatMap(({ revisionId }) => revisionId ?? []));
  };
  return {
    source,
    answer: (path, outcome) => void web.set(urlOf(path), outcome),
    put: (path, html, etag) => {
      const url = urlOf(path);
      web.set(url, pageOutcome(url, html, { etag: etag ?? null }));
    },
    remove: (path) => void web.delete(urlOf(path)),
    crawl: (signal = new AbortController().signal, request = {}) =>
      crawl(deps, { source, userAgent: 'lockstep', ...request }, () => undefined, signal),
    live: async () => {
      const documents = await deps.registry.documents.list(null);
      return documents.filter(({ status }) => status === 'live').map(({ url }) => pathOf(url));
    },
    revisions,
    stored: async (key) => new TextDecoder().decode(await deps.blobs.get(key)),
    contents: async () =>
      Object.fromEntries(
        (await revisions()).map(({ url, contentHash }) => [pathOf(url), contentHash.slice(0, 8)]),
      ),
    letters: async () =>
      (await deps.registry.deadLetters.list({ sourceName: name })).map(
        ({ code, url }) => `${code} ${pathOf(url)}`,
      ),
    requests: () => {
      const since = requests.slice(told).map(({ url }) => pathOf(url));
      told = requests.length;
      return since;
    },
    other: (options) => createSite({ deps, web }, options),
  };
}

/** Paths are of the site; whole URLs are taken as they stand. */
const urlOf = (path: string): string => (path.startsWith('/') ? `${ORIGIN}${path}` : path);

/** Sleeps that are shorter are over at once: who waits for a lease takes these. */
const NAP_MS_MAX = 1_000;

/** Time goes on by a millisecond a look; a heartbeat's sleep lasts until it is cut short. */
function createPatientClock(): Clock {
  let ms = Date.parse('2026-01-02T03:04:05.000Z');
  return {
    now: () => {
      ms += 1;
      return new Date(ms).toISOString();
    },
    monotonicMs: () => ms,
    sleep: async (napMs, signal) => {
      signal.throwIfAborted();
      if (napMs < NAP_MS_MAX) {
        ms += napMs;
        return;
      }
      await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    },
  };
}
