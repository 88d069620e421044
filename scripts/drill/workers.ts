import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readEnvironment } from '#config/env.ts';
import { openLockstep } from '../../src/compose.ts';
import { envToConfig } from '../../src/config/config.ts';
import { createRandom } from '../random.ts';
import { databasePid, ended, kill9, say } from './processes.ts';
import { serveSlowEmbeddings } from './slow-embeddings.ts';

/**
 * `node scripts/drill/workers.ts [--documents 640] [--only static|provider|machines]`
 *
 * Crawls a folder of generated posts once, then re-embeds copies of what that gave: by the command
 * alone, beside one, two and three `lockstep work` processes, and beside three of which one is killed
 * with -9 in the midst of a batch. Every run must give the very same membership and as many points;
 * ends with 1 when one does not. Says how long each took to publish, with
 *
 * - `static`: the shipped embedder, which takes a little of the CPU that all share here,
 * - `provider`: a server far away, which takes 0.4 s for a request, of any number at once,
 * - `machines`: a model on a machine of each process's own, which takes 5 ms for a text.
 */
const { values } = parseArgs({
  options: { documents: { type: 'string', default: '640' }, only: { type: 'string' } },
});

type Environment = Readonly<Record<string, string>>;

const root = mkdtempSync(join(tmpdir(), 'lockstep-workers-'));
const LEAVE_MS_MAX = 30_000;
const WORDS = 'harbour lantern meadow granite copper willow orchard thunder velvet ember'.split(
  ' ',
);

/** A post of a few sections, another one for each number. */
function postOf(number: number): string {
  const random = createRandom(number + 1);
  const word = () => `${WORDS[Math.floor(random() * WORDS.length)]}${Math.floor(random() * 1_000)}`;
  const sentence = () => `The ${Array.from({ length: 11 }, word).join(' ')} was there.`;
  const section = (at: number) =>
    `## Part ${at + 1}\n\n${Array.from({ length: 6 }, sentence).join(' ')}\n`;
  return `# Post ${number}\n\n${[0, 1, 2, 3].map(section).join('\n')}`;
}

function start(folder: string, env: Environment, ...parameters: string[]): ChildProcess {
  const own = { LOCKSTEP_DATABASE_IDLE_SECONDS: '1', LOCKSTEP_LOG_LEVEL: 'error', ...env };
  return spawn(process.execPath, ['src/main.ts', ...parameters, '--data', folder], {
    env: { ...readEnvironment(), ...own },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function mustRun(folder: string, env: Environment, ...parameters: string[]): Promise<void> {
  const { code, complaint } = await ended(start(folder, env, ...parameters));
  if (code !== 0) throw new Error(`lockstep ${parameters.join(' ')}: ${complaint}`);
}

/** Until the embedded database has closed its files, so that they can be copied. */
async function databaseLeft(folder: string): Promise<void> {
  for (let waitedMs = 0; databasePid(folder) !== null; waitedMs += 100) {
    if (waitedMs > LEAVE_MS_MAX) throw new Error(`the database of ${folder} does not leave`);
    await sleep(100);
  }
}

type Worker = {
  readonly child: ChildProcess;
  readonly left: Promise<unknown>;
  /** Lines of what it took up so far. */
  begun(): number;
};

/** A `lockstep work` that is ready for jobs. */
async function startWork(folder: string, env: Environment): Promise<Worker> {
  const child = start(folder, env, 'work');
  const left = once(child, 'close');
  const ready = Promise.withResolvers<void>();
  let begun = 0;
  if (child.stdout === null) throw new Error('a worker has no output');
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('working')) ready.resolve();
    if (line.includes(': begun')) begun += 1;
  });
  await Promise.race([ready.promise, left]);
  return { child, left, begun: () => begun };
}

type Outcome = {
  readonly hash: string;
  readonly documents: number;
  readonly chunks: number;
  readonly points: number;
  /** Of the run that published the version's first epoch. */
  readonly seconds: number;
};

/** What a reader of the new version sees, by the registry and by the index. */
async function outcomeOf(folder: string, env: Environment): Promise<Outcome> {
  const found = envToConfig({ ...env, LOCKSTEP_DATA: folder, LOCKSTEP_DATABASE_IDLE_SECONDS: '1' });
  if (found.kind === 'problems') throw new Error(found.problems.join('\n'));
  const lockstep = await openLockstep(found.config, 'drill');
  try {
    const { registry, index, settings } = lockstep;
    const view = await registry.views.get(settings.viewName);
    const { publishedEpoch: epoch } = view;
    const members = await registry.views.membership(view.id, epoch, {});
    const points = await index.count(view, epoch, new AbortController().signal);
    const runs = await registry.runs.list(100);
    const run = runs.findLast(
      ({ kind, subject }) => kind === 'publish' && subject.endsWith(view.id),
    );
    const ms = Date.parse(run?.endedAt ?? '') - Date.parse(run?.startedAt ?? '');
    return { ...members, points, seconds: ms / 1_000 };
  } finally {
    await lockstep.close();
  }
}

