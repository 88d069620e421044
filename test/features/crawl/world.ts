import { createBm25Encoder } from '#adapters/bm25/bm25-encoder.ts';
import { createMemoryBlobStore } from '#adapters/memory/blob-store.ts';
import { createMemoryIndex } from '#adapters/memory/feature-index.ts';
import { loadStaticEmbedder } from '#adapters/static-embedder/static-embedder.ts';
import { CRAWL_LIMITS, type Source, type SourceKind } from '#domain/source.ts';
import { type CrawlReport, crawl } from '#features/crawl/crawl.ts';
import type { FeatureDeps } from '#features/deps.ts';
import type { Clock } from '#ports/system.ts';
import { createRegistry } from '#registry/create-registry.ts';
import { createPool, databaseOf, migrateDatabase } from '#registry/database.ts';
import type { EmbeddedPostgres } from '../../fakes/embedded-postgres.ts';
import { createFakeIds } from '../../fakes/ids.ts';
import { createFakeLog } from '../../fakes/log.ts';
import { createFakePageFetcher, type FakeAnswer, pageOutcome } from '../../fakes/page-fetcher.ts';

export const ORIGIN = 'https://blog.example';

/** A feature pipeline over a real registry and a site in a map that the test edits. */
export type World = {
  readonly deps: FeatureDeps;
  answer(path: string, outcome: FakeAnswer): void;
  put(path: string, html: string): void;
  /** A path that is not there is gone. */
  remove(path: string): void;
  crawl(signal?: AbortSignal): Promise<CrawlReport>;
  /** Live documents by path. */
  live(): Promise<readonly string[]>;
  requests(): readonly string[];
  close(): Promise<void>;
};

export async function createWorld(
  postgres: EmbeddedPostgres,
  kind: SourceKind = 'site',
): Promise<World> {
  const pool = createPool({ connection: postgres.connection, connectionsMax: 4 });
  const db = databaseOf(pool);
  await pool.query(
    'drop schema public cascade; create schema public; drop schema if exists drizzle cascade',
  );
  await migrateDatabase(db, 'drizzle');
  const clock = createPatientClock();
  const web = new Map<string, FakeAnswer>();
  const fetcher = createFakePageFetcher(web);
  const deps: FeatureDeps = {
    registry: createRegistry(db),
    fetcher,
    blobs: createMemoryBlobStore(),
    embedder: await loadStaticEmbedder('models/lockstep-static-en-v1'),
    sparse: createBm25Encoder(),
    index: createMemoryIndex(),
    clock,
    ids: createFakeIds(),
    log: createFakeLog(),
  };
  const source: Source = {
    name: 'blog',
    kind,
    urls: [`${ORIGIN}/`],
    limits: CRAWL_LIMITS,
    createdAt: clock.now(),
  };
  return {
    deps,
    answer: (path, outcome) => void web.set(`${ORIGIN}${path}`, outcome),
    put: (path, html) => void web.set(`${ORIGIN}${path}`, pageOutcome(`${ORIGIN}${path}`, html)),
    remove: (path) => void web.delete(`${ORIGIN}${path}`),
    crawl: (signal = new AbortController().signal) =>
      crawl(deps, { source, userAgent: 'lockstep' }, () => undefined, signal),
    live: async () => {
      const documents = await deps.registry.documents.list(null);
      const open = documents.filter(({ status }) => status === 'live');
      return open.map(({ url }) => url.slice(ORIGIN.length));
    },
    requests: () => fetcher.requests.map(({ url }) => url.slice(ORIGIN.length)),
    close: () => pool.end(),
  };
}

/** Time goes on by a millisecond a look; a sleep lasts until it is cut short, as heartbeats are. */
function createPatientClock(): Clock {
  let ms = Date.parse('2026-01-02T03:04:05.000Z');
  return {
    now: () => {
      ms += 1;
      return new Date(ms).toISOString();
    },
    monotonicMs: () => ms,
    sleep: (_ms, signal) =>
      new Promise((_resolve, reject) => {
        if (signal.aborted) reject(signal.reason);
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
  };
}

const prose = (topic: string): string =>
  `This post is about ${topic}, which comes up every week and is seldom written down. It says in ` +
  'plain words who noticed it first, what was tried in vain, what it cost, and which remedy is ' +
  `still in place after a year of daily use of ${topic}.`;

export type PostOptions = { readonly head?: string; readonly links?: readonly string[] };

export const post = (title: string, options: PostOptions = {}): string =>
  `<!doctype html><html lang="en"><head><title>${title}</title>${options.head ?? ''}</head><body>` +
  `<main><article><h1>${title}</h1><p>${prose(title)}</p><h2>More of ${title}</h2>` +
  `<p>${prose(`the rest of ${title}`)}</p></article></main>` +
  `<nav>${(options.links ?? []).map((href) => `<a href="${href}">${href}</a>`).join(' ')}</nav></body></html>`;

export const home = (...links: readonly string[]): string =>
  `<!doctype html><html><head><title>Home</title></head><body><main><ul>${links
    .map((href) => `<li><a href="${href}">${href}</a></li>`)
    .join('')}</ul></main></body></html>`;
