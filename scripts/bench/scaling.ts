import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureView } from '#features/ensure-view.ts';
import { publish } from '#features/publish/publish.ts';
import { vacuum } from '#features/view/vacuum.ts';
import { verify } from '#features/view/verify.ts';
import { createDatabasePool, openLockstep } from '../../src/compose.ts';
import { envToConfig } from '../../src/config/config.ts';
import { recordPosts } from './scaling/posts.ts';
import { tableBytes } from './scaling/sizes.ts';

/**
 * `node scripts/bench/scaling.ts [--sizes 1000,10000,50000] [--changed 0.01]`: what documents, chunks
 * and changes cost: seconds and bytes, by stage and table, of publishing generated posts by the
 * embedded database and the shipped embedder, of a run in which a share of them changed, of one in
 * which nothing did, and of verifying and vacuuming. The figures of docs/scaling.md are from here.
 */
const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1000,10000,50000' },
    changed: { type: 'string', default: '0.01' },
  },
});
const signal = new AbortController().signal;
const say = (text: string) => void process.stdout.write(`${text}\n`);
const KEEP = 2;

async function seconds<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly s: number }> {
  const startedMs = performance.now();
  const result = await work();
  return { result, s: (performance.now() - startedMs) / 1_000 };
}

async function measure(documents: number, share: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-scaling-'));
  const found = envToConfig({ LOCKSTEP_DATA: folder });
  if (found.kind === 'problems') throw new Error(found.problems.join('\n'));
  const lockstep = await openLockstep(found.config, 'bench');
  const pool = createDatabasePool(found.config);
  try {
    const record = (from: number, to: number, edition: number) =>
      recordPosts(lockstep.registry.documents, { from, to, edition });
    const recorded = await seconds(() => record(0, documents, 1));
    const { chunker } = lockstep.settings;
    const view = await ensureView(lockstep, { name: 'posts', embedder: null, chunker }, signal);
    const run = () => seconds(() => publish(lockstep, view, () => undefined, signal));
    const first = await run();
    const chunks = first.result.epoch?.chunks ?? 0;
    say(`${documents} documents, ${chunks} chunks`);
    say(
      `  recorded in ${recorded.s.toFixed(1)} s, ${perItem(recorded.s, documents)} ms a document`,
    );
    say(`  published in ${first.s.toFixed(1)} s, ${perItem(first.s, chunks)} ms a chunk`);
    const again = await run();
    say(`  nothing changed: ${again.s.toFixed(2)} s`);
    const changed = Math.ceil(documents * share);
    await record(0, changed, 2);
    const change = await run();
    const { added, closed } = change.result.counts;
    say(
      `  ${changed} documents changed: ${change.s.toFixed(2)} s, ${added} chunks added, ${closed} ` +
        `closed, ${perItem(change.s, changed)} ms a document`,
    );
    const verified = await seconds(() =>
      verify(lockstep, { view, repair: false }, () => undefined, signal),
    );
    say(
      `  verified in ${verified.s.toFixed(2)} s: ${verified.result.passed ? 'passed' : 'FAILED'}`,
    );
    for (let edition = 3; edition < 3 + KEEP; edition += 1) {
      await record(0, changed, edition);
      await run();
    }
    const vacuumed = await seconds(() =>
      vacuum(lockstep, { view, keep: KEEP, dryRun: false }, () => undefined, signal),
    );
    say(`  vacuumed ${vacuumed.result.removed} points in ${vacuumed.s.toFixed(2)} s`);
    await describeSearches(lockstep, view.id);
    for (const { table, bytes } of await tableBytes(pool)) {
      say(`  ${table.padEnd(36)} ${(bytes / documents).toFixed(0).padStart(8)} B a document`);
    }
  } finally {
    await pool.end();
    await lockstep.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const perItem = (s: number, items: number): string => ((s * 1_000) / items).toFixed(2);

const SEARCHES = 50;

async function describeSearches(
  { registry, embedders, sparseOf, index }: Awaited<ReturnType<typeof openLockstep>>,
  viewId: string,
): Promise<void> {
  const view = await registry.views.get(viewId);
  const embedder = await embedders.of(view, signal);
  const sparse = sparseOf(view.spec.sparse);
  const times: number[] = [];
  for (let at = 0; at < SEARCHES; at += 1) {
    const text = `how does the keeper of number ${at} mend copper lanterns in the harbour`;
    const [dense = null] = await embedder.embed([text], 'query', signal);
    const query = { dense, sparse: sparse.encodeQuery(text), epoch: view.publishedEpoch };
    const { s } = await seconds(() =>
      index.search(view, { ...query, limit: 100, filter: {} }, signal),
    );
    times.push(s * 1_000);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => (times[Math.floor(share * (times.length - 1))] ?? 0).toFixed(1);
  say(`  hybrid search, top 100 of each: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`);
}

for (const size of values.sizes.split(',').map(Number)) {
  await measure(size, Number(values.changed));
}
