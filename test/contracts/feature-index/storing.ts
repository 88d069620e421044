import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EPOCH_OPEN_END } from '#domain/epoch.ts';
import type { FeatureIndex } from '#ports/feature-index.ts';
import { allOf, ask, freshView, idOf, load, point, signal, terms, viewNumber } from './points.ts';
import { expectExact } from './reference.ts';

/** Collections, points and their payloads. */
export function storingContract(index: () => FeatureIndex): void {
  it('keeps what is there when it is ensured again', async () => {
    const view = await freshView(index());
    await load(index(), view, [point('a')]);
    await index().ensure(view, signal);
    expect(await index().count(view, 1, signal)).toBe(1);
  });

  it('refuses a collection of another dimension, and vectors of one', async () => {
    const view = await freshView(index());
    const wider = viewNumber(view.version, 4);
    const mismatch = { name: 'AppError', code: 'index_mismatch', retryable: false };
    await expect(index().ensure(wider, signal)).rejects.toMatchObject(mismatch);
    const wide = point('wide', { dense: [1, 2, 3, 4] });
    await expect(index().upsert(view, [wide], signal)).rejects.toMatchObject(mismatch);
    await expect(
      index().search(view, ask({ dense: Float32Array.of(1, 2) }), signal),
    ).rejects.toMatchObject(mismatch);
    expect(await index().count(view, 1, signal)).toBe(0);
  });

  it('drops all there is, and starts again empty', async () => {
    const view = await freshView(index());
    await load(index(), view, [point('a', { sparse: terms([1, 1]) })]);
    await index().search(view, ask({ sparse: terms([1, 1]) }), signal);
    await index().drop(view, signal);
    await index().drop(view, signal);
    const mismatch = { name: 'AppError', code: 'index_mismatch', retryable: false };
    const repair = expect.stringContaining(`lockstep view verify ${view.id} --repair`);
    await expect(index().count(view, 1, signal)).rejects.toMatchObject({
      ...mismatch,
      message: repair,
    });
    await expect(index().remove(view, [idOf('a')], signal)).rejects.toMatchObject(mismatch);
    await expect(index().vectors(view, [idOf('a')], signal)).rejects.toMatchObject(mismatch);
    await expect(index().upsert(view, [point('a')], signal)).rejects.toMatchObject(mismatch);
    await expect(
      index().search(view, ask({ sparse: terms([1, 1]) }), signal),
    ).rejects.toMatchObject(mismatch);
    await index().ensure(view, signal);
    expect(await index().count(view, 1, signal)).toBe(0);
    await load(index(), view, [point('b', { sparse: terms([1, 1]) })]);
    const { sparse } = await index().search(view, ask({ sparse: terms([1, 1]) }), signal);
    expect(sparse.map(({ id }) => id)).toEqual([idOf('b')]);
  });

  it('keeps collections apart', async () => {
    const [one, other] = [await freshView(index()), await freshView(index())];
    await load(index(), one, [point('a', { sparse: terms([1, 1]) })]);
    await load(index(), other, [point('b'), point('c')]);
    expect(await index().count(one, 1, signal)).toBe(1);
    expect(await index().count(other, 1, signal)).toBe(2);
    expect(await index().fetch(other, [idOf('a')], signal)).toEqual([]);
    const asked = ask({ sparse: terms([1, 1]) });
    expect((await index().search(other, asked, signal)).sparse).toEqual([]);
  });

  it('replaces a point wholly, and takes the same one twice', async () => {
    const view = await freshView(index());
    const old = point('a', { dense: [1, 0, 0], sparse: terms([1, 1], [2, 1]), language: 'en' });
    const next = point('a', { dense: [0, 1, 0], sparse: terms([2, 3], [3, 1]), language: null });
    const twice = point('b', { sparse: terms([2, 1]) });
    await load(index(), view, [old, twice, twice]);
    await load(index(), view, [old]);
    await load(index(), view, [next, twice]);
    expect(await index().count(view, 1, signal)).toBe(2);
    expect(await index().fetch(view, [idOf('a')], signal)).toEqual([next.member]);
    const query = ask({
      dense: Float32Array.of(0, 1, 0),
      sparse: terms([1, 1], [2, 1], [3, 1]),
    });
    expectExact(await index().search(view, query, signal), [next, twice], query);
  });

  it('ends points, passing over those that are not there', async () => {
    const view = await freshView(index());
    await load(index(), view, [point('a'), point('b')]);
    await index().setEnd(view, [idOf('a'), idOf('nobody'), 'no uuid'], 3, signal);
    await index().setEnd(view, [], 3, signal);
    const [ended] = await index().fetch(view, [idOf('a')], signal);
    expect(ended).toMatchObject({ from: 1, to: 3 });
    expect(await index().count(view, 2, signal)).toBe(2);
    expect(await index().count(view, 3, signal)).toBe(1);
    await index().setEnd(view, [idOf('a')], EPOCH_OPEN_END, signal);
    expect(await index().count(view, 3, signal)).toBe(2);
  });

  it('gives members whole, in the order asked for, without those it does not have', async () => {
    const view = await freshView(index());
    const points = ['a', 'b', 'c'].map((name) =>
      point(name, { publishedAt: '2026-01-02T00:00:00Z', tags: ['x', 'y'], language: null }),
    );
    await load(index(), view, points);
    const asked = [idOf('c'), idOf('nobody'), idOf('a'), 'no uuid', idOf('c')];
    expect(await index().fetch(view, asked, signal)).toEqual(
      [points[2], points[0], points[2]].map((found) => found?.member),
    );
    expect(await index().fetch(view, [], signal)).toEqual([]);
  });

  it('gives every text back as it was', async () => {
    const view = await freshView(index());
    const texts = [
      '"quoted" \'it\'',
      '\\n is \\\\',
      '😀 👩‍👩‍👧 e\u0301',
      'a\tb\r\n\n c ',
      '{"a":[1]}',
      '%s $1',
    ];
    const text = fc.oneof(fc.constantFrom(...texts), fc.string({ unit: 'grapheme' }));
    const kept = fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 8 }), async (all) => {
      const points = all.map((some, at) =>
        point(`text ${at}`, { text: some, title: some, tags: [some], sourceName: `s ${some}` }),
      );
      await index().upsert(view, points, signal);
      const ids = points.map(({ member }) => member.id);
      expect(await index().fetch(view, ids, signal)).toEqual(points.map(({ member }) => member));
    });
    await fc.assert(kept, { numRuns: 30, examples: [[texts]] });
  });

  it('keeps or refuses what it cannot store, never changes it', async () => {
    const view = await freshView(index());
    for (const parts of [{ text: 'a\u0000b' }, { text: '\ud800' }, { tags: ['a\u0000b'] }]) {
      const odd = point('odd', parts);
      const outcome = await index()
        .upsert(view, [point('fine'), odd], signal)
        .then(() => 'kept')
        .catch((thrown) => thrown);
      if (outcome === 'kept') {
        expect(await index().fetch(view, [idOf('odd')], signal)).toEqual([odd.member]);
      } else {
        expect(outcome).toMatchObject({ name: 'AppError', code: 'invalid_input' });
        expect(await index().fetch(view, [idOf('fine')], signal)).toEqual([]);
      }
      await index().drop(view, signal);
      await index().ensure(view, signal);
    }
  });

  it('scans every point once, visible or not, over many pages', async () => {
    const view = await freshView(index());
    const points = Array.from({ length: 5_001 }, (_, n) =>
      point(`scanned ${n}`, { from: 1 + (n % 3), to: n % 5 === 0 ? 3 : EPOCH_OPEN_END }),
    );
    await load(index(), view, points);
    const scanned = await allOf(index().scan(view, signal));
    expect(scanned).toHaveLength(points.length);
    const spans = points.map(({ member: { id, from, to } }) => ({ id, from, to }));
    const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
    expect(scanned.toSorted(byId)).toEqual(spans.toSorted(byId));
    expect(await allOf(index().scan(await freshView(index()), signal))).toEqual([]);
  });

  it('starts nothing once the signal is aborted', async () => {
    const view = await freshView(index());
    const aborted = AbortSignal.abort();
    const error = { name: 'AbortError' };
    await expect(index().ensure(view, aborted)).rejects.toMatchObject(error);
    await expect(index().upsert(view, [point('a')], aborted)).rejects.toMatchObject(error);
    await expect(index().setEnd(view, [idOf('a')], 2, aborted)).rejects.toMatchObject(error);
    await expect(index().remove(view, [idOf('a')], aborted)).rejects.toMatchObject(error);
    await expect(index().vectors(view, [], aborted)).rejects.toMatchObject(error);
    await expect(index().seal(view, 1, aborted)).rejects.toMatchObject(error);
    await expect(index().search(view, ask(), aborted)).rejects.toMatchObject(error);
    await expect(index().fetch(view, [], aborted)).rejects.toMatchObject(error);
    await expect(index().count(view, 1, aborted)).rejects.toMatchObject(error);
    await expect(allOf(index().scan(view, aborted))).rejects.toMatchObject(error);
    await expect(index().drop(view, aborted)).rejects.toMatchObject(error);
    expect(await index().count(view, 1, signal)).toBe(0);
  });
}
