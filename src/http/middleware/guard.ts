import type { MiddlewareHandler } from 'hono';
import { AppError } from '#domain/errors.ts';
import type { HttpContext, HttpEnv } from '../deps.ts';
import { isLoopback } from '../loopback.ts';
import { FORBIDDEN, problemResponse } from '../problem.ts';
import type { KeyRing } from './key-ring.ts';

/**
 * Who may pass. Where keys are demanded: whoever has one, and anyone to an open path. Where none
 * are, the server is for this machine alone, and what a browser is made to send by another site is
 * refused: a Host header that is not loopback (DNS rebinding) or an Origin that is not the host.
 */
export function guard(ring: KeyRing, openPaths: ReadonlySet<string>): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    if (!(await ring.demanded())) {
      const fault = strangerOf(c);
      if (fault !== null) {
        return problemResponse(c, new AppError('unauthorized', fault), { status: FORBIDDEN });
      }
    } else if (!openPaths.has(c.req.path)) {
      c.set('keyId', await keyIdOf(ring, c.req.header('authorization')));
    }
    return next();
  };
}

async function keyIdOf(ring: KeyRing, authorization: string | undefined): Promise<string> {
  const secret = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  if (secret === undefined) {
    throw new AppError(
      'unauthorized',
      'no API key was given; send `Authorization: Bearer <key>`. `lockstep key create` makes one.',
    );
  }
  const id = await ring.find(secret);
  if (id !== null) return id;
  throw new AppError('unauthorized', 'this API key is unknown or was revoked.');
}

function strangerOf(c: HttpContext): string | null {
  const host = c.req.header('host') ?? new URL(c.req.url).host;
  if (!isLoopback(host)) {
    return (
      `without API keys only this machine is answered, and the request is for host ${host}. ` +
      'Ask 127.0.0.1, or make a key with `lockstep key create`.'
    );
  }
  const origin = c.req.header('origin');
  if (origin === undefined || hostOf(origin) === host.toLowerCase()) return null;
  return (
    `a web page of ${origin} may not use this server without an API key. ` +
    'Make one with `lockstep key create`.'
  );
}

const hostOf = (origin: string): string | null =>
  URL.canParse(origin) ? new URL(origin).host : null;
