import type { MiddlewareHandler } from 'hono';
import { AppError } from '#domain/errors.ts';
import type { HttpEnv } from '../deps.ts';
import { problemResponse } from '../problem.ts';

const RETRY_AFTER_S = '1';

/**
 * At most `max` requests at once, streams counted to their end. More are refused at once with a
 * retryable `rate_limited`: a queue here would only hide from the caller that it must wait.
 */
export function limitConcurrency(max: number): MiddlewareHandler<HttpEnv> {
  let running = 0;
  const leave = () => {
    running -= 1;
  };
  return async (c, next) => {
    if (running >= max) {
      const error = new AppError(
        'rate_limited',
        `this server is at its limit of ${max} requests at once; ask again in a moment.`,
        { retryable: true },
      );
      return problemResponse(c, error, { headers: { 'retry-after': RETRY_AFTER_S } });
    }
    running += 1;
    try {
      return await next();
    } finally {
      const ending = c.get('ending');
      if (ending === undefined) leave();
      else void ending.then(leave);
    }
  };
}
