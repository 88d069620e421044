import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { createPageReader } from '#adapters/page-reader/page-reader.ts';
import { systemClock } from '#adapters/system/system.ts';
import { createRandom } from '../random.ts';
import { mutate } from './mutate.ts';
import { PARSERS, type Parser, rawOf } from './parsers.ts';
import { PAGES } from './recipes.ts';

/**
 * `npm run fuzz [-- --seconds 60 --seed 1 --only html,feeds --folder ../shared/data]`: puts hostile
 * and mutated inputs to every parser, at its boundary. Prints for each how many were tried, what
 * was thrown (nothing may be), and the worst processor time and growth of memory of one input. The
 * hostile pages are read once more through the reading threads, as a crawl does, under its bounds.
 * Ends with 1 when anything was thrown or took longer than `INPUT_MS_MAX`.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    folder: { type: 'string', default: '../shared/data' },
  },
});

/** Of one input, where no thread ends it. */
const INPUT_MS_MAX = 10_000;
const SEEDS_MAX = 400;
const MEGABYTE = 1_048_576;

type Worst = { ms: number; input: string; grownMb: number; grownBy: string };
type Tally = Worst & { tried: number; spentMs: number; readonly thrown: string[] };

const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

async function tryInput(parser: Parser, tally: Tally, name: string, bytes: Uint8Array) {
  const [startMs, heap] = [processorMs(), process.memoryUsage()];
  try {
    await parser.parse(bytes);
  } catch (thrown) {
    tally.thrown.push(`${name}: ${String(thrown)}`);
  }
  const ms = processorMs() - startMs;
  const now = process.memoryUsage();
  const grownMb = (now.heapUsed + now.external - heap.heapUsed - heap.external) / MEGABYTE;
  tally.tried += 1;
  tally.spentMs += ms;
  if (ms > tally.ms) Object.assign(tally, { ms, input: name });
  if (grownMb > tally.grownMb) Object.assign(tally, { grownMb, grownBy: name });
}

function filesBelow(path: string): readonly string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return [];
  if (found.isFile()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => join(path, name));
}

function seedsOf({ seeds }: Parser): readonly Uint8Array[] {
  const paths = seeds.folders
    .flatMap((folder) => [...filesBelow(folder), ...filesBelow(join(values.folder, folder))])
    .filter((path) => seeds.ending.test(path) && statSync(path).isFile());
  const step = Math.max(1, Math.floor(paths.length / SEEDS_MAX));
  return paths
    .filter((_, at) => at % step === 0)
    .map((path) => (path.endsWith('.gz') ? gunzipSync(readFileSync(path)) : readFileSync(path)));
}

async function fuzz(parser: Parser, forMs: number, random: () => number): Promise<Tally> {
  const tally: Tally = {
    tried: 0,
    spentMs: 0,
    ms: 0,
    input: '',
    grownMb: 0,
    grownBy: '',
    thrown: [],
  };
  for (const [name, make] of parser.recipes) {
    await tryInput(parser, tally, name, new TextEncoder().encode(make()));
  }
  const seeds = seedsOf(parser);
  const pick = () => seeds[Math.floor(random() * seeds.length)] ?? new Uint8Array();
  const untilMs = performance.now() + forMs;
  for (let at = 0; performance.now() < untilMs; at += 1) {
    await tryInput(parser, tally, `mutation ${at}`, mutate(pick(), pick(), random));
  }
  return tally;
}

/** The hostile pages in the threads that a crawl reads in: how many were ended, and the longest. */
async function readInThreads() {
  const entry = new URL('../../src/features/extract/extract-worker.ts', import.meta.url);
  const bounds = { workersMax: 1, timeMsMax: INPUT_MS_MAX, memoryMbMax: 512 };
  const reader = createPageReader({ entry, ...bounds, clock: systemClock });
  const worst = { ended: 0, ms: 0, input: '' };
  for (const [name, make] of PAGES) {
    const page = rawOf(new TextEncoder().encode(make()), 'text/html');
    const startMs = performance.now();
    const { malformed } = await reader.read(page, new AbortController().signal);
    const ms = performance.now() - startMs;
    if (malformed?.includes('reading it') === true) worst.ended += 1;
    if (ms > worst.ms) Object.assign(worst, { ms, input: name });
  }
  await reader.close();
  return worst;
}

const chosen = PARSERS.filter(({ name }) => values.only?.split(',').includes(name) ?? true);
const random = createRandom(Number(values.seed));
const forMs = (Number(values.seconds) * 1_000) / chosen.length;
const line = (cells: readonly string[]) =>
  process.stdout.write(
    `${cells.map((cell, at) => cell.padEnd([18, 9, 8, 8][at] ?? 30)).join('')}\n`,
  );
line(['parser', 'inputs', 'CPU s', 'thrown', 'worst ms of one', 'most memory of one']);
let isSound = true;
for (const parser of chosen) {
  const tally = await fuzz(parser, forMs, random);
  const { tried, spentMs, thrown, ms, input, grownMb, grownBy } = tally;
  isSound &&= thrown.length === 0 && ms <= INPUT_MS_MAX;
  const worst = [`${ms.toFixed(0)} (${input})`, `${grownMb.toFixed(0)} MB (${grownBy})`];
  line([parser.name, String(tried), (spentMs / 1_000).toFixed(1), String(thrown.length), ...worst]);
  for (const one of thrown.slice(0, 5)) process.stdout.write(`  ${one.slice(0, 200)}\n`);
}
if (chosen.some(({ name }) => name === 'html')) {
  const { ended, ms, input } = await readInThreads();
  process.stdout.write(
    `in reading threads: ${PAGES.length} hostile pages, ${ended} ended for time or memory, ` +
      `longest ${ms.toFixed(0)} ms (${input})\n`,
  );
}
process.exitCode = isSound ? 0 : 1;
