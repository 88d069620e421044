import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { FETCH_LIMITS } from '#adapters/fetcher/limits.ts';
import { createPageFetcher } from '#adapters/fetcher/page-fetcher.ts';
import { createMemoryBlobStore } from '#adapters/memory/blob-store.ts';
import { createPageReader } from '#adapters/page-reader/page-reader.ts';
import { systemClock, systemIds } from '#adapters/system/system.ts';
import { CRAWL_LIMITS, SOURCE_RULES } from '#domain/source.ts';
import { crawl } from '#features/crawl/crawl.ts';
import type { FeatureDeps } from '#features/deps.ts';
import { createRegistry } from '#registry/create-registry.ts';
import { createPool, databaseOf, migrateDatabase } from '#registry/database.ts';
import { createFakeLog } from '../../test/fakes/log.ts';
import { type RealPostgres, startRealPostgres } from '../../test/fakes/real-postgres.ts';

/**
 * `node scripts/bench/frontier.ts [--sizes 1000,10000,100000]`: crawls generated sites of growing
 * size over loopback, with the real fetcher and reader and a registry on a PostgreSQL of its own, so
 * that the memory of this process is the crawl's. A crawl is linear when the seconds a thousand pages stay the same,
 * and bounded when the memory a page does.
 */
const { values } = parseArgs({
  options: { sizes: { type: 'string', default: '1000,10000,100000' } },
});

const MEMORY_LOOK_MS = 200;
const MEGABYTE = 1_048_576;

async function serve(pages: number): Promise<{ child: ChildProcess; origin: string }> {
  const parameters = ['scripts/bench/generated-site.ts', '--pages', String(pages)];
  const child = spawn(process.execPath, parameters, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, origin: line.toString().trim() };
}

async function createDeps(postgres: RealPostgres) {
  const fetcher = createPageFetcher({
    userAgent: 'lockstep-bench',
    allowNetworks: ['127.0.0.1/32'],
    limits: { ...FETCH_LIMITS, delayMs: 0, concurrencyPerHostMax: 64 },
    clock: systemClock,
    random: systemIds.random,
  });
  const reader = createPageReader({
    entry: new URL('../../src/features/extract/extract-worker.ts', import.meta.url),
    workersMax: 2,
    timeMsMax: 10_000,
    memoryMbMax: 512,
    clock: systemClock,
  });
  const pool = createPool({ connection: postgres.connection, connectionsMax: 8 });
  const db = databaseOf(pool);
  await migrateDatabase(db, 'drizzle');
  const deps = {
    registry: createRegistry(db),
    fetcher,
    reader,
    // Bodies are not what is measured.
    blobs: { ...createMemoryBlobStore(), put: async () => '' },
    clock: systemClock,
    ids: systemIds,
    log: createFakeLog(),
  };
  // A crawl neither embeds nor publishes, and this one renders nothing.
  return { deps: deps as unknown as FeatureDeps, fetcher, reader, pool };
}

async function measure(pages: number) {
  const { child, origin } = await serve(pages);
  const postgres = await startRealPostgres();
  const { deps, fetcher, reader, pool } = await createDeps(postgres);
  const source = {
    name: 'generated',
    kind: 'site',
    urls: [`${origin}/`],
    limits: { ...CRAWL_LIMITS, pagesMax: pages + 10, concurrencyMax: 16 },
    rules: SOURCE_RULES,
    createdAt: systemClock.now(),
  } as const;
  const request = { source, userAgent: 'lockstep' };
  const signal = new AbortController().signal;
  let heapMost = 0;
  const look = setInterval(() => {
    heapMost = Math.max(heapMost, process.memoryUsage().heapUsed);
  }, MEMORY_LOOK_MS);
  const times: number[] = [];
  try {
    for (let round = 0; round < 2; round += 1) {
      const startMs = performance.now();
      const { counts } = await crawl(deps, request, () => undefined, signal);
      times.push((performance.now() - startMs) / 1_000);
      process.stdout.write(
        `  ${pages} pages, crawl ${round + 1}: ${counts.requests} requests, ${counts.new ?? 0} new, ` +
          `${counts.unchanged ?? 0} unchanged\n`,
      );
    }
  } finally {
    clearInterval(look);
    await reader.close();
    await fetcher.close();
    await pool.end();
    await postgres.close();
    child.kill();
  }
  const [first = 0, again = 0] = times;
  return { pages, first, again, heapMost };
}

const rows = [];
for (const size of values.sizes.split(',')) {
  globalThis.gc?.();
  const row = await measure(Number(size));
  rows.push(row);
}
process.stdout.write('\n   pages   s first  ms/page   s again  ms/page  heap MB  bytes/page\n');
for (const { pages, first, again, heapMost } of rows) {
  const cells = [
    String(pages).padStart(8),
    first.toFixed(1).padStart(9),
    ((first * 1_000) / pages).toFixed(2).padStart(8),
    again.toFixed(1).padStart(9),
    ((again * 1_000) / pages).toFixed(2).padStart(8),
    (heapMost / MEGABYTE).toFixed(0).padStart(8),
    (heapMost / pages).toFixed(0).padStart(11),
  ];
  process.stdout.write(`${cells.join(' ')}\n`);
}
