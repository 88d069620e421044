import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvironment } from '#config/env.ts';

export type Ended = { readonly code: number | null; readonly out: string; readonly err: string };

/** The real command line on a data folder of its own. */
export type CommandLine = {
  readonly folder: string;
  /** Runs one command to its end. */
  run(...parameters: string[]): Promise<Ended>;
  /** The same with `--json`, which must end with 0; the document that it printed. */
  json<T>(...parameters: string[]): Promise<T>;
  start(...parameters: string[]): ChildProcess;
  /** Ends the folder's database process and deletes the folder. */
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
  const start = (...parameters: string[]) =>
    spawn(process.execPath, ['src/main.ts', ...parameters], {
      env: settings,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
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
    remove: () => {
      endDatabase(folder);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export async function collect(child: ChildProcess): Promise<Ended> {
  let [out, err] = ['', ''];
  child.stdout?.on('data', (bytes: Buffer) => {
    out += bytes.toString();
  });
  child.stderr?.on('data', (bytes: Buffer) => {
    err += bytes.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

/** Resolves with the child's output so far when it matches; rejects when the child ends before. */
export function outputMatching(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  let seen = '';
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (bytes: Buffer) => {
      seen += bytes.toString();
      const match = pattern.exec(seen);
      if (match !== null) resolve(match);
    });
    child.once('close', (code) =>
      reject(new Error(`ended with ${code} before ${pattern}: ${seen}`)),
    );
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
