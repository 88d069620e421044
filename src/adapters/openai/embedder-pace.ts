import { AppError } from '#domain/errors.ts';
import type { Clock } from '#ports/system.ts';

/** Keeps requests within the limits that a provider tells in its answers' headers. */
export type Pace = {
  /** Waits until a request of so many tokens may go; rejects with the signal's reason. */
  wait(tokens: number, signal: AbortSignal): Promise<void>;
  /** Takes note of what an answer says is left. */
  learn(headers: Headers): void;
  /** Holds every request back for so long. Throws `rate_limited` when that is longer than is waited. */
  pause(ms: number): void;
};

export type PaceOptions = {
  /** Names the provider in errors. */
  readonly name: string;
  /** A provider that asks for more is not waited for. */
  readonly pauseMsMax: number;
  readonly clock: Pick<Clock, 'monotonicMs' | 'sleep'>;
};

/** What was left at `atMs`, and grows by `perMs` up to `limit`. */
type Allowance = {
  readonly limit: number;
  left: number;
  atMs: number;
  readonly perMs: number;
};

const KINDS = ['requests', 'tokens'] as const;
type Kind = (typeof KINDS)[number];

/**
 * The headers are OpenAI's, which others send too: `x-ratelimit-limit-*`, `-remaining-*` and
 * `-reset-*`, each for requests and for tokens. What is left grows evenly until the reset.
 */
export function createPace({ name, pauseMsMax, clock }: PaceOptions): Pace {
  const allowances = new Map<Kind, Allowance>();
  let openAtMs = 0;

  const waitFor = (wanted: number, kind: Kind, nowMs: number): number => {
    const allowance = allowances.get(kind);
    if (allowance === undefined) return 0;
    const { limit, perMs } = allowance;
    allowance.left = Math.min(limit, allowance.left + (nowMs - allowance.atMs) * perMs);
    allowance.atMs = nowMs;
    // More than the limit is never left; the provider has to say what becomes of it.
    return Math.max(0, (Math.min(wanted, limit) - allowance.left) / perMs);
  };
  const take = (wanted: number, kind: Kind) => {
    const allowance = allowances.get(kind);
    if (allowance !== undefined) allowance.left -= wanted;
  };
  return {
    async wait(tokens, signal) {
      for (;;) {
        signal.throwIfAborted();
        const nowMs = clock.monotonicMs();
        const wishes = [
          openAtMs - nowMs,
          waitFor(tokens, 'tokens', nowMs),
          waitFor(1, 'requests', nowMs),
        ];
        const waitMs = Math.ceil(Math.max(...wishes));
        if (waitMs <= 0) break;
        if (waitMs > pauseMsMax) throw tooLong(name, waitMs);
        await clock.sleep(waitMs, signal);
      }
      take(tokens, 'tokens');
      take(1, 'requests');
    },
    learn(headers) {
      for (const kind of KINDS) {
        const limit = numberOf(headers.get(`x-ratelimit-limit-${kind}`));
        const left = numberOf(headers.get(`x-ratelimit-remaining-${kind}`));
        const resetMs = durationMs(headers.get(`x-ratelimit-reset-${kind}`));
        if (limit === null || left === null || resetMs === null) continue;
        const perMs = (limit - left) / resetMs;
        // Nothing missing, or no time to a reset: there is nothing to wait for.
        if (!(perMs > 0) || !Number.isFinite(perMs)) allowances.delete(kind);
        else allowances.set(kind, { limit, left, atMs: clock.monotonicMs(), perMs });
      }
    },
    pause(ms) {
      if (ms > pauseMsMax) throw tooLong(name, ms);
      openAtMs = Math.max(openAtMs, clock.monotonicMs() + ms);
    },
  };
}

const tooLong = (name: string, ms: number): AppError =>
  new AppError('rate_limited', `${name} asks to wait for ${Math.ceil(ms / 1_000)} s.`, {
    retryable: true,
  });

function numberOf(text: string | null): number | null {
  const value = text === null || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) && value >= 0 ? value : null;
}

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/;
const DURATION_PART = /(\d+(?:\.\d+)?)(ms|[smhd])/g;

/** `1s`, `6m0s`, `20ms`, or a bare number of seconds; `null` for what is neither. */
export function durationMs(text: string | null): number | null {
  const bare = numberOf(text);
  if (bare !== null) return bare * 1_000;
  if (text === null || !DURATION.test(text)) return null;
  return [...text.matchAll(DURATION_PART)].reduce(
    (sum, [, value, unit]) => sum + Number(value) * (UNITS_MS[unit ?? ''] ?? 0),
    0,
  );
}

/** What `Retry-After` (seconds or a date) or `retry-after-ms` asks for; `null` when neither does. */
export function retryAfterOf(headers: Headers | null, nowIso: string): number | null {
  const ms = numberOf(headers?.get('retry-after-ms') ?? null);
  if (ms !== null) return ms;
  const wish = headers?.get('retry-after') ?? null;
  const seconds = numberOf(wish);
  if (seconds !== null) return seconds * 1_000;
  const at = wish === null ? Number.NaN : Date.parse(wish);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.parse(nowIso));
}
