import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTurns } from '#features/crawl/turns.ts';

it('gives the entries of the earliest turn first, in the order in which they came', () => {
  const step = fc.oneof(
    fc.record({ push: fc.nat({ max: 9 }) }),
    fc.record({ shift: fc.nat({ max: 10 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const turns = createTurns<number>();
      let waiting: { readonly turn: number; readonly entry: number }[] = [];
      for (const [entry, what] of steps.entries()) {
        if ('push' in what) {
          turns.push(what.push, entry);
          waiting.push({ turn: what.push, entry });
          continue;
        }
        const [first] = waiting.toSorted((a, b) => a.turn - b.turn || a.entry - b.entry);
        const expected = first !== undefined && first.turn <= what.shift ? first : undefined;
        expect(turns.shift(what.shift)).toEqual(expected);
        waiting = waiting.filter((other) => other !== expected);
      }
    }),
  );
});

it('keeps the order of many in one line', () => {
  const turns = createTurns<number>();
  for (let entry = 0; entry < 5_000; entry += 1) turns.push(1, entry);
  for (let entry = 0; entry < 5_000; entry += 1) {
    if (entry % 2 === 0) turns.push(1, 5_000 + entry);
    expect(turns.shift(1)).toEqual({ turn: 1, entry });
  }
  expect(turns.shift(1)).toEqual({ turn: 1, entry: 5_000 });
});
