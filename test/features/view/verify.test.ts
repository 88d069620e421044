import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#domain/errors.ts';
import type { FeatureDeps } from '#features/deps.ts';
import { makeReady } from '#features/view/make-ready.ts';
import { type Verification, verify } from '#features/view/verify.ts';
import { rejection } from '../../fakes/collect.ts';
import { type Bed, openBed, text } from './bed.ts';
import { DAMAGES, points, publishTwo } from './damage.ts';

const signal = new AbortController().signal;
let bed: Bed;
beforeAll(async () => {
  bed = await openBed();
});
afterAll(() => bed.end());
beforeEach(async () => {
  await bed.reset();
  await publishTwo(bed);
});

const run = async (deps: FeatureDeps = bed.deps, repair = false): Promise<Verification> =>
  verify(deps, { view: await bed.view(), repair }, () => undefined, signal);
const failedOf = ({ checks }: Verification) =>
  checks.filter(({ passed }) => !passed).map(({ name }) => name);
const detailOf = ({ checks }: Verification, name: string) =>
  checks.find((check) => check.name === name)?.detail ?? '';
const lastRun = () => bed.deps.registry.runs.last('view:posts@v1');

describe('verify', () => {
  it('passes a view that is as it should be, and says what it compared', async () => {
    const before = await points(bed);
    const found = await run();
    expect(found).toMatchObject({ viewId: 'posts@v1', epoch: 2, passed: true, repaired: null });
    expect(found.checks.map(({ name }) => name)).toEqual([
      'embedder',
      'members',
      'count',
      'vectors',
      'recall',
    ]);
    expect(detailOf(found, 'members')).toContain(
      '6 points compared: 0 missing, 0 too many, 0 with',
    );
    expect(detailOf(found, 'count')).toContain('posts@v1#2 has 5 chunks, and the index shows 5');
    expect(detailOf(found, 'vectors')).toContain('5 of 5');
    expect(detailOf(found, 'recall')).toContain('1.000 of 5 sampled searches');
    expect(await points(bed)).toEqual(before);
    expect(await lastRun()).toMatchObject({
      kind: 'verify',
      status: 'done',
      counts: { checks: 5, failed: 0 },
    });
    expect(await bed.deps.registry.leases.list()).toEqual([]);
  });

  it('passes a view of which nothing is published, without a sample', async () => {
    await bed.reset();
    await bed.deps.index.ensure(await bed.view(), signal);
    const found = await run();
    expect(found).toMatchObject({ epoch: 0, passed: true });
    expect(found.checks.map(({ name }) => name)).toEqual(['embedder', 'members', 'count']);
  });

  it.each(DAMAGES)('finds $name by $fails', async ({ damage, fails, says }) => {
    await damage(bed);
    const found = await run();
    expect(failedOf(found)).toEqual(fails);
    expect(found.passed).toBe(false);
    expect(detailOf(found, fails[0] ?? '')).toContain(says);
    // Nothing was mended that nobody asked to mend.
    expect(failedOf(await run())).toEqual(fails);
    expect(await lastRun()).toMatchObject({ status: 'done', counts: { failed: fails.length } });
  });

  it('finds that the embedder’s vectors changed, and compares no vector then', async () => {
    await run();
    bed.words.weights = 'other';
    const found = await run();
    expect(failedOf(found)).toEqual(['embedder']);
    expect(detailOf(found, 'embedder')).toContain((await bed.view()).fingerprint);
    expect(found.checks.map(({ name }) => name)).toEqual(['embedder', 'members', 'count']);
    // From now on nothing is written by it, until it is what it was.
    await bed.record('c', text('petrels'));
    expect(await rejection(bed.publish())).toMatchObject({ code: 'embedding_space_mismatch' });
    bed.words.weights = '';
    expect((await run()).passed).toBe(true);
    expect((await bed.publish()).epoch?.number).toBe(3);
  });

  it('finds that the usual search misses what the exact one finds', async () => {
    const { index } = bed.deps;
    const search: typeof index.search = async (view, query, abort) => {
      const found = await index.search(view, query, abort);
      return query.exact === true ? found : { ...found, dense: found.dense.slice(2) };
    };
    const poor = { ...bed.deps, index: { ...index, search } };
    const found = await run(poor);
    expect(failedOf(found)).toEqual(['recall']);
    expect(detailOf(found, 'recall')).toContain('recall@10 0.600');
    // Writing points again does not make a search better.
    expect(failedOf(await run(poor, true))).toEqual(['recall']);
    expect((await run()).passed).toBe(true);
  });

  it('takes scores that are equal for as good as one another', async () => {
    await bed.reset();
    const same = Array.from({ length: 15 }, () => text('terns')).join('\n\n');
    await bed.record('a', same);
    await bed.publish();
    const { index } = bed.deps;
    const search: typeof index.search = async (view, query, abort) => {
      if (query.exact === true) return index.search(view, query, abort);
      const found = await index.search(view, { ...query, limit: 100 }, abort);
      return { ...found, dense: found.dense.slice(5, 15) };
    };
    const found = await run({ ...bed.deps, index: { ...index, search } });
    expect(detailOf(found, 'recall')).toContain('recall@10 1.000 of 15');
  });

  it('rejects, and finds nothing wanting, when the index is away', async () => {
    const count = async () => {
      throw new AppError('upstream_unavailable', 'the index is away', { retryable: true });
    };
    const away = { ...bed.deps, index: { ...bed.deps.index, count } };
    expect(await rejection(run(away))).toMatchObject({ code: 'upstream_unavailable' });
    expect(await lastRun()).toMatchObject({ status: 'failed' });
    expect(await bed.deps.registry.leases.list()).toEqual([]);
  });

  it('does not hold against a view what a publishing has not written yet', async () => {
    const cut = async () => {
      throw new AppError('internal', 'cut');
    };
    const { index } = bed.deps;
    const unsealed = { ...bed.deps, index: { ...index, seal: cut } };
    const unwritten = { ...bed.deps, index: { ...index, upsert: cut } };
    await bed.record('c', text('petrels'));
    await bed.close('b');
    await rejection(bed.publish(unwritten));
    const found = await run();
    expect(found.passed).toBe(true);
    expect(detailOf(found, 'members')).toMatch(/[1-9] not written yet/);
    await rejection(bed.publish(unsealed));
    expect(await run()).toMatchObject({ passed: true, epoch: 2 });
    // What was begun and taken back before it was written is not missed either.
    await bed.record('d', text('fulmars'));
    await rejection(bed.publish(unwritten));
    await bed.close('d');
    expect((await bed.publish()).epoch?.number).toBe(3);
    expect(await run()).toMatchObject({ passed: true, epoch: 3 });
  });

  it('knows nothing of a dropped view', async () => {
    const view = await bed.view();
    await bed.deps.registry.views.drop(view.id, '2026-03-01T00:00:00.000Z');
    const asked = verify(bed.deps, { view, repair: true }, () => undefined, signal);
    expect(await rejection(asked)).toMatchObject({ code: 'not_found' });
  });

  it('is left by whoever aborts', async () => {
    const stop = new AbortController();
    const view = await bed.view();
    const asked = verify(bed.deps, { view, repair: false }, () => stop.abort(), stop.signal);
    expect(await rejection(asked)).toMatchObject({ code: 'cancelled' });
    expect(await lastRun()).toMatchObject({ status: 'cancelled' });
  });
});

