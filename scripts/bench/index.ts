import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import {
  embeddedClient,
  inspectDatabase,
} from '../../src/adapters/embedded-postgres/embedded-database.ts';
import { createPgvectorIndex } from '../../src/adapters/pgvector/pgvector-index.ts';
import { createQdrantIndex } from '../../src/adapters/qdrant/qdrant-index.ts';
import { systemClock } from '../../src/adapters/system/system.ts';
import { readEnvironment } from '../../src/config/env.ts';
import { signal } from '../../test/contracts/feature-index/points.ts';
import { createMaker, DIMENSION, type Question } from './index/made-points.ts';
import { langchainStore } from './index/peers.ts';
import { ourStore, type Store } from './index/stores.ts';

/**
 * `node scripts/bench/index.ts [POINTS]…`: load and search of our indexes beside LangChain's pgvector
 * store, searches in turns, at 10,000 and 100,000 points unless numbers are given. On the embedded
 * database, in the process that the product starts for it, or on `DATABASE_URL`; on Qdrant too when
 * `QDRANT_URL` is set.
 */
const SIZES = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [10_000, 100_000];
/** Beyond, the peer's index takes a quarter of an hour: it does not fit the memory it is built in. */
const PEER_HNSW_MAX = 20_000;
const ROUNDS = 40;
const IDLE_MS = 5_000;
const START_MS_MAX = 60_000;
/** Questions whose dense ranking is held against the exact one. */
const SAMPLED = 20;

const { QDRANT_URL = '', QDRANT_API_KEY = '', DATABASE_URL = '' } = readEnvironment();
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const perSecond = (count: number, ms: number): string =>
  `${Math.round((1_000 * count) / ms).toLocaleString('en')} rows/s`;

function openDatabase() {
  if (DATABASE_URL !== '') {
    const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 4 });
    return { pool, close: () => pool.end() };
  }
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-bench-'));
  const Client = embeddedClient({ folder, idleMs: IDLE_MS, startMsMax: START_MS_MAX });
  const connection = { user: 'postgres', database: 'postgres', max: 4 };
  const pool = new pg.Pool({ ...connection, Client } as pg.PoolConfig);
  return {
    pool,
    close: async () => {
      await pool.end();
      while (inspectDatabase(folder).state !== null) await systemClock.sleep(250, signal);
      rmSync(folder, { recursive: true });
    },
  };
}

async function storesOn(pool: pg.Pool, size: number): Promise<readonly Store[]> {
  const stores = [
    ourStore('Lockstep, pgvector', createPgvectorIndex({ pool }), 'bench'),
    await langchainStore(pool, false),
  ];
  if (size <= PEER_HNSW_MAX) stores.push(await langchainStore(pool, true));
  if (QDRANT_URL === '') return stores;
  const qdrant = createQdrantIndex({
    url: QDRANT_URL,
    apiKey: QDRANT_API_KEY === '' ? null : QDRANT_API_KEY,
    clock: systemClock,
    random: Math.random,
    log: { warn: say },
  });
  return [ourStore('Lockstep, Qdrant', qdrant, 'bench'), ...stores];
}

type Timed = { readonly ms: number[]; found: number };

async function timesOf(stores: readonly Store[], questions: readonly Question[]) {
  const runs = stores.flatMap(({ name, searches }) =>
    Object.entries(searches).map(([search, run]) => ({ name, search, run })),
  );
  const times = new Map(runs.map((run) => [run, { ms: [], found: 0 } as Timed]));
  for (const question of questions) {
    for (const [{ run }, timed] of times) {
      const begun = performance.now();
      timed.found += (await run(question)).length;
      timed.ms.push(performance.now() - begun);
    }
  }
  return times;
}

/** The share of an exact ranking that the ranking without that word has. */
async function recallOf({ searches }: Store, questions: readonly Question[]): Promise<number> {
  let [shared, all] = [0, 0];
  for (const question of questions) {
    const expected = new Set(await searches['dense, exact']?.(question));
    const found = (await searches.dense?.(question)) ?? [];
    shared += found.filter((id) => expected.has(id)).length;
    all += expected.size;
  }
  return shared / all;
}

async function bench(size: number, stores: readonly Store[]): Promise<void> {
  const maker = createMaker();
  const points = Array.from({ length: size }, (_, n) => maker.point(n));
  const questions = Array.from({ length: ROUNDS + 1 }, () => maker.question());
  say(`\n${size.toLocaleString('en')} points of ${DIMENSION} dimensions`);
  for (const store of stores) {
    const { there, indexed } = await store.load(points);
    const rates = `${perSecond(size, there)}, indexed too ${perSecond(size, indexed)}`;
    say(`  ${store.name.padEnd(36)} load ${rates}`);
  }
  // What comes first pays for caches that all later ones have.
  await timesOf(stores, questions.slice(0, 1));
  const times = await timesOf(stores, questions.slice(1));
  for (const [{ name, search }, { ms, found }] of times) {
    const sorted = ms.toSorted((a, b) => a - b);
    const at = (share: number) => (sorted[Math.floor(share * sorted.length)] ?? 0).toFixed(1);
    say(
      `  ${name.padEnd(36)} ${search.padEnd(30)} p50 ${at(0.5).padStart(6)} ms, ` +
        `p95 ${at(0.95).padStart(6)} ms, ${(found / ROUNDS).toFixed(1)} found`,
    );
  }
  for (const store of stores.filter(({ searches }) => 'dense, exact' in searches)) {
    const recall = await recallOf(store, questions.slice(1, 1 + SAMPLED));
    say(
      `  ${store.name.padEnd(36)} dense finds ${(100 * recall).toFixed(1)}% of the exact ranking`,
    );
  }
}

const { pool, close } = openDatabase();
for (const size of SIZES) {
  const stores = await storesOn(pool, size);
  await bench(size, stores);
  for (const store of stores) store.close?.();
}
if (QDRANT_URL === '') say('\nQdrant: left out, since QDRANT_URL is not set');
await close();
