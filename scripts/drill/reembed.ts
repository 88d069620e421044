import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { serveStaticSite } from '#adapters/static-site/static-site-server.ts';
import { type Asked, askInALoop, describeAsked, serveChannels } from './asking.ts';
import { foreignHits } from './foreign-hits.ts';
import { databasePid, ended, kill9, lockstep, mustRun, say } from './processes.ts';

/**
 * `node scripts/drill/reembed.ts [--site FOLDER] [--chunk-tokens 120] [--embedder REFERENCE]`
 *
 * Crawls a copy of a site, promotes a pairing and serves it. Then re-embeds it into the next version
 * while questions are asked in a loop and crawls publish changed pages, promotes a pairing on the new
 * version, and rolls back. No question may fail, and no answer may name anything but points of its own
 * pairing's view that are visible at its epoch. Ends with 1 when one does.
 */
const { values } = parseArgs({
  options: {
    site: { type: 'string', default: 'datasets/sample/site' },
    port: { type: 'string', default: '8797' },
    embedder: { type: 'string' },
    'chunk-tokens': { type: 'string', default: '120' },
  },
});

/** Pages that are changed before each crawl. */
const CHANGES = 5;
/** A page of fewer is hardly a post. */
const PARAGRAPHS_MIN = 4;
const SETTLE_MS = 1_500;

const htmlFiles = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.html'))
    .map((name) => join(folder, name))
    .filter((file) => paragraphsOf(readFileSync(file, 'utf8')).length >= PARAGRAPHS_MIN)
    .sort();

/** Where paragraphs end. */
const paragraphsOf = (html: string): readonly number[] =>
  [...html.matchAll(/<\/p>/g)].map(({ index }) => index + '</p>'.length);

function changePages(folder: string, round: number): void {
  const files = htmlFiles(folder);
  for (let change = 0; change < CHANGES; change += 1) {
    const file = files[(round * CHANGES + change) % files.length];
    if (file === undefined) continue;
    const paragraph =
      `<p>In round ${round} the keeper of this page added what nobody had written before: ` +
      `that number ${round * 7 + change} is the one to remember here.</p>`;
    const html = readFileSync(file, 'utf8');
    const ends = paragraphsOf(html);
    const middle = ends[Math.floor(ends.length / 2)] ?? 0;
    writeFileSync(file, html.slice(0, middle) + paragraph + html.slice(middle));
  }
}

/** Crawls changed pages until it is told to stop; gives how many crawls published an epoch. */
async function crawlInALoop(folder: string, site: string, stop: AbortSignal) {
  const done = { crawls: 0, published: 0, refused: 0 };
  for (let round = 1; !stop.aborted; round += 1) {
    changePages(site, round);
    const { code, output, complaint } = await ended(lockstep(folder, 'crawl'));
    done.crawls += 1;
    if (code === 0 && JSON.parse(output).epoch !== null) done.published += 1;
    // Two publishers of one view: the second is refused, and what it recorded is published later.
    else if (code !== 0 && complaint.includes('lease_held')) done.refused += 1;
    else if (code !== 0) throw new Error(`lockstep crawl: ${complaint}`);
  }
  return done;
}

async function createPairing(folder: string, view: string): Promise<string> {
  const { output } = await mustRun(folder, 'pairing', 'create', '--view', view);
  return JSON.parse(output).id;
}

async function timed<T>(work: Promise<T>): Promise<{ readonly result: T; readonly ms: number }> {
  const startedMs = performance.now();
  const result = await work;
  return { result, ms: performance.now() - startedMs };
}

async function move(folder: string, asked: Asked, pairing: string, ...command: string[]) {
  const startedMs = performance.now();
  const { ms } = await timed(mustRun(folder, ...command));
  while (asked.answers.at(-1)?.pairing !== pairing) await sleep(5);
  const [name] = command;
  const answeredMs = performance.now() - startedMs;
  say(
    `${name}: ${ms.toFixed(0)} ms; first answer by it ${answeredMs.toFixed(0)} ms after the start`,
  );
}

const work = mkdtempSync(join(tmpdir(), 'lockstep-drill-'));
const [pages, folder] = [join(work, 'site'), join(work, 'data')];
cpSync(values.site, pages, { recursive: true });
const site = await serveStaticSite({ folder: pages, port: Number(values.port) });
const stopAsking = new AbortController();
const stopCrawling = new AbortController();
const serving = { close: async () => {} };
try {
  await mustRun(folder, 'source', 'add', `${site.origin}/`, '--name', 'site');
  await mustRun(folder, 'crawl');
  await mustRun(folder, 'prompt', 'register');
  await mustRun(folder, 'model', 'register', 'extractive', '--name', 'extractive');
  const before = await createPairing(folder, 'posts');
  await mustRun(folder, 'promote', before, '--unevaluated');
  const server = await serveChannels(folder);
  serving.close = server.close;
  const asked: Asked = { answers: [], failures: [] };
  const asking = askInALoop(server.origin, { folder, asked, stop: stopAsking.signal });
  await sleep(SETTLE_MS);
  const crawling = crawlInALoop(folder, pages, stopCrawling.signal);
  const parameters = ['--chunk-tokens', values['chunk-tokens'], '--yes'];
  if (values.embedder !== undefined) parameters.push('--embedder', values.embedder);
  const { result, ms } = await timed(mustRun(folder, 'reembed', ...parameters));
  const { view, publishes, seconds } = JSON.parse(result.output);
  say(
    `reembed: ${view} ready after ${(ms / 1_000).toFixed(1)} s (${seconds.toFixed(1)} s without the ` +
      `start), ${publishes.length} epochs: ` +
      publishes.map(({ epoch }: { epoch: { chunks: number } }) => epoch.chunks).join(', ') +
      ' chunks',
  );
  const after = await createPairing(folder, view);
  await move(folder, asked, after, 'promote', after, '--unevaluated');
  await sleep(SETTLE_MS);
  await move(folder, asked, before, 'rollback');
  await sleep(SETTLE_MS);
  stopCrawling.abort();
  const crawls = await crawling;
  say(
    `crawls meanwhile: ${crawls.crawls}, ${crawls.published} published an epoch, ` +
      `${crawls.refused} met the other writer and left theirs to the next`,
  );
  stopAsking.abort();
  await asking;
  describeAsked(asked);
  const foreign = await foreignHits(folder, asked.answers);
  say(`answers mixing versions or epochs: ${foreign.length}`);
  for (const line of [...asked.failures, ...foreign].slice(0, 10)) say(`  ${line}`);
  process.exitCode = asked.failures.length + foreign.length === 0 ? 0 : 1;
} finally {
  stopCrawling.abort();
  stopAsking.abort();
  await serving.close();
  await site.close();
  kill9(databasePid(folder));
  rmSync(work, { recursive: true, force: true });
}
