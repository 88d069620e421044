import { describe, expect, it } from 'vitest';
import { allOf, idOf, load, point, signal, terms } from '../../contracts/feature-index/points.ts';
import type { Fault } from '../../fakes/qdrant-answers.ts';
import { calls, hybrid, view } from './calls.ts';
import { indexAt } from './index-at.ts';
import { countOf, inWords, useServer } from './using-server.ts';

const away = { name: 'AppError', code: 'upstream_unavailable', retryable: true };

describe('qdrant, when the server', () => {
  const { server, index } = useServer();

  it('is away, says that it may come back', async () => {
    const { url } = server();
    await server().close();
    const gone = indexAt(url, { limits: { retriesMax: 1 } });
    const all = { check: () => gone.check(signal), ensure: () => gone.ensure(view, signal) };
    for (const call of Object.values({ ...all, ...calls(gone) })) {
      await expect(call()).rejects.toMatchObject({
        ...away,
        message: expect.stringMatching(/cannot be reached.*ECONNREFUSED/),
      });
    }
  });

  it('goes away in between, says so at every call', async () => {
    const mine = index({ limits: { retriesMax: 0 } });
    await mine.ensure(view, signal);
    await load(mine, view, [point('a')]);
    await server().close();
    for (const call of Object.values(calls(mine))) await expect(call()).rejects.toMatchObject(away);
  });

  const passing: readonly (readonly [string, readonly Fault[]])[] = [
    ['is overloaded for a moment', [{ status: 503 }, { status: 500 }, { status: 502, body: '' }]],
    ['asks for patience', [{ status: 429, headers: { 'retry-after': '2' } }]],
    [
      'asks for it in words that its client cannot read',
      [{ status: 429, headers: { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' } }],
    ],
    ['asks for it without saying how long', [{ status: 429 }]],
    ['times out by itself', [{ status: 408 }]],
    ['tears connections', ['tear', 'tear']],
    ['tears a connection when the work is done', ['tear after']],
    ['answers with something else once', [{ status: 200, body: '<html>' }, { status: 200 }]],
  ];
  it.each(passing)('%s, is asked again', async (_, faults) => {
    const mine = index();
    await mine.ensure(view, signal);
    await load(mine, view, [point('a', { sparse: terms([1, 1]) }), point('b')]);
    for (const [name, call] of Object.entries(calls(mine))) {
      server().fail(/\/collections\/failing_v1/, ...faults);
      const before = server().requests.length;
      await expect(call(), name).resolves.not.toThrow();
      expect(server().requests.length - before).toBeGreaterThan(faults.length);
    }
    await mine.upsert(view, [point('a'), point('b')], signal);
    expect(await mine.count(view, 1, signal)).toBe(2);
  });

  it('stays overloaded, is asked five times and given up', async () => {
    const mine = index();
    await mine.ensure(view, signal);
    const faults = Array.from({ length: 9 }, () => ({ status: 500 }));
    server().fail(/points\/query/, ...faults);
    await expect(mine.search(view, hybrid, signal)).rejects.toMatchObject({
      ...away,
      message: expect.stringContaining('500'),
    });
    expect(countOf(server(), /points\/query/)).toBe(5);
  });

  it('says nothing, is given up after the time it has', async () => {
    const mine = index({ limits: { timeoutMs: 60, retriesMax: 2 } });
    await mine.ensure(view, signal);
    server().fail(/points\/query/, 'silence', 'silence', 'silence');
    await expect(mine.search(view, hybrid, signal)).rejects.toMatchObject({
      ...away,
      message: expect.stringContaining('did not answer in time'),
    });
    expect(countOf(server(), /points\/query/)).toBe(3);
  });

  it('says nothing, is left alone when the caller leaves', async () => {
    const mine = index();
    await mine.ensure(view, signal);
    for (const call of ['search', 'upsert', 'count'] as const) {
      server().fail(/points/, 'silence');
      const controller = new AbortController();
      const reason = new Error('left');
      const points = [point('a')];
      const working = {
        search: () => mine.search(view, hybrid, controller.signal),
        upsert: () => mine.upsert(view, points, controller.signal),
        count: () => mine.count(view, 1, controller.signal),
      }[call]();
      setTimeout(() => controller.abort(reason), 20);
      await expect(working).rejects.toBe(reason);
    }
  });

  it('waits no longer than the caller between attempts', async () => {
    const controller = new AbortController();
    const slow = indexAt(server().url, {
      clock: {
        monotonicMs: () => 0,
        sleep: (_ms, given) =>
          new Promise((_, reject) => {
            given.addEventListener('abort', () => reject(given.reason));
            controller.abort();
          }),
      },
    });
    await slow.ensure(view, signal);
    server().fail(/points/, { status: 500 });
    await expect(slow.count(view, 1, controller.signal)).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  it.each([
    ['500', { status: 500, body: inWords('Service internal error: No space left on device: WAL') }],
    ['507', { status: 507, body: inWords('Insufficient storage: quota of the node') }],
  ])('has no room left (%s), says so without asking again', async (_, fault) => {
    const mine = index();
    await mine.ensure(view, signal);
    server().fail(/PUT .*points/, fault);
    await expect(mine.upsert(view, [point('a')], signal)).rejects.toMatchObject({
      ...away,
      message: expect.stringMatching(/has no room left.*vacuum/),
    });
    expect(countOf(server(), /PUT .*points/)).toBe(1);
  });

  it('is locked by its operator, is asked again, and no key is blamed', async () => {
    const mine = index();
    await mine.ensure(view, signal);
    const body = inWords('Storage locked: moving to another disk');
    server().fail(/PUT .*points/, { status: 403, body });
    await mine.upsert(view, [point('a')], signal);
    server().fail(/PUT .*points/, ...Array.from({ length: 5 }, () => ({ status: 403, body })));
    await expect(mine.upsert(view, [point('a')], signal)).rejects.toMatchObject({
      ...away,
      message: expect.stringContaining('moving to another disk'),
    });
  });

  it('refuses a request, is quoted and not asked again', async () => {
    const mine = index();
    await mine.ensure(view, signal);
    server().fail(/points\/count/, { status: 400, body: inWords('Bad request: strict mode') });
    await expect(mine.count(view, 1, signal)).rejects.toMatchObject({
      code: 'upstream_rejected',
      retryable: false,
      message: expect.stringContaining('Bad request: strict mode'),
    });
    expect(countOf(server(), /points\/count/)).toBe(1);
  });

  it('has lost the collection, says how to mend it', async () => {
    const mine = index();
    await mine.ensure(view, signal);
    await load(mine, view, [point('a')]);
    server().lose(view.collection);
    for (const call of Object.values(calls(mine))) {
      await expect(call()).rejects.toMatchObject({
        code: 'index_mismatch',
        retryable: false,
        message: expect.stringMatching(/failing_v1.*lockstep view verify failing@v1 --repair/),
      });
    }
    await mine.drop(view, signal);
  });

  it('has half of the points, counts and scans just those', async () => {
    const mine = index();
    await mine.ensure(view, signal);
    const points = Array.from({ length: 10 }, (_, n) => point(`half ${n}`));
    await load(mine, view, points);
    const held = server().collections.get(view.collection)?.points;
    for (const { member } of points.slice(0, 4)) held?.delete(member.id);
    held?.get(idOf('half 5'))?.vectors.delete('dense');
    expect(await mine.count(view, 1, signal)).toBe(5);
    expect(await allOf(mine.scan(view, signal))).toHaveLength(6);
    const ids = points.map(({ member }) => member.id);
    expect((await mine.vectors(view, ids, signal)).size).toBe(5);
    expect(await mine.fetch(view, ids, signal)).toHaveLength(6);
  });

  it('has points that are not ours, names the first', async () => {
    const mine = index();
    await mine.ensure(view, signal);
    await load(mine, view, [point('a')]);
    const held = server().collections.get(view.collection)?.points.get(idOf('a'));
    if (held !== undefined) held.payload = { from: 1, to: 'later', text: 7 };
    const mismatch = {
      code: 'index_mismatch',
      message: expect.stringMatching(new RegExp(`${idOf('a')}.*--repair`)),
    };
    await expect(mine.fetch(view, [idOf('a')], signal)).rejects.toMatchObject(mismatch);
    await expect(allOf(mine.scan(view, signal))).rejects.toMatchObject(mismatch);
  });

  it('cannot index, is quoted when the epoch is sealed', async () => {
    const mine = index();
    await mine.ensure(view, signal);
    server().optimise({ error: 'No space left on device' });
    await expect(mine.seal(view, 1, signal)).rejects.toMatchObject({
      ...away,
      message: expect.stringContaining('No space left on device'),
    });
    server().optimise('red');
    await expect(mine.seal(view, 1, signal)).rejects.toMatchObject(away);
  });
});
