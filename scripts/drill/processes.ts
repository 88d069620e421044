import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEnvironment } from '#config/env.ts';

export const say = (text: string) => void process.stdout.write(`${text}\n`);

export function lockstep(folder: string, ...parameters: string[]): ChildProcess {
  return spawn(process.execPath, ['src/main.ts', ...parameters, '--data', folder, '--json'], {
    env: { ...readEnvironment(), LOCKSTEP_ALLOW_NETWORKS: '127.0.0.1/32' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

type Ended = { readonly code: number | null; readonly output: string; readonly complaint: string };

export async function ended(child: ChildProcess): Promise<Ended> {
  let [output, complaint] = ['', ''];
  child.stdout?.on('data', (bytes: Buffer) => {
    output += bytes.toString();
  });
  child.stderr?.on('data', (bytes: Buffer) => {
    complaint += bytes.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output, complaint };
}

export async function mustRun(folder: string, ...parameters: string[]): Promise<Ended> {
  const end = await ended(lockstep(folder, ...parameters));
  if (end.code !== 0) throw new Error(`lockstep ${parameters.join(' ')}: ${end.complaint}`);
  return end;
}

export const databasePid = (folder: string): number | null => {
  try {
    return (JSON.parse(readFileSync(join(folder, 'database.json'), 'utf8')) as { pid: number }).pid;
  } catch {
    return null;
  }
};

export function kill9(pid: number | undefined | null): boolean {
  if (pid === undefined || pid === null) return false;
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}
