import type { Clock } from '#ports/system.ts';

const BACKOFF_BASE_MS = 500;
const BACKOFF_MS_MAX = 30_000;

/**
 * A Retry-After header (RFC 9110, 10.2.3) in milliseconds from now, at most `msMax`; `null` when
 * there is none or it is neither seconds nor a date.
 */
export function retryAfterMs(
  header: string,
  clock: Pick<Clock, 'now'>,
  msMax: number,
): number | null {
  const text = header.trim();
  if (text === '') return null;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : dateMs(text) - Date.parse(clock.now());
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), msMax);
}

/** Of the three forms of RFC 9110, 5.6.7, asctime's has no zone and is in GMT all the same. */
const dateMs = (text: string): number =>
  Date.parse(/^[a-z]{3} .*\d{4}$/i.test(text) ? `${text} GMT` : text);

/**
 * How long to wait before attempt `attempt + 2`: what the host asked for and up to half a second
 * more, or else half to all of a doubling interval. The spread keeps clients from coming back
 * together.
 */
export function retryDelayMs(attempt: number, askedMs: number | null, random: number): number {
  if (askedMs !== null) return Math.round(askedMs + random * BACKOFF_BASE_MS);
  const interval = Math.min(BACKOFF_BASE_MS * 2 ** attempt, BACKOFF_MS_MAX);
  return Math.round(interval * (0.5 + random / 2));
}
