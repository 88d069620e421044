import { createServer, type Server, type Socket } from 'node:net';
import type { PGlite } from '@electric-sql/pglite';
import { createSplitter, type Unit } from './wire-units.ts';

/** A PGlite behind a socket, for any number of `pg` clients at once. */
export type PgliteServer = {
  connections(): number;
  /** Ends every connection. The database stays open. */
  close(): Promise<void>;
};

export type PgliteServerOptions = {
  readonly db: PGlite;
  readonly listen: { readonly path: string } | { readonly host: string; readonly port: number };
  readonly connectionsMax: number;
};

/** Who may speak to the one session; others wait in order. */
type Turns = { take(who: object): Promise<void>; give(who: object): void };

/**
 * PGlite has one session. A client's messages up to its Sync are one unit and are executed in one
 * go, and a client in a transaction keeps the session until the transaction ends: executed message
 * by message, two clients would bind each other's unnamed statements.
 */
export async function servePglite(options: PgliteServerOptions): Promise<PgliteServer> {
  const { db, listen, connectionsMax } = options;
  const turns = createTurns();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serveConnection(db, turns, socket);
  });
  server.maxConnections = connectionsMax;
  await started(server, listen);
  return {
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

function serveConnection(db: PGlite, turns: Turns, socket: Socket): void {
  const units: Unit[] = [];
  const split = createSplitter((unit) => units.push(unit));
  let running = false;
  const run = async () => {
    if (running) return;
    running = true;
    try {
      for (let unit = units.shift(); unit !== undefined; unit = units.shift()) {
        if (unit.kind === 'refuse_encryption') socket.write('N');
        else if (unit.kind === 'end') socket.end();
        else await execute(unit);
      }
    } finally {
      running = false;
    }
  };
  const execute = async (unit: Extract<Unit, { kind: 'messages' }>) => {
    await turns.take(socket);
    if (!socket.destroyed) {
      await db.runExclusive(() =>
        db.execProtocolRawStream(unit.bytes, {
          onRawData: (bytes) => void socket.write(Buffer.from(bytes)),
        }),
      );
    }
    if (socket.destroyed) await leave();
    else if (unit.complete && !db.isInTransaction()) turns.give(socket);
  };
  const leave = async () => {
    await turns.take(socket);
    if (db.isInTransaction()) await db.exec('ROLLBACK');
    turns.give(socket);
  };
  const failed = (cause: unknown) => socket.destroy(cause instanceof Error ? cause : undefined);
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    try {
      split(bytes);
    } catch (cause) {
      failed(cause);
    }
    run().catch(failed);
  });
  socket.on('close', () => {
    units.length = 0;
    if (!running) leave().catch(() => undefined);
  });
}

function createTurns(): Turns {
  let holder: object | null = null;
  const waiting: { who: object; go: () => void }[] = [];
  return {
    take: (who) => {
      if (holder === null || holder === who) {
        holder = who;
        return Promise.resolve();
      }
      return new Promise((go) => waiting.push({ who, go }));
    },
    give: (who) => {
      if (holder !== who) return;
      const next = waiting.shift();
      holder = next?.who ?? null;
      next?.go();
    },
  };
}
