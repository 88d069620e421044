import { createServer, type Server, type Socket } from 'node:net';
import type { PGlite } from '@electric-sql/pglite';
import { type ConnectionOptions, serveConnection } from './connection.ts';
import { createTurns } from './turns.ts';

/** A PGlite behind a socket, for any number of `pg` clients at once. */
export type PgliteServer = {
  /** The loopback port; `null` behind a Unix socket. */
  readonly port: number | null;
  connections(): number;
  /** Ends every connection. The database stays open. */
  close(): Promise<void>;
};

export type PgliteServerOptions = {
  readonly db: PGlite;
  /** Port 0 takes a free one. */
  readonly listen: { readonly path: string } | { readonly host: string; readonly port: number };
  readonly connectionsMax: number;
} & Partial<Pick<ConnectionOptions, 'password' | 'transactionIdleMsMax' | 'onBroken'>>;

const TRANSACTION_IDLE_MS_MAX = 60_000;

/**
 * PGlite has one session. A client's messages up to its Sync are one unit and are executed in one
 * go, and a client in a transaction keeps the session until the transaction ends: executed message
 * by message, two clients would bind each other's unnamed statements.
 */
export async function servePglite(options: PgliteServerOptions): Promise<PgliteServer> {
  const { db, listen, connectionsMax, password = null } = options;
  const { transactionIdleMsMax = TRANSACTION_IDLE_MS_MAX, onBroken = () => undefined } = options;
  const turns = createTurns();
  const sockets = new Set<Socket>();
  const connection = { db, turns, password, transactionIdleMsMax, onBroken };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serveConnection(connection, socket);
  });
  server.maxConnections = connectionsMax;
  await started(server, listen);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : null,
    connections: () => sockets.size,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      // Whoever still held the session has rolled back and given it up by then.
      await turns.take(server);
    },
  };
}

function started(server: Server, listen: PgliteServerOptions['listen']): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(listen, resolve);
  });
}
