import { once } from 'node:events';
import { openLockstep } from '../../src/compose.ts';
import { envToConfig } from '../../src/config/config.ts';
import { kill9, lockstep, say } from './processes.ts';

/** What an answer says of where it comes from. */
export type Answered = {
  readonly pairing: string;
  readonly view: string;
  readonly epoch: number;
  readonly points: readonly string[];
  readonly ms: number;
};

export type Asked = { readonly answers: Answered[]; readonly failures: string[] };

const ASKERS = 2;
const QUESTIONS_MAX = 50;

/** `lockstep serve` on a free port, once it listens. */
export async function serveChannels(folder: string) {
  const child = lockstep(folder, 'serve', '--port', '0');
  let output = '';
  child.stdout?.on('data', (bytes: Buffer) => {
    output += bytes.toString();
  });
  let complaint = '';
  child.stderr?.on('data', (bytes: Buffer) => {
    complaint += bytes.toString();
  });
  const exit = once(child, 'close');
  while (!output.includes('}')) {
    if (child.exitCode !== null) throw new Error(`lockstep serve: ${complaint}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { origin }: { readonly origin: string } = JSON.parse(output);
  return {
    origin,
    close: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => kill9(child.pid), 10_000);
      await exit;
      clearTimeout(timer);
    },
  };
}

/** Asks about the titles of documents, in turn, by a few askers at once, until it is stopped. */
export async function askInALoop(
  origin: string,
  {
    folder,
    asked,
    stop,
  }: { readonly folder: string; readonly asked: Asked; readonly stop: AbortSignal },
): Promise<void> {
  const titles = await titlesOf(folder);
  await Promise.all(
    Array.from({ length: ASKERS }, async (_, asker) => {
      for (let at = asker; !stop.aborted; at += ASKERS) {
        await askOnce(origin, `What does “${titles[at % titles.length]}” say?`, asked);
      }
    }),
  );
}

async function askOnce(origin: string, question: string, asked: Asked): Promise<void> {
  const startedMs = performance.now();
  try {
    const response = await fetch(`${origin}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'production',
        messages: [{ role: 'user', content: question }],
      }),
    });
    const body = await response.json();
    if (response.status !== 200) {
      asked.failures.push(`${response.status} ${JSON.stringify(body)}`);
      return;
    }
    const { pairing, view, epoch, hits, citations } = body.lockstep;
    const points = [...hits, ...citations].map(({ point_id: id }: { point_id: string }) => id);
    asked.answers.push({ pairing, view, epoch, points, ms: performance.now() - startedMs });
  } catch (thrown) {
    asked.failures.push(String(thrown));
  }
}

async function titlesOf(folder: string): Promise<readonly string[]> {
  const found = envToConfig({ LOCKSTEP_DATA: folder });
  if (found.kind === 'problems') throw new Error(found.problems.join('\n'));
  const opened = await openLockstep(found.config, 'drill');
  try {
    const { documents } = opened.registry;
    const live = (await documents.list(null)).flatMap(({ revisionId }) => revisionId ?? []);
    const revisions = await documents.revisions(live.slice(0, QUESTIONS_MAX));
    return revisions.map(({ metadata }) => metadata.title);
  } finally {
    await opened.close();
  }
}

export function describeAsked({ answers, failures }: Asked): void {
  const sorted = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  const states = new Set(answers.map(({ view, epoch }) => `${view}#${epoch}`));
  say(
    `asked ${answers.length + failures.length} questions: ${failures.length} failed; from ` +
      `${states.size} epochs (${[...states].join(' ')}); p50 ${at(0.5).toFixed(0)} ms, p99 ` +
      `${at(0.99).toFixed(0)} ms`,
  );
}
