import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { AppError } from '#domain/errors.ts';
import { createAddressGuard } from './address-guard.ts';
import { guardLookup, refused, systemLookup } from './guarded-connect.ts';

export type GuardedDialOptions = {
  /** CIDRs that may be reached although they are not globally routable. */
  readonly allowNetworks: readonly string[];
  readonly connectMs: number;
  /** Resolves names; the system's resolver when absent. */
  readonly resolve?: LookupFunction | undefined;
};

/** Opens a plain connection. Rejects with `address_refused`, `timeout` or `unreachable`. */
export type Dial = (host: string, port: number, signal: AbortSignal) => Promise<Socket>;

/**
 * Connections under the same guard as the fetcher's, for who speaks another protocol over them: the
 * addresses that are judged are the very ones that are connected to. Throws `invalid_config` when a
 * network cannot be read.
 */
export function createGuardedDial(options: GuardedDialOptions): Dial {
  const { allowNetworks, connectMs, resolve = systemLookup } = options;
  const isAllowed = createAddressGuard(allowNetworks);
  const lookup = guardLookup(resolve, isAllowed);
  return (host, port, signal) =>
    new Promise((settle, reject) => {
      signal.throwIfAborted();
      // A socket to a literal address never asks `lookup`.
      if (isIP(host) !== 0 && !isAllowed(host)) throw refused(host, []);
      const socket = connect({ host, port, lookup, timeout: connectMs });
      const fail = (cause: unknown) => {
        signal.removeEventListener('abort', abort);
        socket.destroy();
        reject(cause);
      };
      const abort = () => fail(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      socket.once('timeout', () => fail(late(host, connectMs)));
      socket.once('error', (cause) => fail(cause instanceof AppError ? cause : lost(host, cause)));
      socket.once('connect', () => {
        signal.removeEventListener('abort', abort);
        socket.removeAllListeners('error').removeAllListeners('timeout').setTimeout(0);
        settle(socket);
      });
    });
}

const late = (host: string, connectMs: number) =>
  new AppError('timeout', `no connection to ${host} within ${connectMs} ms`, { retryable: true });

const lost = (host: string, cause: Error) =>
  new AppError('unreachable', `no connection to ${host} (${cause.message})`, {
    retryable: true,
    cause,
  });
