import { randomBytes } from 'node:crypto';
import { chmodSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { tryLock } from './folder-lock.ts';
import { openPglite } from './open-pglite.ts';
import { servePglite } from './pglite-server.ts';
import { type DatabasePlace, databasePlace, SOCKET_PORT, writeState } from './place.ts';

/**
 * The background process: `node server.ts DATA_FOLDER IDLE_MS`. Serves the folder's PGlite until
 * nobody has been connected for IDLE_MS. Ends at once when another process already serves it.
 */
const CONNECTIONS_MAX = 64;
const WATCH_MS = 1_000;
/** Those who look whether the lock is taken hold it for an instant; they are waited for. */
const LOCK_WAIT_MS = 500;
const PASSWORD_BYTES = 24;

async function serve(folder: string, idleMs: number): Promise<void> {
  // Nobody else reads the database, writes to its socket or sees the password.
  process.umask(0o077);
  const place = databasePlace(folder);
  const lock = tryLock(place.lockFile, LOCK_WAIT_MS);
  if (lock === null) return;
  rmSync(place.stateFile, { force: true });
  const db = await openPglite(place.dataFolder);
  const password = place.socketFile === null ? randomBytes(PASSWORD_BYTES).toString('hex') : null;
  const server = await servePglite({
    db,
    listen: addressOf(place),
    connectionsMax: CONNECTIONS_MAX,
    password,
    onBroken: (cause) => {
      process.stderr.write(
        `the database failed: ${cause instanceof Error ? cause.stack : cause}\n`,
      );
      // The next one starts from the files, as after a kill.
      process.exit(1);
    },
  });
  if (place.socketFile !== null) chmodSync(place.socketFile, 0o600);
  writeState(place, {
    pid: process.pid,
    ...(place.socketFile === null
      ? { host: LOOPBACK, port: server.port ?? 0 }
      : { host: dirname(place.socketFile), port: SOCKET_PORT }),
    password,
    startedAt: new Date(performance.timeOrigin).toISOString(),
  });
  // Only now is the state that of a living process; nobody else takes this one but the lock's holder.
  const serving = tryLock(place.servingFile, LOCK_WAIT_MS);
  if (serving === null) throw new Error(`${place.servingFile} is held by another process`);
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await server.close();
    await db.close();
    rmSync(place.stateFile, { force: true });
    serving.release();
    lock.release();
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop());
  process.on('SIGINT', () => void stop());
  watchIdle(() => server.connections(), idleMs, stop);
}

function watchIdle(connections: () => number, idleMs: number, stop: () => Promise<void>): void {
  let idleSince = performance.now();
  setInterval(
    () => {
      if (connections() > 0) idleSince = performance.now();
      else if (performance.now() - idleSince >= idleMs) void stop();
    },
    Math.min(WATCH_MS, idleMs),
  );
}

const LOOPBACK = '127.0.0.1';

/** The socket's path, cleared of a dead server's file (the lock is ours), or a free loopback port. */
function addressOf({ socketFile }: DatabasePlace) {
  if (socketFile === null) return { host: LOOPBACK, port: 0 };
  rmSync(socketFile, { force: true });
  return { path: socketFile };
}

const [folder, idleMs] = process.argv.slice(2);
if (folder === undefined || !(Number(idleMs) > 0)) {
  throw new Error('usage: node server.ts DATA_FOLDER IDLE_MS');
}
await serve(folder, Number(idleMs));
