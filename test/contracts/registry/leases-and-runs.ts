import { expect, it } from 'vitest';
import type { RunEnd } from '#domain/run.ts';
import type { Registry } from '#ports/registry.ts';
import { outcomes, refusal } from './bed.ts';
import { at, uuid } from './make.ts';

export function leaseAndRunCases(registry: () => Registry): void {
  const acquire = (holder: string, now: number, expires: number, name = 'view:posts@v1') =>
    registry().leases.acquire({ name, holder, now: at(now), expiresAt: at(expires) });

  it('gives a lease to one holder, who may renew it', async () => {
    await acquire('anna', 0, 10);
    await acquire('anna', 5, 15);
    const message = await refusal(acquire('ben', 14, 30), 'lease_held');
    expect(message).toContain('anna');
    expect(message).toContain(at(15));
    await acquire('ben', 0, 10, 'view:notes@v1');
    expect(await registry().leases.list()).toEqual([
      { name: 'view:notes@v1', holder: 'ben', expiresAt: at(10) },
      { name: 'view:posts@v1', holder: 'anna', expiresAt: at(15) },
    ]);
  });

  it('lets another holder take a lease over from the moment it expires', async () => {
    await acquire('anna', 0, 10);
    await acquire('ben', 10, 20);
    await refusal(acquire('anna', 11, 30), 'lease_held');
    expect(await registry().leases.list()).toMatchObject([{ holder: 'ben', expiresAt: at(20) }]);
  });

  it('lets a holder give up its own lease only', async () => {
    await acquire('anna', 0, 10);
    await registry().leases.release('view:posts@v1', 'ben');
    await refusal(acquire('ben', 1, 10), 'lease_held');
    await registry().leases.release('view:posts@v1', 'anna');
    await registry().leases.release('view:posts@v1', 'anna');
    await acquire('ben', 1, 10);
  });

  it('gives a free or expired lease to exactly one of many who ask at once', async () => {
    const holders = ['a', 'b', 'c', 'd', 'e', 'f'];
    const ask = (now: number) => outcomes(holders.map((holder) => acquire(holder, now, now + 10)));
    expect(await ask(0)).toEqual({ done: 1, lease_held: 5 });
    const [first] = await registry().leases.list();
    expect(await ask(5)).toEqual({ done: 1, lease_held: 5 });
    expect((await registry().leases.list())[0]?.holder).toBe(first?.holder);
    await acquire('z', 15, 20);
    expect(await ask(20)).toEqual({ done: 1, lease_held: 5 });
  });

  const start = (id: string, subject: string, second: number) =>
    registry().runs.start({ id: uuid(id), kind: 'publish', subject, at: at(second) });

  it('starts and ends a run', async () => {
    const { runs } = registry();
    await start('r1', 'view:posts@v1', 1);
    const running = {
      id: uuid('r1'),
      kind: 'publish',
      subject: 'view:posts@v1',
      status: 'running',
      startedAt: at(1),
      endedAt: null,
      counts: {},
      produced: [],
      error: null,
    };
    expect(await runs.list(10)).toEqual([running]);
    const end: RunEnd = {
      status: 'done',
      counts: { added: 3 },
      produced: ['posts@v1#1'],
      error: null,
    };
    await runs.end(uuid('r1'), end, at(2));
    expect(await runs.list(10)).toEqual([{ ...running, ...end, endedAt: at(2) }]);
  });

  it('refuses a run id that is taken', async () => {
    await start('r1', 'a', 1);
    await refusal(start('r1', 'b', 2), 'already_exists');
  });

  it('abandons the running runs of one subject', async () => {
    const { runs } = registry();
    await start('r1', 'blog', 1);
    await start('r2', 'blog', 2);
    await start('r3', 'news', 3);
    const done: RunEnd = { status: 'cancelled', counts: {}, produced: [], error: 'stopped' };
    await runs.end(uuid('r2'), done, at(4));
    expect(await runs.abandon('blog', at(5))).toBe(1);
    expect(await runs.abandon('blog', at(6))).toBe(0);
    const statuses = (await runs.list(10)).map(({ status, endedAt }) => [status, endedAt]);
    expect(statuses).toEqual([
      ['running', null],
      ['cancelled', at(4)],
      ['failed', at(5)],
    ]);
  });

  it('lists the newest runs first', async () => {
    for (const second of [2, 3, 1]) await start(`r${second}`, 'blog', second);
    const ids = (await registry().runs.list(2)).map(({ id }) => id);
    expect(ids).toEqual([uuid('r3'), uuid('r2')]);
  });

  it('gives the newest run of a subject, whatever became of it', async () => {
    const { runs } = registry();
    expect(await runs.last('blog')).toBeNull();
    await start('r2', 'blog', 2);
    await start('r1', 'blog', 1);
    await start('r3', 'news', 3);
    expect(await runs.last('blog')).toMatchObject({ id: uuid('r2'), status: 'running' });
    await runs.abandon('blog', at(4));
    expect(await runs.last('blog')).toMatchObject({ id: uuid('r2'), status: 'failed' });
    expect(await runs.last('nobody')).toBeNull();
  });

  it('names one and the same run the newest of several that began at once', async () => {
    const { runs } = registry();
    for (const id of ['r1', 'r2', 'r3', 'r4']) await start(id, 'blog', 1);
    const [first] = await runs.list(1);
    expect(first).toEqual(await runs.last('blog'));
  });

  it('takes an ended run up again, with its counts, and ends it once more', async () => {
    const { runs } = registry();
    await start('r1', 'blog', 1);
    const counts = { requests: 3, 'rejected.gone': 1 };
    const stopped: RunEnd = { status: 'cancelled', counts, produced: ['x'], error: 'stopped' };
    await runs.end(uuid('r1'), stopped, at(2));
    await runs.reopen(uuid('r1'));
    expect(await runs.last('blog')).toEqual({
      id: uuid('r1'),
      kind: 'publish',
      subject: 'blog',
      status: 'running',
      startedAt: at(1),
      endedAt: null,
      counts,
      produced: ['x'],
      error: null,
    });
    expect(await runs.abandon('blog', at(3))).toBe(1);
    await runs.reopen(uuid('r1'));
    const done: RunEnd = { status: 'done', counts: { requests: 9 }, produced: [], error: null };
    await runs.end(uuid('r1'), done, at(4));
    expect(await runs.last('blog')).toMatchObject({ ...done, startedAt: at(1), endedAt: at(4) });
  });

  it('cannot take up a run that is not there', async () => {
    for (const id of [uuid('nobody'), 'no-run']) {
      expect(await refusal(registry().runs.reopen(id), 'not_found')).toContain(id);
    }
  });
}
