import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvironment } from '#config/env.ts';

export type Ended = { readonly code: number | null; readonly out: string; readonly err: string };

export type Refused = {
  readonly exit: number | null;
  readonly code: string;
  readonly message: string;
  readonly param: string | null;
  /** What was printed all the same. */
  readonly out: string;
};

/** The real command line on a data folder of its own. */
export type CommandLine = {
  readonly folder: string;
  /** Runs one command to its end. */
  run(...parameters: string[]): Promise<Ended>;
  /** The same with `--json`, which must end with 0; the document that it printed. */
  json<T>(...parameters: string[]): Promise<T>;
  /** The same, which must not end with 0, and says why in one line of JSON. */
  refused(...parameters: string[]): Promise<Refused>;
  start(...parameters: string[]): ChildProcess;
  /** Ends what still runs, the folder's database with it, and deletes the folder. */
  remove(): void;
};

const LOOPBACK = '127.0.0.1/32';

export function createCommandLine(env: Readonly<Record<string, string>> = {}): CommandLine {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-journey-'));
  const settings = {
    ...readEnvironment(),
    LOCKSTEP_ALLOW_NETWORKS: LOOPBACK,
    LOCKSTEP_DATA: folder,
    ...env,
  };
  const running = new Set<ChildProcess>();
  const start = (...parameters: string[]) => {
    const child = spawn(process.execPath, ['src/main.ts', ...parameters], {
      env: settings,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    keepOutput(child);
    running.add(child);
    child.once('close', () => running.delete(child));
    return child;
  };
  const run = (...parameters: string[]) => collect(start(...parameters));
  return {
    folder,
    start,
    run,
    json: async <T>(...parameters: string[]) => {
      const { code, out, err } = await run(...parameters, '--json');
      if (code !== 0)
        throw new Error(`lockstep ${parameters.join(' ')} ended with ${code}: ${err}`);
      return JSON.parse(out) as T;
    },
    refused: async (...parameters) => {
      const { code: exit, out, err } = await run(...parameters, '--json');
      const lines = err.split('\n').filter((line) => line !== '');
      if (exit === 0 || lines.length !== 1) {
        throw new Error(`lockstep ${parameters.join(' ')} ended with ${exit}: ${err}`);
      }
      const { error } = JSON.parse(lines[0] ?? '') as { error: Omit<Refused, 'exit' | 'out'> };
      return { ...error, exit, out };
    },
    remove: () => {
      for (const child of running) child.kill('SIGKILL');
      endDatabase(folder);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** What every child has printed so far, from its start on. */
const printed = new WeakMap<ChildProcess, { out: string; err: string }>();

function keepOutput(child: ChildProcess): void {
  const texts = { out: '', err: '' };
  printed.set(child, texts);
  child.stdout?.on('data', (bytes: Buffer) => {
    texts.out += bytes.toString();
  });
  child.stderr?.on('data', (bytes: Buffer) => {
    texts.err += bytes.toString();
  });
}

/** Waits for a started child's end. */
export async function collect(child: ChildProcess): Promise<Ended> {
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...(printed.get(child) ?? { out: '', err: '' }) };
}

/** Resolves once a line that the child has printed matches; rejects when it ends before. */
export function outputMatching(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const { out = '' } = printed.get(child) ?? {};
      // Only whole lines: a piece may end within a word.
      const match = pattern.exec(out.slice(0, out.lastIndexOf('\n') + 1));
      if (match !== null) resolve(match);
    };
    child.stdout?.on('data', look);
    child.once('close', (code) => {
      const { out = '', err = '' } = printed.get(child) ?? {};
      reject(new Error(`ended with ${code} before ${pattern}: ${out}${err}`));
    });
    look();
  });
}

function endDatabase(folder: string): void {
  let pid: number;
  try {
    pid = (JSON.parse(readFileSync(join(folder, 'database.json'), 'utf8')) as { pid: number }).pid;
  } catch {
    return;
  }
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It left by itself.
  }
}
