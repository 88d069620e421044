import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AppError } from '#domain/errors.ts';

/** Where one data folder's database lives. */
export type DatabasePlace = {
  readonly folder: string;
  readonly dataFolder: string;
  readonly lockFile: string;
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
  readonly startedAt: string;
};

/** Longest socket path that every Unix takes (104 on macOS, with its closing NUL). */
const SOCKET_PATH_BYTES_MAX = 103;

/** Part of the file name that `pg` expects in the folder it is given as host. */
export const SOCKET_PORT = 5432;

/** Throws `folder_unwritable` when the folder cannot be made or written. */
export function databasePlace(
  dataFolder: string,
  platform: NodeJS.Platform = process.platform,
): DatabasePlace {
  const folder = resolve(dataFolder);
  const place = {
    folder,
    dataFolder: join(folder, 'postgres'),
    lockFile: join(folder, 'database.lock'),
    stateFile: join(folder, 'database.json'),
    logFile: join(folder, 'database.log'),
  };
  const socketFile = join(folder, `.s.PGSQL.${SOCKET_PORT}`);
  const fits = platform !== 'win32' && Buffer.byteLength(socketFile) <= SOCKET_PATH_BYTES_MAX;
  return { ...place, socketFile: fits ? socketFile : null };
}

export function makeFolder(place: DatabasePlace): void {
  try {
    mkdirSync(place.folder, { recursive: true, mode: 0o700 });
    const probe = join(place.folder, '.writable');
    writeFileSync(probe, '');
  } catch (cause) {
    throw new AppError(
      'folder_unwritable',
      `the data folder ${place.folder} cannot be written: ${cause instanceof Error ? cause.message : cause}. ` +
        'Choose another with --data or LOCKSTEP_DATA.',
      { cause, param: '--data' },
    );
  }
}

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
  'startedAt' in value &&
  typeof value.startedAt === 'string';