type Trial = {
  readonly base: string;
  /** Of the process of this number; 0 is the command's. */
  readonly envOf: (number: number) => Environment;
  readonly embedder: string;
  readonly workers: number;
  readonly kill: boolean;
};

async function runTrial({ base, envOf, embedder, workers, kill }: Trial) {
  const folder = mkdtempSync(join(root, 'trial-'));
  cpSync(base, folder, { recursive: true });
  const all: Worker[] = [];
  try {
    for (let number = 1; number <= workers; number += 1) {
      all.push(await startWork(folder, envOf(number)));
    }
    const command = ['reembed', '--chunk-tokens', '120', '--embedder', embedder, '--yes'];
    let over = false;
    const end = ended(start(folder, envOf(0), ...command)).finally(() => {
      over = true;
    });
    const [victim] = all;
    if (kill && victim !== undefined) {
      // In its second batch, so that there is something of it that counts, and something that is lost.
      while (victim.begun() < 2 && !over) await sleep(5);
      if (over || !kill9(victim.child.pid)) throw new Error('the run was over before the kill');
    }
    const { code, complaint } = await end;
    if (code !== 0) throw new Error(`lockstep reembed: ${complaint}`);
  } finally {
    for (const { child } of all) child.kill('SIGTERM');
    await Promise.all(all.map((worker) => worker.left));
  }
  const outcome = await outcomeOf(folder, envOf(0));
  await databaseLeft(folder);
  rmSync(folder, { recursive: true, force: true });
  return { ...outcome, batches: all.map(({ begun }) => begun()) };
}

type Case = {
  readonly name: string;
  readonly embedder: string;
  readonly envOf: (number: number) => Environment;
};

/** Runs the trials of a case; gives those that came out otherwise. */
async function drill(base: string, { name, ...made }: Case): Promise<readonly string[]> {
  const failures: string[] = [];
  say(name);
  const alone = await runTrial({ ...made, base, workers: 0, kill: false });
  const { documents, chunks } = alone;
  say(`  alone: ${alone.seconds.toFixed(1)} s for ${documents} documents, ${chunks} chunks`);
  for (const [workers, kill] of [
    [1, false],
    [2, false],
    [3, false],
    [3, true],
  ] as const) {
    const trial = await runTrial({ ...made, base, workers, kill });
    const same = trial.hash === alone.hash && trial.points === alone.points;
    const beside = `beside ${workers} lockstep work${kill ? ', one of them killed with -9' : ''}`;
    if (!same) failures.push(`${name}, ${beside}`);
    say(
      `  ${beside}: ${trial.seconds.toFixed(1)} s, ${(alone.seconds / trial.seconds).toFixed(2)} times ` +
        `as fast; they took up ${trial.batches.join(', ')} batches; ${same ? 'the same' : 'NOT the same'}`,
    );
  }
  return failures;
}

const provider = await serveSlowEmbeddings({ requestMs: 400, textMs: 0, oneAtATime: false });
const machines = await serveSlowEmbeddings({ requestMs: 0, textMs: 5, oneAtATime: true });
const OPENAI = 'openai:text-embedding-3-small?dimensions=256';
const CASES: Readonly<Record<string, Case>> = {
  static: {
    name: 'the shipped embedder',
    embedder: 'static:models/lockstep-static-en-v1',
    envOf: () => ({}),
  },
  provider: {
    name: 'a provider far away',
    embedder: OPENAI,
    envOf: () => ({ OPENAI_BASE_URL: provider.baseUrl, OPENAI_API_KEY: 'ours' }),
  },
  machines: {
    name: 'a model on a machine of its own for each',
    embedder: OPENAI,
    envOf: (number) => ({ OPENAI_BASE_URL: machines.baseUrl, OPENAI_API_KEY: `machine ${number}` }),
  },
};

try {
  const posts = join(root, 'posts');
  mkdirSync(posts);
  for (let number = 0; number < Number(values.documents); number += 1) {
    writeFileSync(join(posts, `post-${number}.md`), postOf(number));
  }
  const base = join(root, 'base');
  await mustRun(base, {}, 'source', 'add', posts, '--kind', 'folder', '--name', 'posts');
  await mustRun(base, {}, 'crawl');
  await databaseLeft(base);
  const failures: string[] = [];
  for (const [name, one] of Object.entries(CASES)) {
    if (values.only === undefined || values.only === name) {
      failures.push(...(await drill(base, one)));
    }
  }
  for (const failure of failures) say(`NOT the same: ${failure}`);
  process.exitCode = failures.length === 0 ? 0 : 1;
} finally {
  await Promise.all([provider.close(), machines.close()]);
  rmSync(root, { recursive: true, force: true });
}
