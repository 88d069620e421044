import { uuidOf } from '#domain/hash.ts';
import type { Ids } from '#ports/system.ts';

/** The same seed gives the same UUIDs and the same random numbers, in order. */
export function createFakeIds(seed = 1): Ids {
  let issued = 0;
  let state = seed >>> 0;
  return {
    next() {
      issued += 1;
      return uuidOf('fake', String(seed), String(issued));
    },
    // Mulberry32: small, and uniform enough that no test leans on its pattern.
    random() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}
