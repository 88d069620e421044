import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll } from 'vitest';
import { embeddedClient } from '#adapters/embedded-postgres/embedded-database.ts';
import { openPglite } from '#adapters/embedded-postgres/open-pglite.ts';
import { type DatabaseState, databasePlace, readState } from '#adapters/embedded-postgres/place.ts';
import { createPool } from '#registry/database.ts';

const IDLE_MS = 60_000;
const START_MS_MAX = 30_000;
const WAIT_MS_MAX = 20_000;

/** A new database, made once: each test starts from a copy, since making one takes seconds. */
let template: Promise<string> | null = null;
const makeTemplate = async (): Promise<string> => {
  const root = mkdtempSync(join(tmpdir(), 'lockstep-db-template-'));
  const db = await openPglite(join(root, 'postgres'));
  await db.close();
  return join(root, 'postgres');
};

afterAll(async () => {
  const made = await template;
  if (made !== null) rmSync(dirname(made), { recursive: true, force: true });
});

/** As `createFolder`, with a database in it that was never started. */
export async function createPreparedFolder(inside = '') {
  template ??= makeTemplate();
  const made = createFolder(inside);
  cpSync(await template, made.place.dataFolder, { recursive: true });
  chmodSync(made.folder, 0o700);
  return made;
}

/** A data folder of a test's own, and what runs on it. */
export function createFolder(inside = '') {
  const root = mkdtempSync(join(tmpdir(), 'lockstep-db-'));
  const folder = join(root, inside, '.lockstep');
  const place = databasePlace(folder);
  const children: ChildProcess[] = [];
  const pools: pg.Pool[] = [];
  const servers = new Set<number>();
  const state = (): DatabaseState | null => {
    const found = readState(place);
    if (found !== null) servers.add(found.pid);
    return found;
  };
  return {
    folder,
    place,
    state,
    options: { folder, idleMs: IDLE_MS, startMsMax: START_MS_MAX },
    pool: (idleMs = IDLE_MS): pg.Pool => {
      const Client = embeddedClient({ folder, idleMs, startMsMax: START_MS_MAX });
      const connection = { user: 'postgres', database: 'postgres', Client };
      const pool = createPool({ connection, connectionsMax: 4 });
      pools.push(pool);
      return pool;
    },
    /** Starts `command.ts`. */
    command: (does: string, on = folder): ChildProcess => {
      const script = join(import.meta.dirname, 'command.ts');
      const child = spawn(process.execPath, [script, does, on], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.push(child);
      return child;
    },
    killServer: async (): Promise<void> => {
      const pid = state()?.pid;
      if (pid === undefined) throw new Error(`no server is known in ${folder}`);
      process.kill(pid, 'SIGKILL');
      await until(() => !isAlive(pid));
    },
    /** Ends what the test started, and deletes the folder. */
    remove: async () => {
      for (const pool of pools) if (!pool.ended) await pool.end();
      for (const child of children) child.kill('SIGKILL');
      state();
      for (const pid of servers) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
      await until(() => [...servers].every((pid) => !isAlive(pid)));
      rmSync(root, { recursive: true, force: true });
    },
  };
}

export type TestFolder = ReturnType<typeof createFolder>;

/** The first line that a child says. */
export async function firstLine(child: ChildProcess): Promise<string> {
  const [bytes] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  return bytes.toString().trim();
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Waits for what another process does. */
export async function until(met: () => boolean): Promise<void> {
  const deadline = performance.now() + WAIT_MS_MAX;
  while (!met()) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${met}`);
    await sleep(10);
  }
}
