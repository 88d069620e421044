import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isUuid, textArray, unitVector, uuidArray, uuidAt } from '#adapters/pgvector/binary.ts';
import { createCollectionCache } from '#adapters/pgvector/collection-cache.ts';
import { bucketOf, packUnsealed, sealedOf, weightsOf } from '#adapters/pgvector/postings.ts';
import { uuidOf } from '#domain/hash.ts';
import { terms } from '../../contracts/feature-index/points.ts';

const term = fc.oneof(
  fc.integer({ min: 0, max: 0xffff_ffff }),
  fc.constantFrom(0, 4_096, 8_192, 0x8000_0000, 0xffff_ffff),
);
const sparse = fc
  .uniqueArray(fc.tuple(term, fc.float({ min: 0, max: 8, noNaN: true })), {
    selector: ([index]) => index,
    maxLength: 12,
  })
  .map((pairs) => terms(...pairs));

describe('postings', () => {
  it('are the same entries after they are regrouped by term', () =>
    fc.assert(
      fc.property(fc.array(fc.array(sparse, { maxLength: 5 }), { maxLength: 4 }), (batches) => {
        let no = 0;
        const numbered = batches.map((batch) => batch.map((each) => ({ no: ++no, sparse: each })));
        const sealed = sealedOf(numbered.map(packUnsealed));
        const all = numbered.flat();
        const asked = [...new Set(all.flatMap(({ sparse: { indices } }) => indices))];
        const { state } = createCollectionCache().see('any', '1', { epoch: 1, points: null });
        const lookUp = state.lookUp(asked);
        expect(new Set(lookUp.buckets)).toEqual(new Set(sealed.keys()));
        const lists = lookUp.lists(Buffer.concat([...sealed.values()]));
        for (const each of asked) {
          expect(sealed.has(bucketOf(each))).toBe(true);
          const held = (lists.get(each | 0) ?? []).flatMap((list) => {
            const weights = weightsOf(list);
            return Array.from({ length: list.length / 2 }, (_, n) => [
              list[2 * n],
              weights[2 * n + 1],
            ]);
          });
          const expected = all.flatMap(({ no: number, sparse: { indices, values } }) => {
            const at = indices.indexOf(each);
            return at < 0 ? [] : [[number, Math.fround(values[at] ?? 0)]];
          });
          expect(held).toEqual(expected);
        }
      }),
    ));
});

describe('what is remembered of a collection', () => {
  const fresh = () => createCollectionCache().see('any', '1', { epoch: 1, points: null }).state;
  const sealed = (no: number) => {
    const bytes = packUnsealed([{ no, sparse: terms([1, 1], [4_097, 2]) }]);
    return sealedOf([bytes]).get(1) ?? Buffer.alloc(0);
  };
  const row = (no: number, name: string) => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(no);
    return Buffer.concat([bytes, Buffer.from(uuidOf(name).replaceAll('-', ''), 'hex')]);
  };

  it('is read once for each bucket, whichever of its terms is asked for', () => {
    const state = fresh();
    const first = state.lookUp([1, 4_097, 2]);
    expect(first.buckets).toEqual([1, 2]);
    const lists = first.lists(Buffer.concat([sealed(7), sealed(8)]));
    const numbers = [...lists].map(([term, found]) => [term, found.map((list) => list[0])]);
    expect(numbers).toEqual([
      [1, [7, 8]],
      [4_097, [7, 8]],
      [2, []],
    ]);
    const second = state.lookUp([4_097, 8_193, 2, 3]);
    expect(second.buckets).toEqual([3]);
    expect(second.lists(Buffer.alloc(0)).get(4_097)).toHaveLength(2);
    expect(state.lookUp([3, 2, 1]).buckets).toEqual([]);
  });

  it('still counts for who began to look up before it was forgotten', () => {
    const state = fresh();
    state.lookUp([1]).lists(sealed(7));
    const slow = state.lookUp([1]);
    // One list that is larger than all that is remembered.
    const large = Buffer.alloc(70 * 2 ** 20);
    large.writeInt32LE(2, 0);
    large.writeInt32LE(large.length / 8 - 1, 4);
    state.lookUp([2]).lists(large);
    expect(state.lookUp([1]).buckets).toEqual([1]);
    expect(slow.lists(Buffer.alloc(0)).get(1)).toHaveLength(1);
  });

  it('ends with the version, and is kept for a few collections and epochs', () => {
    const cache = createCollectionCache();
    const points = Buffer.concat([row(40, 'a'), row(38, 'b')]);
    const { state, visible } = cache.see('one', '1', { epoch: 1, points });
    expect(visible).toMatchObject({ count: 2, firstNo: 38, places: Int32Array.of(2, 0, 1) });
    expect(uuidAt(visible.ids, 16)).toBe(uuidOf('b'));
    expect(cache.see('one', '1', { epoch: 2, points }).state).toBe(state);
    expect(cache.see('one', '2', { epoch: 2, points }).state).not.toBe(state);
    expect([...(cache.get('one')?.visible.keys() ?? [])]).toEqual([2]);
    for (let n = 0; n < 9; n++) cache.see('one', '2', { epoch: n, points });
    expect([...(cache.get('one')?.visible.keys() ?? [])]).toEqual([5, 6, 7, 8]);
    for (let n = 0; n < 9; n++) cache.see(`other ${n}`, '2', { epoch: 1, points });
    expect(cache.get('one')).toBeUndefined();
    expect(cache.get('other 8')).toBeDefined();
  });
});

describe('binary values', () => {
  it('give UUIDs back', () => {
    const uuid = uuidOf('any');
    const bytes = Buffer.from(`00${uuid.replaceAll('-', '')}`, 'hex');
    expect(uuidAt(bytes, 1)).toBe(uuid);
    expect(isUuid(uuid)).toBe(true);
    expect(isUuid(`${uuid}0`)).toBe(false);
    expect(isUuid(`${uuid}\n`)).toBe(false);
  });

  it('scale vectors to unit length, zeros to zeros', () => {
    const floats = (values: readonly number[]) => {
      const bytes = unitVector(Float32Array.from(values));
      return bytes && values.map((_, at) => bytes.readFloatBE(4 + 4 * at));
    };
    expect(floats([3, 4])).toEqual([0.6, 0.8].map(Math.fround));
    expect(floats([0, 0])).toEqual([0, 0]);
    expect(floats([1e-30, 0])?.[0]).toBeCloseTo(1, 5);
    expect(floats([3e38, 3e38])?.[0]).toBeCloseTo(Math.SQRT1_2, 5);
    expect(floats([Number.NaN, 1])).toBeNull();
    expect(floats([Number.POSITIVE_INFINITY, 1])).toBeNull();
  });

  it('are arrays of one dimension, counted from 1', () => {
    expect(textArray(['ab', '']).toString('hex')).toBe(
      [
        '00000001',
        '00000000',
        '00000019',
        '00000002',
        '00000001',
        '00000002',
        '6162',
        '00000000',
      ].join(''),
    );
    expect(uuidArray([]).readInt32BE(12)).toBe(0);
    const uuid = uuidOf('one');
    expect(uuidAt(uuidArray([uuidOf('other'), uuid]), 20 + 20 + 4)).toBe(uuid);
  });
});
