import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFrontier, type FrontierUrl } from '#features/crawl/frontier.ts';

const at = (url: string, depth = 0): FrontierUrl => ({ url, depth, foundBy: 'link', via: [] });
const drain = (frontier: ReturnType<typeof createFrontier>): string[] => {
  const urls: string[] = [];
  for (let next = frontier.next(); next !== undefined; next = frontier.next()) urls.push(next.url);
  return urls;
};

describe('frontier', () => {
  it('gives shallow URLs first, in the order they came, each once', () => {
    const frontier = createFrontier({ pagesMax: 10, depthMax: 5 });
    for (const [url, depth] of [
      ['d', 2],
      ['a', 0],
      ['c', 1],
      ['b', 0],
      ['a', 0],
    ] as const) {
      frontier.add(at(url, depth));
    }
    expect(drain(frontier)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('never takes a URL again after it was visited, except for a second look', () => {
    const frontier = createFrontier({ pagesMax: 10, depthMax: 5 });
    expect(frontier.add(at('a'))).toBe(true);
    frontier.next();
    expect(frontier.add(at('a'))).toBe(false);
    frontier.again(at('a'));
    frontier.add(at('b', 3));
    expect(drain(frontier)).toEqual(['b', 'a']);
  });

  it('counts what lies beyond its limits once each', () => {
    const frontier = createFrontier({ pagesMax: 2, depthMax: 1 });
    expect(frontier.add(at('deep', 2))).toBe(false);
    expect(frontier.add(at('deep', 2))).toBe(false);
    frontier.add(at('a'));
    frontier.add(at('b'));
    expect(frontier.add(at('c'))).toBe(false);
    expect(frontier.refused).toBe(2);
    expect(frontier.size).toBe(2);
  });

  it('keeps order through any mix of adding and taking', () => {
    const steps = fc.array(fc.oneof(fc.nat(200), fc.constant('take' as const)), {
      maxLength: 5_000,
    });
    fc.assert(
      fc.property(steps, (mix) => {
        const frontier = createFrontier({ pagesMax: 1_000, depthMax: 0 });
        const waiting: string[] = [];
        const known = new Set<string>();
        for (const step of mix) {
          if (step === 'take') expect(frontier.next()?.url).toBe(waiting.shift());
          else {
            const url = String(step);
            expect(frontier.add(at(url))).toBe(!known.has(url));
            if (!known.has(url)) waiting.push(url);
            known.add(url);
          }
        }
        expect(drain(frontier)).toEqual(waiting);
      }),
    );
  });
});
