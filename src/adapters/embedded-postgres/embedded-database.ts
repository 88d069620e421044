import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import pg from 'pg';
import { AppError } from '#domain/errors.ts';
import { isLocked } from './folder-lock.ts';
import {
  type DatabasePlace,
  type DatabaseState,
  databasePlace,
  makeFolder,
  readState,
  unwritable,
} from './place.ts';

export type EmbeddedOptions = {
  /** The data folder, `.lockstep`. */
  readonly folder: string;
  /** The process leaves after this long without a connection. */
  readonly idleMs: number;
  /** A start that takes longer is an error. */
  readonly startMsMax: number;
};

const POLL_MS = 25;
/** SSLRequest: every Postgres answers it with one byte, before anything else is said. */
const ENCRYPTION_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
/** A process that was started and lost the race for the lock is not started again sooner. */
const RESTART_MS = 3_000;

/**
 * Reaches the folder's database process, starting it when there is none. Safe to call from any
 * number of processes at once: whoever takes the folder's lock serves, the others leave.
 * Rejects with `folder_unwritable` or `database_unavailable`.
 */
export async function reachDatabase(options: EmbeddedOptions): Promise<DatabaseState> {
  const { state, knock } = await knockAtDatabase(options);
  knock.destroy();
  return state;
}

/** While the knocking socket is open, the database does not leave for want of work. */
type Reached = { readonly state: DatabaseState; readonly knock: Socket };

async function knockAtDatabase(options: EmbeddedOptions): Promise<Reached> {
  const place = databasePlace(options.folder);
  const deadline = performance.now() + options.startMsMax;
  let startedAt = Number.NEGATIVE_INFINITY;
  while (performance.now() < deadline) {
    const state = livingState(place);
    const knock = state && (await answered(state, deadline - performance.now()));
    if (state !== null && knock !== null) {
      // It may have ended since, and another server have taken its port.
      if (isDeepStrictEqual(livingState(place), state)) return { state, knock };
      knock.destroy();
    }
    if (startedAt === Number.NEGATIVE_INFINITY) makeFolder(place);
    if (performance.now() - startedAt > RESTART_MS && !isLocked(place.lockFile)) {
      startServer(place, options.idleMs);
      startedAt = performance.now();
    }
    await sleep(POLL_MS);
  }
  throw new AppError(
    'database_unavailable',
    `the embedded database of ${place.folder} did not answer within ${options.startMsMax} ms: ` +
      `${lastLines(place.logFile)} See ${place.logFile}.`,
    { retryable: true },
  );
}

/** What is known of the folder's database, without starting it. */
export function inspectDatabase(folder: string): {
  readonly place: DatabasePlace;
  readonly state: DatabaseState | null;
} {
  const place = databasePlace(folder);
  return { place, state: livingState(place) };
}

/** The state of the process that serves the folder; what a dead one left is nobody's. */
const livingState = (place: DatabasePlace): DatabaseState | null =>
  existsSync(place.servingFile) && isLocked(place.servingFile) ? readState(place) : null;

/**
 * A `pg` client class whose every connection first makes sure that the database process is there:
 * a pool of it outlives the process being killed or leaving for want of work.
 */
export function embeddedClient(options: EmbeddedOptions): typeof pg.Client {
  return class EmbeddedClient extends pg.Client {
    override connect(): Promise<this>;
    override connect(callback: (error: Error) => void): void;
    override connect(callback?: (error: Error) => void): Promise<this> | undefined {
      const connected = knockAtDatabase(options).then(async ({ state, knock }) => {
        this.host = state.host;
        this.port = state.port;
        this.password = state.password ?? undefined;
        await super.connect().finally(() => knock.destroy());
        return this;
      });
      if (callback === undefined) return connected;
      // pg's pool calls back without an error on success.
      connected.then(() => (callback as () => void)(), callback);
      return undefined;
    }
  };
}

function startServer(place: DatabasePlace, idleMs: number): void {
  const log = openLog(place);
  const server = fileURLToPath(new URL('server.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', server, place.folder, String(idleMs)],
    // Its own session and folder: it outlives the terminal, and keeps no other folder busy.
    { detached: true, stdio: ['ignore', log, log], windowsHide: true, cwd: place.folder },
  );
  child.unref();
  closeSync(log);
}

function openLog({ folder, logFile }: DatabasePlace): number {
  try {
    return openSync(logFile, 'a', 0o600);
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

/**
 * An open socket to the Postgres that listens where the state says; `null` when none does. It has
 * answered a request for encryption, so that the database knows of it. One that is busy with a
 * statement answers late.
 */
function answered({ host, port }: DatabaseState, waitMs: number): Promise<Socket | null> {
  const target = host.startsWith('/') ? { path: join(host, `.s.PGSQL.${port}`) } : { host, port };
  return new Promise((resolve) => {
    const socket = connect(target, () => socket.write(ENCRYPTION_REQUEST));
    const giveUp = () => {
      socket.destroy();
      resolve(null);
    };
    socket.setTimeout(Math.max(1, waitMs), giveUp);
    socket.once('data', () => {
      socket.setTimeout(0);
      resolve(socket);
    });
    socket.on('error', giveUp);
    socket.once('close', giveUp);
  });
}

function lastLines(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim().split('\n').slice(-3).join(' | ');
  } catch {
    return '';
  }
}
