import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { STORAGE_DEFAULTS } from '#domain/feature-view.ts';
import type { FeatureDeps } from '#features/deps.ts';
import { makeReady } from '#features/view/make-ready.ts';
import { planReembed, type ReembedRequest, reembed } from '#features/view/reembed.ts';
import { rejection } from '../../fakes/collect.ts';
import { type Bed, openBed, SETTINGS, text } from './bed.ts';
import { points } from './damage.ts';

const signal = new AbortController().signal;
let bed: Bed;
beforeAll(async () => {
  bed = await openBed();
});
afterAll(() => bed.end());
beforeEach(async () => {
  await bed.reset();
  await bed.record('a', text('terns', 'gulls'));
  await bed.record('b', text('puffins'));
  await bed.publish();
  await makeReady(bed.deps, 'posts@v1', () => undefined, signal);
});

const BY_OTHERS = { embedder: 'static:others' };

const planned = (changes: ReembedRequest['changes'], deps: FeatureDeps = bed.deps) =>
  planReembed(deps, { settings: SETTINGS, changes }, signal);
async function run(changes: ReembedRequest['changes'], deps: FeatureDeps = bed.deps) {
  const request = { settings: SETTINGS, changes };
  const plan = await planReembed(deps, request, signal);
  return reembed(deps, { request, plan }, () => undefined, signal);
}
const viewsNow = async () =>
  (await bed.deps.registry.views.list()).map(({ id, readyAt }) => `${id} ${readyAt !== null}`);

/** Something that happens whenever an epoch was published. */
function onPublished(happen: (viewId: string, epoch: number) => Promise<unknown>): FeatureDeps {
  const { registry } = bed.deps;
  const publish: typeof registry.views.publish = async (request) => {
    const epoch = await registry.views.publish(request);
    await happen(request.viewId, request.epoch);
    return epoch;
  };
  return { ...bed.deps, registry: { ...registry, views: { ...registry.views, publish } } };
}

describe('planReembed', () => {
  it('says what would be built, and changes nothing', async () => {
    const plan = await planned(BY_OTHERS);
    expect(plan).toMatchObject({
      base: { id: 'posts@v1' },
      known: null,
      embedder: 'static:others',
      spec: { dense: { model: 'others', dimension: 16 }, chunker: { tokensMax: 40 } },
      estimate: { documents: 2, done: 0, chunks: 3, isPaid: false, dollars: 0 },
    });
    expect(await viewsNow()).toEqual(['posts@v1 true']);
  });

  it('keeps of the newest ready view what is not changed', async () => {
    await run({ ...BY_OTHERS, sparse: { k1: 1.5 }, storage: { quantisation: 'int8' } });
    const { base, spec } = await planned({ chunker: { overlapTokens: 8 }, sparse: { b: 0.6 } });
    expect(base?.id).toBe('posts@v2');
    expect(spec).toMatchObject({
      dense: { model: 'others' },
      chunker: { tokensMax: 40, overlapTokens: 8 },
      sparse: { k1: 1.5, b: 0.6 },
      storage: { ...STORAGE_DEFAULTS, quantisation: 'int8' },
    });
    expect((await planned({})).known?.id).toBe('posts@v2');
    expect((await planned({ storage: { quantisation: 'none' } })).known).toBeNull();
  });

  it('follows the settings where there is no view', async () => {
    await bed.reset();
    const plan = await planned({ chunker: { tokensMax: 50 } });
    expect(plan).toMatchObject({ base: null, known: null, embedder: 'static:words' });
    expect(plan.spec.chunker).toEqual(expect.objectContaining({ tokensMax: 50 }));
    expect(plan.spec).not.toHaveProperty('storage');
  });

  it('tells the price, known or not, of what it has not paid for yet', async () => {
    const { estimate } = await planned({ embedder: 'openai:paid' });
    expect(estimate).toMatchObject({ isPaid: true, seconds: null, chunks: 3 });
    expect(estimate.dollars).toBeCloseTo((20 * estimate.tokens) / 1e6);
    expect(bed.paid.texts.filter((one) => one.includes('About'))).toEqual([]);
  });

  it('refuses an embedder that cannot be had', async () => {
    const refused = await rejection(planned({ embedder: 'static:nowhere' }));
    expect(refused).toMatchObject({ code: 'invalid_config' });
    expect(await viewsNow()).toEqual(['posts@v1 true']);
  });
});

