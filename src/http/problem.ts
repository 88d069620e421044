import { z } from 'zod';
import { AppError, type ErrorCode } from '#domain/errors.ts';
import type { HttpContext } from './deps.ts';
import { respondJson } from './respond.ts';

/** What nginx logs for a client that left; no client ever sees it. */
const CLIENT_LEFT = 499;

/**
 * The status of every code. Never 409 and 408: OpenAI's clients ask again after these, which does
 * not help with a conflict that stays.
 */
export const STATUS = {
  invalid_input: 400,
  invalid_config: 500,
  not_found: 404,
  unknown_channel: 404,
  already_exists: 422,
  unauthorized: 401,
  text_too_long: 400,
  view_not_ready: 422,
  view_in_use: 422,
  gate_refused: 422,
  lease_held: 503,
  port_in_use: 500,
  folder_unwritable: 500,
  database_newer: 500,
  database_unavailable: 503,
  embedding_space_mismatch: 503,
  index_mismatch: 503,
  history_broken: 500,
  cancelled: CLIENT_LEFT,
  internal: 500,
  upstream_unavailable: 503,
  upstream_rejected: 502,
  rate_limited: 429,
  address_refused: 422,
  unreachable: 502,
  timeout: 504,
  too_large: 413,
  inflation_refused: 422,
  redirect_loop: 502,
  redirects_exceeded: 502,
  unsupported_type: 415,
  http_status: 502,
  gone: 410,
  robots_denied: 422,
  noindex: 422,
  no_content: 422,
  navigation_only: 422,
  mostly_links: 422,
  wrong_language: 422,
  error_page: 422,
  login_wall: 422,
  meta_refresh: 422,
  off_site: 422,
  duplicate: 422,
  malformed: 422,
} as const satisfies Record<ErrorCode, number>;

/** Where HTTP is finer than the codes: a known path without this method, a known caller refused. */
export const METHOD_NOT_ALLOWED = 405;
export const FORBIDDEN = 403;
export const NOT_READY = 503;

export const problemSchema = z.strictObject({
  error: z.strictObject({
    message: z.string(),
    type: z.string(),
    param: z.string().nullable().describe('the field at fault'),
    code: z.string().describe("a code of the project's error table"),
  }),
});
export type Problem = z.infer<typeof problemSchema>;

/** The body of an error. What broke inside is for the log, under the request's id. */
export function problemOf(
  error: AppError,
  requestId: string,
  status: number = STATUS[error.code],
): Problem {
  const message =
    error.code === 'internal'
      ? `something broke inside; the server's log says what, under request ${requestId}.`
      : error.message;
  return { error: { message, type: typeOf(status), param: error.param, code: error.code } };
}

/**
 * An error as a response. `x-should-retry` tells OpenAI's clients what they would otherwise guess
 * from the status.
 */
export function problemResponse(
  c: HttpContext,
  error: AppError,
  {
    status = STATUS[error.code],
    headers = {},
  }: {
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Response {
  c.set('errorCode', error.code);
  return respondJson(c, problemOf(error, c.get('requestId'), status), status, {
    'x-should-retry': String(error.retryable),
    ...(status === STATUS.unauthorized ? { 'www-authenticate': 'Bearer' } : {}),
    ...headers,
  });
}

/** OpenAI's words for kinds of errors. */
function typeOf(status: number): string {
  if (status === STATUS.unauthorized) return 'authentication_error';
  if (status === FORBIDDEN) return 'permission_error';
  if (status === STATUS.rate_limited) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

/** The same error in the caller's words: `names` maps the param of a port to the request's field. */
export function renamed(error: AppError, names: Readonly<Record<string, string>>): AppError {
  const param = error.param === null ? undefined : names[error.param];
  if (param === undefined) return error;
  return new AppError(error.code, error.message, {
    retryable: error.retryable,
    param,
    cause: error.cause,
  });
}
