import { describe, expect, it } from 'vitest';
import { AppError } from '#domain/errors.ts';
import { withLease } from '#features/lease.ts';
import type { LeaseRegistry } from '#ports/view-registry.ts';
import { createFakeClock } from '../fakes/clock.ts';

type Row = { holder: string; expiresAt: string };

function createLeases(): LeaseRegistry & { rows: Map<string, Row>; away: boolean } {
  const rows = new Map<string, Row>();
  const registry = {
    rows,
    away: false,
    acquire: async ({ name, holder, now, expiresAt }: Parameters<LeaseRegistry['acquire']>[0]) => {
      if (registry.away) {
        throw new AppError('database_unavailable', 'the database is away', { retryable: true });
      }
      const row = rows.get(name);
      if (row !== undefined && row.holder !== holder && row.expiresAt > now) {
        throw new AppError('lease_held', `${name} is held by ${row.holder}`, { retryable: true });
      }
      rows.set(name, { holder, expiresAt });
    },
    release: async (name: string, holder: string) => {
      if (rows.get(name)?.holder === holder) rows.delete(name);
    },
    list: async () => [...rows].map(([name, row]) => ({ name, ...row })),
  };
  return registry;
}

const never = new AbortController().signal;
const lease = { name: 'view:posts@v1', holder: 'me' };

describe('withLease', () => {
  it('holds the lease while the work runs, renews it, and gives it up after', async () => {
    const [leases, clock] = [createLeases(), createFakeClock()];
    const gate = Promise.withResolvers<string>();
    const work = withLease({ leases, clock }, lease, never, () => gate.promise);
    await clock.whenSleeping(() => true);
    const first = leases.rows.get(lease.name)?.expiresAt ?? '';
    await clock.advance(5_000);
    expect(leases.rows.get(lease.name)?.expiresAt).toSatisfy((at: string) => at > first);
    gate.resolve('done');
    expect(await work).toBe('done');
    expect(leases.rows.size).toBe(0);
    expect(clock.sleeping()).toBe(0);
  });

  it('gives the lease up when the work fails, and fails with its error', async () => {
    const [leases, clock] = [createLeases(), createFakeClock()];
    const work = withLease({ leases, clock }, lease, never, async () => {
      throw new AppError('malformed', 'broken');
    });
    await expect(work).rejects.toMatchObject({ code: 'malformed' });
    expect(leases.rows.size).toBe(0);
  });

  it('waits for a holder that was killed, and takes over when its lease ends', async () => {
    const [leases, clock] = [createLeases(), createFakeClock({ mode: 'auto' })];
    const expiresAt = new Date(Date.parse(clock.now()) + 6_000).toISOString();
    leases.rows.set(lease.name, { holder: 'dead', expiresAt });
    expect(await withLease({ leases, clock }, lease, never, async () => 'mine')).toBe('mine');
    expect(clock.now() >= expiresAt).toBe(true);
  });

  it('refuses as soon as the other holder is seen to be alive', async () => {
    const [leases, clock] = [createLeases(), createFakeClock()];
    const gate = Promise.withResolvers<void>();
    const first = withLease({ leases, clock }, lease, never, () => gate.promise);
    const second = withLease({ leases, clock }, { ...lease, holder: 'you' }, never, async () => 1);
    const outcome = expect(second).rejects.toMatchObject({ code: 'lease_held' });
    await clock.whenSleeping(() => true);
    for (let beat = 0; beat < 8; beat += 1) await clock.advance(500);
    await outcome;
    gate.resolve();
    await first;
  });

  it('stops the work when another holder took the lease', async () => {
    const [leases, clock] = [createLeases(), createFakeClock()];
    const work = withLease({ leases, clock }, lease, never, (signal) => {
      const lost = Promise.withResolvers<void>();
      signal.addEventListener('abort', () => lost.reject(signal.reason));
      return lost.promise;
    });
    const outcome = expect(work).rejects.toMatchObject({ code: 'lease_held' });
    await clock.whenSleeping(() => true);
    leases.rows.set(lease.name, { holder: 'thief', expiresAt: '2099-01-01T00:00:00.000Z' });
    await clock.advance(2_000);
    await outcome;
    expect(leases.rows.get(lease.name)?.holder).toBe('thief');
  });

  it('goes on while the database is away, which keeps others out as well, and stops at last', async () => {
    const [leases, clock] = [createLeases(), createFakeClock()];
    const work = withLease({ leases, clock }, lease, never, (signal) => {
      const lost = Promise.withResolvers<void>();
      signal.addEventListener('abort', () => lost.reject(signal.reason));
      return lost.promise;
    });
    const outcome = expect(work).rejects.toMatchObject({ code: 'database_unavailable' });
    await clock.whenSleeping(() => true);
    leases.away = true;
    for (let at = 0; at < 100; at += 1.5) await clock.advance(1_500);
    leases.away = false;
    await clock.advance(1_500);
    const { expiresAt } = leases.rows.get(lease.name) ?? { expiresAt: '' };
    expect(expiresAt > clock.now()).toBe(true);
    leases.away = true;
    for (let at = 0; at < 125; at += 1.5) await clock.advance(1_500);
    await outcome;
  });

  it('renews at once after a heartbeat that was kept waiting', async () => {
    const [leases, clock] = [createLeases(), createFakeClock()];
    const gate = Promise.withResolvers<string>();
    const { acquire } = leases;
    const slow = Promise.withResolvers<void>();
    let calls = 0;
    leases.acquire = async (request) => {
      calls += 1;
      if (calls === 2) await slow.promise;
      return acquire(request);
    };
    const work = withLease({ leases, clock }, lease, never, () => gate.promise);
    await clock.whenSleeping(() => true);
    await clock.advance(1_500);
    await clock.advance(20_000);
    slow.resolve();
    await clock.whenSleeping(() => true);
    expect(calls).toBe(3);
    const { expiresAt } = leases.rows.get(lease.name) ?? { expiresAt: '' };
    expect(expiresAt > clock.now()).toBe(true);
    gate.resolve('done');
    expect(await work).toBe('done');
  });

  it('survives a database that is away for less than the lease lasts', async () => {
    const [leases, clock] = [createLeases(), createFakeClock()];
    const gate = Promise.withResolvers<string>();
    const work = withLease({ leases, clock }, lease, never, () => gate.promise);
    await clock.whenSleeping(() => true);
    leases.away = true;
    await clock.advance(3_000);
    leases.away = false;
    await clock.advance(3_000);
    gate.resolve('done');
    expect(await work).toBe('done');
  });

  it('stops waiting when it is aborted', async () => {
    const [leases, clock] = [createLeases(), createFakeClock()];
    leases.rows.set(lease.name, { holder: 'other', expiresAt: '2099-01-01T00:00:00.000Z' });
    const stop = new AbortController();
    const work = withLease({ leases, clock }, lease, stop.signal, async () => 1);
    const outcome = expect(work).rejects.toThrow('enough');
    await clock.whenSleeping(() => true);
    stop.abort(new Error('enough'));
    await outcome;
  });
});
