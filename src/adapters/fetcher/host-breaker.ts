import type { Clock } from '#ports/system.ts';
import { type Failure, failure } from './failure.ts';
import type { FetchLimits } from './limits.ts';

export type HostBreakerOptions = {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly limits: Pick<FetchLimits, 'hostFailuresMax' | 'hostPauseMs' | 'hostPauseMsMax'>;
};

/** A visit that may ask its host. */
export type Pass = {
  readonly kind: 'pass';
  /** The one that finds out whether a host is well again; it is not worth a second attempt. */
  readonly isProbe: boolean;
  /** Why its host is not asked any more by now, after all. */
  refusal(): Failure | null;
  /** Tells what came of it; `null` when nothing was learned of the host. */
  settle(result: Failure | { readonly kind: 'answered' } | null): void;
};

/**
 * Stops asking hosts that only ever fail. After so many visits in a row that ended without an
 * answer (no connection, no answer in time, 5xx, 429), further visits of that host fail at once;
 * after a pause, which doubles each time, one visit finds out whether it is well again.
 */
export type HostBreaker = { admit(url: URL): Pass | Failure };

type Trouble = {
  failures: number;
  last: Failure;
  /** On the monotonic clock. */
  openUntilMs: number;
  pauseMs: number;
  probing: boolean;
};

// Beyond this many hosts in trouble the one that has been so longest gets another chance.
const HOSTS_MAX = 4_096;

export function createHostBreaker({ clock, limits }: HostBreakerOptions): HostBreaker {
  const { hostFailuresMax, hostPauseMs, hostPauseMsMax } = limits;
  const troubles = new Map<string, Trouble>();
  const openTrouble = (host: string): Trouble | null => {
    const trouble = troubles.get(host);
    return trouble !== undefined && trouble.failures >= hostFailuresMax ? trouble : null;
  };

  function noteFailure(host: string, failed: Failure): void {
    const fresh = { failures: 0, openUntilMs: 0, pauseMs: hostPauseMs / 2, probing: false };
    const trouble = troubles.get(host) ?? { ...fresh, last: failed };
    const wasOpen = trouble.failures >= hostFailuresMax && !trouble.probing;
    trouble.failures += 1;
    trouble.last = failed;
    trouble.probing = false;
    // Visits that were under way when it opened do not prolong the pause.
    if (trouble.failures >= hostFailuresMax && !wasOpen) {
      trouble.pauseMs = Math.min(trouble.pauseMs * 2, hostPauseMsMax);
      trouble.openUntilMs = clock.monotonicMs() + trouble.pauseMs;
    }
    const [oldest] = troubles.keys();
    if (troubles.size >= HOSTS_MAX && oldest !== undefined) troubles.delete(oldest);
    troubles.set(host, trouble);
  }

  function passFor(host: string, url: URL, probed: Trouble | null): Pass {
    return {
      kind: 'pass',
      isProbe: probed !== null,
      refusal() {
        const trouble = openTrouble(host);
        return probed !== null || trouble === null ? null : refused(url, trouble);
      },
      settle(result) {
        if (result === null) {
          if (probed !== null) probed.probing = false;
        } else if (result.kind === 'failed' && isOutage(result)) noteFailure(host, result);
        else troubles.delete(host);
      },
    };
  }

  return {
    admit(url) {
      const { host } = url;
      const trouble = openTrouble(host);
      if (trouble === null) return passFor(host, url, null);
      if (trouble.probing || clock.monotonicMs() < trouble.openUntilMs)
        return refused(url, trouble);
      trouble.probing = true;
      return passFor(host, url, trouble);
    },
  };
}

const isOutage = ({ code, status }: Failure): boolean =>
  code === 'unreachable' ||
  code === 'timeout' ||
  (status !== null && (status >= 500 || status === 429));

function refused({ href, host }: URL, { failures, last, pauseMs }: Trouble): Failure {
  const how = last.status === null ? last.code : `status ${last.status}`;
  const message =
    `${href} was not asked for: the last ${failures} visits of ${host} failed (${how}), so it is ` +
    `given ${Math.round(pauseMs / 1000)} s of rest; crawl again when it is well`;
  const code = last.status === null ? 'unreachable' : 'http_status';
  return { ...failure(code, message, last.retryable), status: last.status };
}