describe('makeReady', () => {
  const ready = () => makeReady(bed.deps, 'posts@v1', () => undefined, signal);

  it('verifies a published view once, and no pairing may name it before', async () => {
    expect((await bed.view()).readyAt).toBeNull();
    const view = await ready();
    expect(view.readyAt).not.toBeNull();
    bed.words.failure = new Error('not asked again');
    expect(await ready()).toEqual(view);
  });

  it('leaves a view alone of which nothing is published', async () => {
    await bed.reset();
    await bed.view();
    expect((await ready()).readyAt).toBeNull();
    expect(await lastRun()).toBeNull();
  });

  it.each(DAMAGES)('refuses a view with $name', async ({ damage, says }) => {
    await damage(bed);
    const failure = await rejection(ready());
    expect(failure).toMatchObject({ code: 'index_mismatch' });
    expect(String(failure)).toContain(says);
    expect(String(failure)).toContain('lockstep view verify posts@v1 --repair');
    expect((await bed.view()).readyAt).toBeNull();
  });

  it('refuses a view whose embedder changed, which no repair mends', async () => {
    bed.words.weights = 'other';
    await bed.deps.embedders.check(await bed.view(), signal).catch(() => undefined);
    const failure = await rejection(ready());
    expect(failure).toMatchObject({ code: 'embedding_space_mismatch' });
    expect(String(failure)).not.toContain('--repair');
  });
});
