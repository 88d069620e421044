import type { MiddlewareHandler } from 'hono';
import type { HttpDeps, HttpEnv } from '../deps.ts';
import type { Metrics } from '../metrics.ts';
import { dress } from '../respond.ts';

/** What may be echoed into a header and a log line. */
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/**
 * Gives every request its id (the caller's own, when it is a plain word) and every response the
 * headers that all have; counts and logs it when the last byte is sent.
 */
export function observe(
  deps: Pick<HttpDeps, 'clock' | 'ids' | 'log'>,
  metrics: Metrics,
): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const startedMs = deps.clock.monotonicMs();
    const given = c.req.header('x-request-id');
    const requestId = given !== undefined && REQUEST_ID.test(given) ? given : deps.ids.next();
    c.set('requestId', requestId);
    metrics.requestStarted();
    let status = 500;
    try {
      await next();
      dress(c);
      status = c.res.status;
    } finally {
      const ended = () => {
        const ms = deps.clock.monotonicMs() - startedMs;
        const { method } = c.req;
        const route = c.get('route') ?? 'none';
        const code = c.get('errorCode');
        metrics.requestEnded({ method, route, status, seconds: ms / 1_000, code });
        deps.log.info('request', {
          requestId,
          method,
          route,
          status,
          durationMs: Math.round(ms),
          keyId: c.get('keyId') ?? null,
          code: code ?? null,
        });
      };
      const ending = c.get('ending');
      if (ending === undefined) ended();
      else void ending.then(ended);
    }
  };
}
