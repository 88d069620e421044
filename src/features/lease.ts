import { AppError, toAppError } from '#domain/errors.ts';
import type { Clock } from '#ports/system.ts';
import type { LeaseRegistry } from '#ports/view-registry.ts';

export type LeaseDeps = { readonly leases: LeaseRegistry; readonly clock: Clock };

/** A lease lives this long after its last heartbeat. */
const LEASE_MS = 6_000;
const HEARTBEAT_MS = 1_500;
/**
 * A database that does not answer keeps others out as well. Whoever has waited this long for it gives
 * up; before that it goes on, unless somebody else is seen to have the lease.
 */
const AWAY_MS_MAX = 120_000;

/**
 * Runs `work` as the only writer of `name`. The lease is renewed until the work ends; when somebody
 * else took it, or the database is away for two minutes, the signal given to the work aborts. A holder that was killed no longer renews its lease:
 * it is waited for. Rejects with `lease_held` as soon as another holder is seen to be alive.
 */
export async function withLease<T>(
  deps: LeaseDeps,
  lease: { readonly name: string; readonly holder: string },
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  await acquire(deps, lease, signal);
  const lost = new AbortController();
  const heart = new AbortController();
  const beating = beat(deps, lease, heart.signal).catch((thrown: unknown) => {
    if (!heart.signal.aborted) lost.abort(thrown);
  });
  try {
    return await work(AbortSignal.any([signal, lost.signal]));
  } catch (thrown) {
    throw lost.signal.aborted ? toAppError(lost.signal.reason) : thrown;
  } finally {
    heart.abort();
    await beating;
    // A lease that cannot be given up, since the database is away, ends by itself.
    await deps.leases.release(lease.name, lease.holder).catch(() => undefined);
  }
}

type Lease = { readonly name: string; readonly holder: string };

const take = ({ leases, clock }: LeaseDeps, lease: Lease): Promise<void> => {
  const now = clock.now();
  const expiresAt = new Date(Date.parse(now) + LEASE_MS).toISOString();
  return leases.acquire({ ...lease, now, expiresAt });
};

async function acquire(deps: LeaseDeps, lease: Lease, signal: AbortSignal): Promise<void> {
  const seen = new Set<string>();
  for (;;) {
    try {
      return await take(deps, lease);
    } catch (thrown) {
      if (!(thrown instanceof AppError && thrown.code === 'lease_held')) throw thrown;
      const row = (await deps.leases.list()).find(({ name }) => name === lease.name);
      if (row !== undefined) seen.add(`${row.holder} ${row.expiresAt}`);
      // Two different rows while we waited: somebody is at work.
      if (seen.size > 1) throw thrown;
      await deps.clock.sleep(HEARTBEAT_MS / 3, signal);
    }
  }
}

async function beat(deps: LeaseDeps, lease: Lease, signal: AbortSignal): Promise<void> {
  let renewedMs = deps.clock.monotonicMs();
  let tookMs = 0;
  while (!signal.aborted) {
    // One that was kept waiting is nearly over when it comes: the next follows at once.
    if (tookMs < HEARTBEAT_MS) await deps.clock.sleep(HEARTBEAT_MS, signal);
    const askedMs = deps.clock.monotonicMs();
    try {
      await take(deps, lease);
      renewedMs = deps.clock.monotonicMs();
      tookMs = renewedMs - askedMs;
    } catch (thrown) {
      const error = toAppError(thrown);
      const taken = error.code === 'lease_held' || !error.retryable;
      if (taken || deps.clock.monotonicMs() - renewedMs >= AWAY_MS_MAX) throw error;
      tookMs = 0;
    }
  }
}
