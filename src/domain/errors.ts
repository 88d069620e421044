/**
 * The one error type of Lockstep. Adapters translate vendor errors into it; `http/problem.ts` gives
 * each code a status and `cli/` an exit code. Every code is explained in the README's error table.
 */
export const ERROR_CODES = [
  // the caller's fault
  'invalid_input',
  'invalid_config',
  'not_found',
  'unknown_channel',
  'already_exists',
  'unauthorized',
  'text_too_long',
  'gate_refused',
  'view_not_ready',
  'view_in_use',
  // the machine's state
  'lease_held',
  'port_in_use',
  'folder_unwritable',
  'database_newer',
  'database_unavailable',
  'embedding_space_mismatch',
  'index_mismatch',
  'history_broken',
  'cancelled',
  'internal',
  // what a provider or the network did
  'upstream_unavailable',
  'upstream_rejected',
  'rate_limited',
  // why a page did not become a document
  'address_refused',
  'unreachable',
  'timeout',
  'too_large',
  'inflation_refused',
  'redirect_loop',
  'redirects_exceeded',
  'unsupported_type',
  'http_status',
  'gone',
  'robots_denied',
  'noindex',
  'no_content',
  'navigation_only',
  'mostly_links',
  'wrong_language',
  'error_page',
  'login_wall',
  'meta_refresh',
  'off_site',
  'duplicate',
  'malformed',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export type AppErrorOptions = {
  /** True when the same call may succeed later without any change by the caller. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
  /** The input that is at fault, in the caller's words (`model`, `--epoch`, `DATABASE_URL`). */
  readonly param?: string;
};

/** An error with a code that callers may branch on. `message` names the thing and the remedy. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly param: string | null;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.param = options.param ?? null;
  }
}

/** Any thrown value as an `AppError`; what is unknown becomes `internal`, aborts become `cancelled`. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof Error && (thrown.name === 'AbortError' || thrown.name === 'TimeoutError')) {
    return new AppError('cancelled', 'the operation was cancelled', { cause: thrown });
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new AppError('internal', message, { cause: thrown });
}
