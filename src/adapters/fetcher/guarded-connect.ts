import { type LookupAddress, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { AppError } from '#domain/errors.ts';
import type { AddressGuard } from './address-guard.ts';

export const systemLookup: LookupFunction = lookup;

export type GuardedConnectOptions = {
  readonly isAllowed: AddressGuard;
  readonly connectMs: number;
  /** Resolves names; the system's resolver when absent. */
  readonly resolve?: LookupFunction | undefined;
};

/**
 * Opens sockets to allowed addresses only. The addresses that are judged are the very ones that
 * are connected to, so a name that resolves differently a moment later gains nothing.
 */
export function createGuardedConnect(options: GuardedConnectOptions): buildConnector.connector {
  const { isAllowed, connectMs, resolve = systemLookup } = options;
  const connect = buildConnector({
    timeout: connectMs,
    allowH2: false,
    lookup: guardLookup(resolve, isAllowed),
  });
  return (target, callback) => {
    // A socket to a literal address never asks `lookup`.
    if (isIP(target.hostname) !== 0 && !isAllowed(target.hostname)) {
      callback(refused(target.hostname, []), null);
      return;
    }
    // undici can only cancel an attempt whose socket it is given, though its types say `void`.
    return connect(target, callback);
  };
}

/** A resolver that names allowed addresses only; `address_refused` when there are none. */
export function guardLookup(resolve: LookupFunction, isAllowed: AddressGuard): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found, family) => {
      if (error) return callback(error, []);
      const allowed = asList(found, family).filter(({ address }) => isAllowed(address));
      const [first] = allowed;
      if (first === undefined) return callback(refused(hostname, asList(found, family)), []);
      if (options.all === true) return callback(null, allowed);
      callback(null, first.address, first.family);
    });
  };
}

function asList(found: string | LookupAddress[], family: number | undefined): LookupAddress[] {
  return typeof found === 'string' ? [{ address: found, family: family ?? isIP(found) }] : found;
}

export function refused(hostname: string, found: readonly LookupAddress[]): AppError {
  const where = found.map(({ address }) => address).join(', ');
  const reached = where === '' ? hostname : `${hostname} (${where})`;
  return new AppError(
    'address_refused',
    `${reached} is not globally routable; allow its network with LOCKSTEP_ALLOW_NETWORKS if it ` +
      'is yours',
  );
}