describe('reembed', () => {
  it('builds the next version beside the live one, from what is stored', async () => {
    const before = await points(bed);
    const shown = await bed.seen('posts@v1');
    const asked = bed.world.requests().length;
    const { view, publishes, verification } = await run(BY_OTHERS);
    expect(view).toMatchObject({ id: 'posts@v2', embedder: 'static:others', publishedEpoch: 1 });
    expect(publishes.map(({ epoch }) => epoch?.number)).toEqual([1]);
    expect(verification.passed).toBe(true);
    expect(await viewsNow()).toEqual(['posts@v1 true', 'posts@v2 true']);
    expect(await bed.seen('posts@v2')).toEqual(shown);
    expect((await points(bed, 'posts@v2')).map(({ dense }) => dense?.length)).toEqual([16, 16, 16]);
    expect(await points(bed)).toEqual(before);
    expect(bed.world.requests()).toHaveLength(asked);
  });

  it('stands for the settings from then on, so that crawls publish into it', async () => {
    await run(BY_OTHERS);
    await bed.record('c', text('petrels'));
    expect(await bed.publish()).toMatchObject({ viewId: 'posts@v2', epoch: { number: 2 } });
    expect((await bed.deps.registry.views.get('posts')).id).toBe('posts@v2');
  });

  it('catches up with what crawls record and publish meanwhile', async () => {
    let rounds = 0;
    const meanwhile = onPublished(async (viewId) => {
      rounds += 1;
      if (viewId !== 'posts@v2' || rounds > 2) return;
      await bed.record(`new-${rounds}`, text(`bird ${rounds}`));
      // A crawl goes on publishing into the live view.
      expect(await bed.publish()).toMatchObject({ viewId: 'posts@v1' });
    });
    const { view, publishes } = await run(BY_OTHERS, meanwhile);
    expect(publishes.map(({ epoch }) => epoch?.number)).toEqual([1, 2, 3]);
    expect(view).toMatchObject({ id: 'posts@v2', publishedEpoch: 3 });
    expect(await bed.seen('posts@v2')).toEqual(await bed.seen('posts@v1'));
    expect((await bed.seen('posts@v2')).join()).toContain('bird 2');
  });

  it('takes in what is recorded while it writes, in the same epoch', async () => {
    const { index } = bed.deps;
    let upserts = 0;
    const upsert: typeof index.upsert = async (view, all, abort) => {
      upserts += 1;
      // The same post again and again: each time there is something to do.
      if (upserts <= 4) await bed.record('a', text('terns', `gulls, edit ${upserts}`));
      await index.upsert(view, all, abort);
    };
    const { publishes } = await run(BY_OTHERS, { ...bed.deps, index: { ...index, upsert } });
    expect(publishes.map(({ epoch }) => epoch?.number)).toEqual([1]);
    expect((await bed.seen('posts@v2')).join()).toContain('edit 4');
    expect(await bed.seen('posts@v2')).toHaveLength(3);
  });

  it('gives up on a crawl that never ends, and is taken up later', async () => {
    let edits = 0;
    const restless = onPublished(async () => {
      edits += 1;
      await bed.record('b', text(`puffins, edit ${edits}`));
    });
    expect(await rejection(run(BY_OTHERS, restless))).toMatchObject({ code: 'lease_held' });
    expect(edits).toBe(21);
    expect(await viewsNow()).toEqual(['posts@v1 true', 'posts@v2 false']);
    const { view, publishes } = await run(BY_OTHERS);
    expect(view).toMatchObject({ id: 'posts@v2', publishedEpoch: 22 });
    expect(publishes).toHaveLength(1);
  });

  it('gives the same version for the same changes, and embeds nothing twice', async () => {
    const first = await run(BY_OTHERS);
    bed.others.texts.length = 0;
    const { known, estimate } = await planned(BY_OTHERS);
    expect(known?.id).toBe('posts@v2');
    expect(estimate).toMatchObject({ done: 2, chunks: 0 });
    const again = await run(BY_OTHERS);
    expect(again).toMatchObject({ view: first.view, publishes: [] });
    // To try how long it takes, and the sample that is verified.
    expect(bed.others.texts.filter((one) => one.includes('About')).length).toBeLessThan(3 * 4);
    expect(await viewsNow()).toHaveLength(2);
  });

  it('makes another version when the embedder behind the name gives other vectors', async () => {
    await run(BY_OTHERS);
    bed.others.weights = 'changed';
    const view = await bed.deps.registry.views.get('posts@v2');
    await rejection(bed.deps.embedders.check(view, signal));
    const next = await run(BY_OTHERS);
    expect(next.view.id).toBe('posts@v3');
    expect(next.view.specHash).toBe(view.specHash);
    expect(next.view.fingerprint).not.toBe(view.fingerprint);
  });

  it('is not ready while it does not verify', async () => {
    const { index } = bed.deps;
    const upsert: typeof index.upsert = (view, all, abort) =>
      index.upsert(
        view,
        all.map((point) => ({ ...point, dense: point.dense.toReversed() })),
        abort,
      );
    const failing = { ...bed.deps, index: { ...index, upsert } };
    const failure = await rejection(run(BY_OTHERS, failing));
    expect(failure).toMatchObject({ code: 'index_mismatch' });
    expect(String(failure)).toContain('0 of 3 sampled vectors');
    expect(await viewsNow()).toEqual(['posts@v1 true', 'posts@v2 false']);
    // Crawls and questions go on with what there was.
    expect((await bed.view()).id).toBe('posts@v1');
    expect((await bed.deps.registry.views.get('posts')).id).toBe('posts@v1');
  });

  it('says that there is nothing to build from', async () => {
    await bed.reset();
    expect(await rejection(run({}))).toMatchObject({ code: 'not_found' });
    expect(await viewsNow()).toEqual(['posts@v1 false']);
  });
});
