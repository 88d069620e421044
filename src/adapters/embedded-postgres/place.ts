import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AppError } from '#domain/errors.ts';

/** Where one data folder's database lives. */
export type DatabasePlace = {
  readonly folder: string;
  readonly dataFolder: string;
  /** Whoever holds it may serve. */
  readonly lockFile: string;
  /** Held from when the state is written: while it is, the state is that of a living process. */
  readonly servingFile: string;
  readonly stateFile: string;
  readonly logFile: string;
  /** `null` where Unix sockets cannot be had: a loopback port is used instead. */
  readonly socketFile: string | null;
};

/** What a running database writes down for those who want to reach it. */
export type DatabaseState = {
  readonly pid: number;
  /** As `pg` takes it: a socket's folder, or 127.0.0.1. */
  readonly host: string;
  readonly port: number;
  /** Keeps other users of the machine from a loopback port; a socket's permissions do without. */
  readonly password: string | null;
  readonly startedAt: string;
};

/** Longest socket path that every Unix takes (104 on macOS, with its closing NUL). */
const SOCKET_PATH_BYTES_MAX = 103;

/** Part of the file name that `pg` expects in the folder it is given as host. */
export const SOCKET_PORT = 5432;

export function databasePlace(
  dataFolder: string,
  platform: NodeJS.Platform = process.platform,
): DatabasePlace {
  const folder = resolve(dataFolder);
  const place = {
    folder,
    dataFolder: join(folder, 'postgres'),
    lockFile: join(folder, 'database.lock'),
    servingFile: join(folder, 'database.serving'),
    stateFile: join(folder, 'database.json'),
    logFile: join(folder, 'database.log'),
  };
  const socketFile = join(folder, `.s.PGSQL.${SOCKET_PORT}`);
  const fits = platform !== 'win32' && Buffer.byteLength(socketFile) <= SOCKET_PATH_BYTES_MAX;
  return { ...place, socketFile: fits ? socketFile : null };
}

/** Throws `folder_unwritable` when the folder cannot be made or written. */
export function makeFolder(place: DatabasePlace): void {
  try {
    makeFolders(place.folder);
    const probe = join(place.folder, '.writable');
    writeFileSync(probe, '');
    rmSync(probe, { force: true });
  } catch (cause) {
    throw unwritable(place.folder, cause);
  }
}

/** Node's own recursion never ends where a folder may not be made in one that exists (`/proc/x`). */
function makeFolders(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolders(parent);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (cause) {
    // Another command may have been quicker.
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw cause;
  }
}

export const unwritable = (folder: string, cause: unknown): AppError =>
  new AppError(
    'folder_unwritable',
    `the data folder ${folder} cannot be written: ${cause instanceof Error ? cause.message : cause}. ` +
      'Choose another with --data or LOCKSTEP_DATA.',
    { cause, param: '--data' },
  );

/** Written aside and renamed, so that no reader meets half of it; for its owner's eyes alone. */
export function writeState(place: DatabasePlace, state: DatabaseState): void {
  const draft = `${place.stateFile}.${state.pid}`;
  writeFileSync(draft, JSON.stringify(state), { mode: 0o600 });
  renameSync(draft, place.stateFile);
}

/** `null` when there is none, or when it is not one that we wrote. */
export function readState(place: DatabasePlace): DatabaseState | null {
  try {
    const state: unknown = JSON.parse(readFileSync(place.stateFile, 'utf8'));
    return isState(state) ? state : null;
  } catch {
    return null;
  }
}

const isState = (value: unknown): value is DatabaseState =>
  typeof value === 'object' &&
  value !== null &&
  'pid' in value &&
  typeof value.pid === 'number' &&
  'host' in value &&
  typeof value.host === 'string' &&
  'port' in value &&
  typeof value.port === 'number' &&
  'password' in value &&
  (value.password === null || typeof value.password === 'string') &&
  'startedAt' in value &&
  typeof value.startedAt === 'string';
