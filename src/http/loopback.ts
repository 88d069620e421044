import { AppError } from '#domain/errors.ts';

const LOOPBACK_V4 = /^127(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;

/**
 * Whether a host, as one listens on it or as a Host header names it, stays on this machine:
 * `localhost`, a name under it, 127.0.0.0/8 or ::1, with or without a port.
 */
export function isLoopback(host: string): boolean {
  const name = nameOf(host.toLowerCase());
  return (
    name === 'localhost' || name.endsWith('.localhost') || name === '::1' || LOOPBACK_V4.test(name)
  );
}

function nameOf(host: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(host);
  if (bracketed?.[1] !== undefined) return bracketed[1];
  // More than one colon is an IPv6 address without a port.
  return host.indexOf(':') === host.lastIndexOf(':') ? host.replace(/:\d{1,5}$/, '') : host;
}

/** Throws `invalid_config` when others could reach the server and nothing would keep them out. */
export function assertBindable(host: string, hasKey: boolean): void {
  if (hasKey || isLoopback(host)) return;
  throw new AppError(
    'invalid_config',
    `listening on ${host} lets other machines in, and there is no API key to ask them for. ` +
      'Make one with `lockstep key create`, or listen on 127.0.0.1.',
    { param: 'host' },
  );
}
