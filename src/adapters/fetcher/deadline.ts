import { AppError } from '#domain/errors.ts';
import type { Clock } from '#ports/system.ts';

/** An abort signal with a time limit that moves from phase to phase. */
export type Deadline = {
  /** Aborts with the parent's reason, or with a retryable `timeout`. */
  readonly signal: AbortSignal;
  /** Replaces the limit: from now `ms` remain. */
  arm(ms: number, message: string): void;
  disarm(): void;
};

export function createDeadline(clock: Clock, parent: AbortSignal): Deadline {
  const expiry = new AbortController();
  let timer = new AbortController();
  return {
    signal: AbortSignal.any([parent, expiry.signal]),
    arm(ms, message) {
      timer.abort();
      timer = new AbortController();
      const expire = () => expiry.abort(new AppError('timeout', message, { retryable: true }));
      // The sleep rejects only when it is disarmed, which is the good case.
      clock.sleep(ms, timer.signal).then(expire, () => undefined);
    },
    disarm: () => timer.abort(),
  };
}
