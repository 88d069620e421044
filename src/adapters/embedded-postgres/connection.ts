import { createHash, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import type { PGlite } from '@electric-sql/pglite';
import type { Turns } from './turns.ts';
import { ASK_PASSWORD, fatalError, NO_ENCRYPTION, passwordOf, SYNC } from './wire-replies.ts';
import { createSplitter, type Unit } from './wire-units.ts';

export type ConnectionOptions = {
  readonly db: PGlite;
  readonly turns: Turns;
  /** What a client must say before anything else; `null` lets in whoever reaches the socket. */
  readonly password: string | null;
  /** A client that says nothing for this long inside a transaction loses it: all others wait. */
  readonly transactionIdleMsMax: number;
  /** Told when the database itself fails, which no later statement survives. */
  readonly onBroken: (cause: unknown) => void;
};

/** A connection that has not introduced itself by then is no client. */
const INTRODUCTION_MS_MAX = 10_000;
/** Units of one client that wait; it is not read from meanwhile. */
const UNITS_MAX = 256;

type Messages = Extract<Unit, { kind: 'messages' }>;

/** Serves one client until its socket closes; an open transaction is rolled back then. */
export function serveConnection(options: ConnectionOptions, socket: Socket): void {
  const units: Unit[] = [];
  const split = createSplitter((unit) => units.push(unit));
  const session = createSession(options, socket);
  let running = false;

  const run = async () => {
    if (running) return;
    running = true;
    try {
      for (let unit = units.shift(); unit !== undefined; unit = units.shift()) {
        if (unit.kind === 'refuse_encryption') socket.write(NO_ENCRYPTION);
        else if (unit.kind === 'end') socket.end();
        else await session.hear(unit);
        if (socket.isPaused() && units.length < UNITS_MAX) socket.resume();
      }
    } finally {
      running = false;
    }
    if (socket.destroyed) await session.leave();
  };
  const failed = (cause: unknown) =>
    void socket.destroy(cause instanceof Error ? cause : undefined);
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    try {
      split(bytes);
    } catch (cause) {
      failed(cause);
    }
    if (units.length >= UNITS_MAX) socket.pause();
    run().catch(failed);
  });
  socket.on('close', () => {
    units.length = 0;
    if (!running) session.leave().catch(options.onBroken);
  });
}

/** What one client says to the database, in its turns. */
function createSession(options: ConnectionOptions, socket: Socket) {
  const { db, turns, password, transactionIdleMsMax, onBroken } = options;
  let startup: Messages | null = null;
  let introduced = false;
  const lateTimer = setTimeout(() => {
    if (!introduced) socket.destroy();
  }, INTRODUCTION_MS_MAX).unref();
  let idleTimer: NodeJS.Timeout | undefined;

  const tell = async (bytes: Uint8Array, onReply: (bytes: Uint8Array) => void) => {
    try {
      await db.runExclusive(() => db.execProtocolRawStream(bytes, { onRawData: onReply }));
    } catch (cause) {
      // What is wrong with a statement is told in the reply. This is the database's own end.
      onBroken(cause);
      throw cause;
    }
  };

  const execute = async (unit: Messages) => {
    clearTimeout(idleTimer);
    await turns.take(socket);
    if (socket.destroyed) return;
    await tell(unit.bytes, (bytes) => void socket.write(Buffer.from(bytes)));
    if (unit.complete && !db.isInTransaction()) turns.give(socket);
    else idleTimer = setTimeout(sayTooLate, transactionIdleMsMax).unref();
  };

  const sayTooLate = () => {
    const message = `nothing was said for ${transactionIdleMsMax} ms within a transaction`;
    socket.end(fatalError('25P03', message), () => socket.destroy());
  };

  const introduce = async (unit: Messages) => {
    if (password !== null && startup === null) {
      startup = unit;
      socket.write(ASK_PASSWORD);
      return;
    }
    if (password !== null && !isSame(passwordOf(unit.bytes) ?? '', password)) {
      socket.end(fatalError('28P01', 'the password is not the one in the state file'));
      return;
    }
    introduced = true;
    clearTimeout(lateTimer);
    await execute(startup ?? unit);
  };

  return {
    hear: (unit: Messages) => (introduced ? execute(unit) : introduce(unit)),
    leave: async () => {
      clearTimeout(idleTimer);
      clearTimeout(lateTimer);
      if (!introduced) return;
      await turns.take(socket);
      await tell(SYNC, () => undefined);
      if (db.isInTransaction()) await db.exec('ROLLBACK');
      turns.give(socket);
    },
  };
}

/** Compares hashes, so that the time taken tells nothing. */
function isSame(said: string, expected: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(said), hash(expected));
}
