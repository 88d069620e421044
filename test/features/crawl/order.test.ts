import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFakeIds } from '../../fakes/ids.ts';
import { putUp, randomSite } from './random-site.ts';
import { createMemorySite, type MemorySite } from './world.ts';

const TICKS_MAX = 6;

/** A site whose answers overtake each other at random. */
function createRestlessSite(seed: number): MemorySite {
  const { random } = createFakeIds(seed);
  return createMemorySite({}, async () => {
    for (let left = random() * TICKS_MAX; left > 1; left -= 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
}

const calmSite = () => createMemorySite({ limits: { concurrencyMax: 1 } });

/** Crawls until nothing changes: a page must be seen gone twice, in two crawls when many are. */
async function settle(site: MemorySite): Promise<Readonly<Record<string, string>>> {
  site.registry.cutAfter(Number.POSITIVE_INFINITY);
  for (let times = 0; times < 2; times += 1) await site.crawl();
  return site.contents();
}

const seed = fc.integer({ min: 1, max: 1_000_000 });

describe('documents of a crawl', () => {
  it('are the same in whatever order the pages answer, and at every crawl', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(randomSite, { minLength: 1, maxLength: 3 }),
        seed,
        async (all, n) => {
          const [calm, restless] = [calmSite(), createRestlessSite(n)];
          for (const spots of all) {
            putUp(calm, spots);
            putUp(restless, spots);
            const expected = await settle(calm);
            expect(await settle(restless)).toEqual(expected);
            expect(await settle(calm)).toEqual(expected);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('are one for each content', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(randomSite, { minLength: 1, maxLength: 3 }),
        seed,
        async (all, n) => {
          const site = createRestlessSite(n);
          for (const spots of all) {
            putUp(site, spots);
            const hashes = Object.values(await settle(site));
            expect(new Set(hashes).size).toBe(hashes.length);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('are the same after any number of crawls that were killed', async () => {
    const kills = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(randomSite, randomSite, kills, seed, async (before, after, cuts, n) => {
        const [calm, site] = [calmSite(), createRestlessSite(n)];
        for (const spots of [before, after]) {
          putUp(calm, spots);
          putUp(site, spots);
          for (const calls of cuts) {
            site.registry.cutAfter(calls);
            await site.crawl().catch(() => undefined);
          }
          expect(await settle(site)).toEqual(await settle(calm));
        }
      }),
      { numRuns: 150 },
    );
  });
});
