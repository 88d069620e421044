import { AppError, toAppError } from '#domain/errors.ts';

/** Characters of a provider's own words that go into an error. */
const WORDS_LENGTH_MAX = 300;

export type FailureContext = {
  /** `openai:gpt-4.1-mini`. */
  readonly name: string;
  /** Never repeated, even when the provider does; `null` when there is none. */
  readonly secret: string | null;
};

/**
 * A provider's error as ours: 429 is `rate_limited`, other 4xx are `upstream_rejected`, and all
 * that may pass by itself (5xx, 408, 409, timeouts, broken connections, streams that end in an error)
 * is a retryable `upstream_unavailable`. A used-up quota comes as 429 and does not pass.
 */
export function chatFailure(thrown: unknown, { name, secret }: FailureContext): AppError {
  if (thrown instanceof AppError) return thrown;
  const status = numberIn(thrown, 'status') ?? numberIn(thrown, 'statusCode');
  const words = wordsOf(thrown, secret);
  const fail = (code: 'rate_limited' | 'upstream_rejected', rest: string, retryable = false) =>
    new AppError(code, `${name} ${rest}: ${words}`, { retryable, cause: thrown });
  if (isOverflow(thrown)) return fail('upstream_rejected', 'cannot take a prompt of this length');
  if (status === 429) {
    return textIn(thrown, 'code') === 'insufficient_quota'
      ? fail('upstream_rejected', 'has no quota left')
      : fail('rate_limited', 'is asked too often', true);
  }
  if (status === 401 || status === 403) return fail('upstream_rejected', 'refused the API key');
  if (status === 404) return fail('upstream_rejected', 'does not know the model or the address');
  if (status !== null && status >= 400 && status < 500 && status !== 408 && status !== 409) {
    return fail('upstream_rejected', `refused the request (${status})`);
  }
  return new AppError(
    'upstream_unavailable',
    `${name} is not available${status === null ? '' : ` (${status})`}: ${words}`,
    { retryable: true, cause: thrown },
  );
}

/** Seconds or a date of a `Retry-After` header are the provider's wish; only seconds are heard. */
export function retryAfterMs(thrown: unknown): number | null {
  const cause = thrown instanceof AppError ? thrown.cause : thrown;
  const headers = field(cause, 'headers');
  const value = headers instanceof Headers ? headers.get('retry-after') : null;
  const seconds = value === null || value.trim() === '' ? Number.NaN : Number(value);
  return seconds >= 0 ? seconds * 1_000 : null;
}

const isOverflow = (thrown: unknown): boolean =>
  textIn(thrown, 'name') === 'ContextOverflowError' ||
  textIn(thrown, 'code') === 'context_length_exceeded';

function wordsOf(thrown: unknown, secret: string | null): string {
  const [first = ''] = toAppError(thrown).message.split('\n\nTroubleshooting URL');
  const words = secret === null || secret === '' ? first : first.replaceAll(secret, '[key]');
  const line = words.replace(/\s+/g, ' ').trim();
  return line.length > WORDS_LENGTH_MAX ? `${line.slice(0, WORDS_LENGTH_MAX)}…` : line;
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

function numberIn(value: unknown, name: string): number | null {
  const found = field(value, name);
  return typeof found === 'number' ? found : null;
}

function textIn(value: unknown, name: string): string | null {
  const found = field(value, name);
  return typeof found === 'string' ? found : null;
}
