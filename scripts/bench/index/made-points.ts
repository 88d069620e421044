import type { SparseVector } from '../../../src/domain/embedding.ts';
import type { IndexPoint } from '../../../src/ports/feature-index.ts';
import { point, terms } from '../../../test/contracts/feature-index/points.ts';

export const DIMENSION = 256;
const CENTRES = 300;
/** Of a vector around its centre, beside values between −0.5 and 0.5 of the centre itself. */
const SPREAD = 0.35;
const VOCABULARY = 50_000;
const TERMS = 100;
const ASKED_TERMS = 8;
const WORDS = 160;
/** Every so many points have the tag of few. */
export const RARE = 100;

export type Question = { readonly dense: Float32Array; readonly sparse: SparseVector };

/**
 * Points and questions that are the same in every run: vectors around a few hundred centres, as
 * those of posts are, terms by Zipf's law, half of the points in French, 1 in 100 tagged "rare".
 */
export function createMaker(seed = 1) {
  let state = seed;
  /** A linear congruential generator. */
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const centres = Array.from({ length: CENTRES }, () =>
    Float32Array.from({ length: DIMENSION }, () => random() - 0.5),
  );
  const vector = (): Float32Array => {
    const centre = centres[Math.floor(CENTRES * random())] as Float32Array;
    return centre.map((value) => value + 2 * SPREAD * (random() - 0.5));
  };
  /** Ranks by Zipf's law, exponent 1. */
  const rank = (): number => Math.floor(VOCABULARY ** random());
  const sparse = (count: number, weigh: () => number): SparseVector => {
    const indices = Array.from({ length: count }, () => Math.imul(rank(), 2_654_435_761) >>> 0);
    return terms(...[...new Set(indices)].map((index) => [index, weigh()] as const));
  };
  const text = () => Array.from({ length: WORDS }, () => `word${rank() % 5_000}`).join(' ');
  return {
    point: (n: number): IndexPoint => ({
      ...point(`bench ${n}`, {
        text: text(),
        tags: n % RARE === 0 ? ['common', 'rare'] : ['common'],
        language: n % 2 === 0 ? 'fr' : 'en',
      }),
      dense: vector(),
      sparse: sparse(TERMS, () => 0.5 + random()),
    }),
    question: (): Question => ({ dense: vector(), sparse: sparse(ASKED_TERMS, () => 1) }),
  };
}
