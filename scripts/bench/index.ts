import pg from 'pg';
import { createPgvectorIndex } from '../../src/adapters/pgvector/pgvector-index.ts';
import type { SparseVector } from '../../src/domain/embedding.ts';
import { fuse } from '../../src/domain/fusion.ts';
import type { IndexPoint } from '../../src/ports/feature-index.ts';
import { ask, point, signal, viewNumber } from '../../test/contracts/feature-index/points.ts';
import { startPglite } from '../../test/fakes/embedded-postgres.ts';

/**
 * `node scripts/bench/index.ts [POINTS]`: load and search of the pgvector index on PGlite in this
 * process, beside a plain multi-row INSERT of the same points without terms, and a plain exact
 * `ORDER BY dense <=> $1 LIMIT 100` over them. Terms follow Zipf's law. Searches are interleaved.
 */
const POINTS = Number(process.argv[2] ?? 20_000);
const DIMENSION = 256;
/** What a run of the feature pipeline writes at once. */
const BATCH = 512;
const ROUNDS = 60;
const VOCABULARY = 50_000;
const TERMS = 100;
const ASKED_TERMS = 8;

let state = 1;
/** A linear congruential generator: the same points in every run. */
const random = (): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
};
const vectorOf = (): Float32Array => Float32Array.from({ length: DIMENSION }, () => random() - 0.5);
/** Ranks by Zipf's law, exponent 1. */
const rank = (): number => Math.floor(VOCABULARY ** random());
const hashed = (term: number): number => Math.imul(term, 2_654_435_761) >>> 0;
const sparseOf = (count: number, weigh: () => number): SparseVector => {
  const indices = [...new Set(Array.from({ length: count }, () => hashed(rank())))].sort(
    (a, b) => a - b,
  );
  return { indices, values: indices.map(weigh) };
};
const text = (): string => Array.from({ length: 160 }, () => `word${rank() % 5_000}`).join(' ');

const points: readonly IndexPoint[] = Array.from({ length: POINTS }, (_, n) => ({
  ...point(`bench ${n}`, { text: text(), tags: ['one', 'two'] }),
  dense: vectorOf(),
  sparse: sparseOf(TERMS, () => 0.5 + random()),
}));
const batches = Array.from({ length: Math.ceil(POINTS / BATCH) }, (_, n) =>
  points.slice(n * BATCH, (n + 1) * BATCH),
);

const db = await startPglite();
const pool = new pg.Pool({ ...db.connection, max: 4 });
const index = createPgvectorIndex({ pool, exactPointsMax: Number(process.argv[3] ?? 20_000) });
const view = viewNumber(1, DIMENSION, 'bench');
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const since = (start: number): number => performance.now() - start;
const speed = (ms: number): string =>
  `${Math.round(POINTS / (ms / 1000)).toLocaleString('en')} rows/s`;

await index.ensure(view, signal);
let start = performance.now();
for (const batch of batches) await index.upsert(view, batch, signal);
const upsertMs = since(start);
start = performance.now();
await index.seal(view, 1, signal);
const sealMs = since(start);
say(`${POINTS} points of ${DIMENSION} dimensions, about ${TERMS} terms each`);
say(`load, upsert alone:        ${speed(upsertMs)} (with payload)`);
say(`load, upsert and seal:     ${speed(upsertMs + sealMs)} (seal ${Math.round(sealMs)} ms)`);

await pool.query(`create table plain (id uuid primary key, from_epoch bigint, to_epoch bigint,
  payload jsonb, text text, dense vector(${DIMENSION}))`);
start = performance.now();
for (const batch of batches) {
  const rows = batch.map(({ member: { id, from, to, chunk, context }, dense }) => {
    const payload = JSON.stringify({ ...context, headingPath: chunk.headingPath });
    return [id, from, to, payload, chunk.text, `[${dense.join(',')}]`];
  });
  const places = rows.map((row, at) => `(${row.map((_, c) => `$${at * row.length + c + 1}`)})`);
  await pool.query(`insert into plain values ${places}`, rows.flat());
}
say(`plain multi-row INSERT:    ${speed(since(start))} (with payload, without terms)`);
await pool.query('vacuum analyze plain');

const first = ask({ sparse: sparseOf(ASKED_TERMS, () => 1), dense: vectorOf() });
start = performance.now();
await index.search(view, first, signal);
say(`first hybrid search:       ${since(start).toFixed(1)} ms`);

type Timed = { readonly name: string; readonly run: () => Promise<unknown> };
const searches: readonly Timed[] = [
  {
    name: 'plain exact ORDER BY <=>',
    run: () =>
      pool.query(`select id, dense <=> $1::vector as d from plain order by d limit 100`, [
        `[${vectorOf().join(',')}]`,
      ]),
  },
  {
    name: 'dense',
    run: () => index.search(view, ask({ dense: vectorOf() }), signal),
  },
  {
    name: 'sparse',
    run: () => index.search(view, ask({ sparse: sparseOf(ASKED_TERMS, () => 1) }), signal),
  },
  {
    name: 'hybrid, fused, 8 fetched',
    run: async () => {
      const query = ask({ dense: vectorOf(), sparse: sparseOf(ASKED_TERMS, () => 1) });
      const { dense, sparse } = await index.search(view, query, signal);
      const best = fuse(dense, sparse, 0.4).slice(0, 8);
      await index.fetch(
        view,
        best.map(({ id }) => id),
        signal,
      );
    },
  },
  {
    name: 'hybrid, one language',
    run: () => {
      const asked = { dense: vectorOf(), sparse: sparseOf(ASKED_TERMS, () => 1) };
      return index.search(view, ask({ ...asked, filter: { language: 'en' } }), signal);
    },
  },
];
const times = new Map<string, number[]>(searches.map(({ name }) => [name, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const { name, run } of searches) {
    const begun = performance.now();
    await run();
    times.get(name)?.push(since(begun));
  }
}
for (const [name, all] of times) {
  const sorted = all.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * sorted.length)] ?? 0).toFixed(1);
  say(`${name.padEnd(26)} p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`);
}
await pool.end();
await db.close();
