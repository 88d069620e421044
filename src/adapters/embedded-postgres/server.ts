import { chmodSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { tryLock } from './folder-lock.ts';
import { servePglite } from './pglite-server.ts';
import { type DatabasePlace, databasePlace, SOCKET_PORT, writeState } from './place.ts';

/**
 * The background process: `node server.ts DATA_FOLDER IDLE_MS`. Serves the folder's PGlite until
 * nobody has been connected for IDLE_MS. Ends at once when another process already serves it.
 */
const CONNECTIONS_MAX = 64;
const WATCH_MS = 1_000;

async function serve(folder: string, idleMs: number): Promise<void> {
  const place = databasePlace(folder);
  const lock = tryLock(place.lockFile);
  if (lock === null) return;
  const db = await PGlite.create({ dataDir: place.dataFolder, extensions: { vector } });
  const address = await addressOf(place);
  const server = await servePglite({ db, listen: address, connectionsMax: CONNECTIONS_MAX });
  if ('path' in address) chmodSync(address.path, 0o600);
  writeState(place, {
    pid: process.pid,
    host: 'path' in address ? dirname(address.path) : address.host,
    port: 'path' in address ? SOCKET_PORT : address.port,
    startedAt: new Date(performance.timeOrigin).toISOString(),
  });
  const stop = async () => {
    await server.close();
    await db.close();
    rmSync(place.stateFile, { force: true });
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

type Address = { readonly path: string } | { readonly host: string; readonly port: number };

/** The socket's path, cleared of a dead server's file (the lock is ours), or a free loopback port. */
async function addressOf(place: DatabasePlace): Promise<Address> {
  if (place.socketFile !== null) {
    rmSync(place.socketFile, { force: true });
    return { path: place.socketFile };
  }
  const host = '127.0.0.1';
  const port = await new Promise<number>((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, host, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
  return { host, port };
}

const [folder, idleMs] = process.argv.slice(2);
if (folder === undefined || !(Number(idleMs) > 0)) {
  throw new Error('usage: node server.ts DATA_FOLDER IDLE_MS');
}
await serve(folder, Number(idleMs));
