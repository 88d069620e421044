import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FeatureDeps } from '#features/deps.ts';
import { wantedSpec } from '#features/ensure-view.ts';
import { estimate } from '#features/view/estimate.ts';
import type { Embedder } from '#ports/embedder.ts';
import { documentOf } from '../../contracts/registry/make.ts';
import { createWordEmbedder } from '../../fakes/word-embedder.ts';
import { type Bed, openBed, SETTINGS, text } from './bed.ts';

const signal = new AbortController().signal;
let bed: Bed;
beforeAll(async () => {
  bed = await openBed();
});
afterAll(() => bed.end());
beforeEach(() => bed.reset());

/** An embedder that takes a second for any number of texts. */
async function run(embedder: Embedder = bed.words.embedder, viewId: string | null = null) {
  let ms = 0;
  const monotonicMs = () => {
    ms += 1_000;
    return ms;
  };
  const clock: FeatureDeps['clock'] = { ...bed.deps.clock, monotonicMs };
  const spec = { ...(await wantedSpec(bed.deps, SETTINGS, signal)), dense: embedder.spec };
  return estimate({ ...bed.deps, clock }, { viewId, spec, embedder }, signal);
}

describe('estimate', () => {
  it('counts exactly what will be embedded where there are few documents', async () => {
    await bed.record('a', text('terns', 'gulls'));
    await bed.record('b', text('puffins'));
    await bed.record('c', text('closed'));
    await bed.record('d', text('linked'));
    await bed.close('c');
    const link = { id: documentOf('d'), canonicalId: documentOf('a') };
    await bed.deps.registry.documents.link([link]);
    const taken = await run();
    bed.words.texts.length = 0;
    const { counts } = await bed.publish();
    const tokens = bed.words.texts
      .filter((one) => one.includes('About'))
      .reduce((sum, one) => sum + bed.words.embedder.countTokens(one), 0);
    expect(taken).toEqual({
      documents: 2,
      done: 0,
      chunks: counts.embedded,
      tokens,
      seconds: 1,
      dollars: 0,
      isPaid: false,
    });
  });

  it('leaves out what an earlier start has done already', async () => {
    for (const path of ['a', 'b', 'c', 'd']) await bed.record(path, text(path));
    await bed.publish();
    await bed.record('d', text('d, edited'));
    expect(await run(undefined, 'posts@v1')).toMatchObject({ documents: 4, done: 3, chunks: 1 });
    expect(await run()).toMatchObject({ documents: 4, done: 0, chunks: 4 });
    await bed.publish();
    const nothing = { documents: 4, done: 4, chunks: 0, tokens: 0, seconds: 0 };
    expect(await run(undefined, 'posts@v1')).toMatchObject(nothing);
  });

  it('takes a sample for all where there are many', async () => {
    for (let at = 0; at < 130; at += 1) await bed.record(`p${at}`, text(`bird ${at}`));
    const taken = await run();
    expect(taken).toMatchObject({ documents: 130, chunks: 130 });
    // 32 of 100 chunks were tried, in a second.
    expect(taken.seconds).toBeCloseTo(130 / 32);
    expect(bed.words.texts.filter((one) => one.includes('About'))).toHaveLength(32);
  });

  it('tells the price of a paid embedder, and pays nothing to find out', async () => {
    await bed.record('a', text('terns', 'gulls'));
    const { embedder, texts } = bed.paid;
    const taken = await run(embedder);
    expect(taken).toMatchObject({ chunks: 2, seconds: null, isPaid: true });
    expect(taken.dollars).toBeCloseTo((20 * taken.tokens) / 1e6);
    expect(texts).toEqual([]);
  });

  it('says that a price is not known', async () => {
    await bed.record('a', text('terns'));
    const { embedder, texts } = createWordEmbedder({ dollarsPerMillionTokens: null });
    expect(await run(embedder)).toMatchObject({ dollars: null, isPaid: true, seconds: null });
    expect(texts).toEqual([]);
  });

  it('has nothing to count where there is no document', async () => {
    expect(await run()).toEqual({
      documents: 0,
      done: 0,
      chunks: 0,
      tokens: 0,
      seconds: 0,
      dollars: 0,
      isPaid: false,
    });
  });
});
