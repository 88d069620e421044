import type { Json } from '../domain/hash.ts';

/** Time, injected so that tests own it. */
export interface Clock {
  /** ISO 8601, UTC, milliseconds. */
  now(): string;
  /** Milliseconds of a clock that never goes back; only differences mean anything. */
  monotonicMs(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Identities and randomness, injected for the same reason. */
export interface Ids {
  /** A new UUID. */
  next(): string;
  /** Uniform in [0, 1). */
  random(): number;
}

export type LogFields = Readonly<Record<string, Json>>;

/** Structured log. Never holds a secret, a body or a question's text. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
