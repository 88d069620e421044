import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cosineOf, isSameSpace } from '#domain/embedding.ts';

const vector = (length = 6) =>
  fc
    .array(fc.float({ noNaN: true, min: -8, max: 8 }), { minLength: length, maxLength: length })
    .map((values) => Float32Array.from(values))
    .filter((values) => Math.hypot(...values) > 0.1);

describe('cosineOf', () => {
  it.each([
    [[1, 0], [0, 1], 0],
    [[1, 2], [2, 4], 1],
    [[1, 2], [-1, -2], -1],
    [[3, 4], [4, 3], 0.96],
    [[0, 0], [0, 0], 1],
    [[0, 0], [1, 0], 0],
    [[1, 0], [0, 0], 0],
  ])('of %j and %j is %d', (a, b, expected) => {
    expect(cosineOf(Float32Array.from(a), Float32Array.from(b))).toBeCloseTo(expected, 6);
  });

  it('is symmetric, at most 1, and does not see length', () => {
    fc.assert(
      fc.property(
        vector(),
        vector(),
        fc.double({ min: 0.5, max: 4, noNaN: true }),
        (a, b, factor) => {
          const cosine = cosineOf(a, b);
          expect(cosineOf(b, a)).toBeCloseTo(cosine, 6);
          expect(Math.abs(cosine)).toBeLessThanOrEqual(1 + 1e-6);
          expect(
            cosineOf(
              a.map((value) => value * factor),
              b,
            ),
          ).toBeCloseTo(cosine, 4);
        },
      ),
    );
  });
});

describe('isSameSpace', () => {
  const probes = [Float32Array.of(0.6, -0.8, 0), Float32Array.of(0.1, 0.2, 0.97)];

  it('takes what is the same, and what differs by some last bits', () => {
    expect(isSameSpace(probes, probes)).toBe(true);
    fc.assert(
      fc.property(fc.array(vector(), { minLength: 1, maxLength: 5 }), (known) => {
        const jittered = known.map((values) =>
          values.map((value, at) => value + (at % 2 === 0 ? 1e-5 : -1e-5)),
        );
        expect(isSameSpace(known, jittered)).toBe(true);
      }),
    );
  });

  it('refuses other weights, even of a single text', () => {
    const moved = [probes[0], Float32Array.of(0.1, 0.25, 0.97)].flatMap((one) => one ?? []);
    expect(isSameSpace(probes, moved)).toBe(false);
    expect(isSameSpace(probes, probes.toReversed())).toBe(false);
    expect(
      isSameSpace(
        probes,
        probes.map((values) => values.map((value) => -value)),
      ),
    ).toBe(false);
  });

  it('refuses vectors of another length, or another number of them', () => {
    expect(
      isSameSpace(
        probes,
        probes.map((values) => Float32Array.of(...values, 0)),
      ),
    ).toBe(false);
    expect(
      isSameSpace(
        probes,
        probes.map((values) => values.subarray(0, 2)),
      ),
    ).toBe(false);
    expect(isSameSpace(probes, probes.slice(1))).toBe(false);
    expect(isSameSpace(probes.slice(1), probes)).toBe(false);
  });

  it('takes nothing on trust that was not kept', () => {
    expect(isSameSpace([], [])).toBe(false);
    expect(isSameSpace([], probes)).toBe(false);
  });

  it('refuses what is no number any more', () => {
    const broken = probes.map((values) => values.map(() => Number.NaN));
    expect(isSameSpace(probes, broken)).toBe(false);
  });
});
