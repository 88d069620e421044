import type { Hono, MiddlewareHandler } from 'hono';
import type { z } from 'zod';
import { AppError, toAppError } from '#domain/errors.ts';
import type { HttpContext, HttpEnv } from './deps.ts';
import { METHOD_NOT_ALLOWED, problemResponse, renamed } from './problem.ts';

/** One operation: what `app.ts` mounts and what `/openapi.json` describes. */
export type Route = {
  readonly method: 'GET' | 'POST';
  /** Hono's pattern, `/v1/models/:id`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  /** `open` needs no key; `costly` counts against `concurrencyMax`. */
  readonly access: 'open' | 'keyed' | 'costly';
  readonly body?: z.ZodType;
  /** A schema for JSON, a media type for anything else. */
  readonly response: {
    readonly status: 200 | 201;
    readonly description: string;
    readonly json?: z.ZodType;
    readonly media?: readonly string[];
  };
  /** Params of the ports' errors → fields of the request. */
  readonly paramNames?: Readonly<Record<string, string>>;
  handle(c: HttpContext): Response | Promise<Response>;
};

/** Mounts routes; other methods on their paths are answered with 405 and what is allowed. */
export function mountRoutes(
  app: Hono<HttpEnv>,
  routes: readonly Route[],
  costly: MiddlewareHandler<HttpEnv>,
): void {
  const allowed = new Map<string, string[]>();
  for (const route of routes) {
    const { method, path, access } = route;
    allowed.set(path, [...(allowed.get(path) ?? []), method]);
    if (access === 'costly') app.on(method, path, named(path), costly);
    app.on(method, path, handlerOf(route));
  }
  for (const [path, methods] of allowed) app.all(path, refuseMethod(path, methods));
}

/** The middleware in between can refuse as well; its refusals are this route's. */
const named =
  (path: string): MiddlewareHandler<HttpEnv> =>
  (c, next) => {
    c.set('route', path);
    return next();
  };

function handlerOf(route: Route): (c: HttpContext) => Promise<Response> {
  const { path, paramNames = {} } = route;
  return async (c) => {
    c.set('route', path);
    try {
      return await route.handle(c);
    } catch (thrown) {
      throw renamed(asAppError(thrown, c.req.raw.signal), paramNames);
    }
  };
}

/** Once the client has left, whatever broke did so for that reason. */
export const asAppError = (thrown: unknown, signal: AbortSignal): AppError =>
  signal.aborted && !(thrown instanceof AppError)
    ? new AppError('cancelled', 'the client left before its answer.', { cause: thrown })
    : toAppError(thrown);

function refuseMethod(path: string, methods: readonly string[]): (c: HttpContext) => Response {
  const allow = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  return (c) => {
    c.set('route', path);
    const error = new AppError(
      'not_found',
      `there is no ${c.req.method} ${path}; it takes ${allow.join(', ')}.`,
    );
    return problemResponse(c, error, {
      status: METHOD_NOT_ALLOWED,
      headers: { allow: allow.join(', ') },
    });
  };
}
