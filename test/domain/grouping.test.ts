import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstOfEach } from '#domain/grouping.ts';

describe('firstOfEach', () => {
  it('takes the first of each group, in order', () => {
    const words = ['apple', 'avocado', 'bean', 'almond', 'beet', 'carrot'];
    const letter = (word: string) => word.charAt(0);
    expect(firstOfEach(words, letter, 1)).toEqual(['apple', 'bean', 'carrot']);
    expect(firstOfEach(words, letter, 2)).toEqual(['apple', 'avocado', 'bean', 'beet', 'carrot']);
  });

  it('leaves out only what has enough of its group before it', () => {
    const entries = fc.array(fc.tuple(fc.nat(), fc.constantFrom('x', 'y', 'z')));
    fc.assert(
      fc.property(entries, fc.integer({ min: 1, max: 4 }), (all, most) => {
        const kept = firstOfEach(all, ([, group]) => group, most);
        const expected = all.filter(
          ([, group], at) => all.slice(0, at).filter(([, other]) => other === group).length < most,
        );
        expect(kept).toEqual(expected);
      }),
    );
  });
});
