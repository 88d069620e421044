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

  it('gives known pages when nothing has led to them, and second looks last of all', () => {
    const frontier = createFrontier({ pagesMax: 10, depthMax: 5 });
    const known = (url: string): FrontierUrl => ({ ...at(url, 1), foundBy: 'known' });
    frontier.add(known('orphan'));
    frontier.add(known('linked'));
    frontier.again(at('look'));
    frontier.add(at('deep', 4));
    expect(frontier.add(at('linked', 2))).toBe(true);
    expect(frontier.add(known('deep'))).toBe(false);
    expect(frontier.waiting).toBe(4);
    expect(frontier.next()).toMatchObject({ url: 'linked', depth: 2, foundBy: 'link' });
    expect(drain(frontier)).toEqual(['deep', 'orphan', 'look']);
    expect(frontier.waiting).toBe(0);
  });

  it('gives nothing of a turn after the one that is asked for', () => {
    const frontier = createFrontier({ pagesMax: 10, depthMax: 5 });
    frontier.add(at('a', 1));
    frontier.add(at('b', 2));
    expect(frontier.next()).toMatchObject({ url: 'a', turn: 1 });
    expect(frontier.next(1)).toBeUndefined();
    frontier.add(at('c', 1));
    expect(frontier.next(1)).toMatchObject({ url: 'c', turn: 1 });
    expect(frontier.next(2)).toMatchObject({ url: 'b', turn: 2 });
  });

  it('keeps the room for those that are listed, and gives known pages what is left', () => {
    const frontier = createFrontier({ pagesMax: 2, depthMax: 5 });
    for (const url of ['k1', 'k2', 'k3']) frontier.add({ ...at(url, 1), foundBy: 'known' });
    expect(frontier.add(at('new'))).toBe(true);
    expect(drain(frontier)).toEqual(['new', 'k1']);
    expect(frontier.refused).toBe(2);
    expect(frontier.waiting).toBe(0);
  });

  it('looks at a page a few times only, and not twice at one that waits anyway', () => {
    const frontier = createFrontier({ pagesMax: 10, depthMax: 5 });
    frontier.add(at('a'));
    expect(frontier.again(at('a'))).toBe(true);
    let looks = 0;
    for (let next = frontier.next(); next !== undefined; next = frontier.next()) {
      looks += 1;
      frontier.again(at('a'));
    }
    expect(looks).toBe(4);
    expect(frontier.again(at('a'))).toBe(false);
  });

  it('no longer counts a page as refused when it is added after all', () => {
    const frontier = createFrontier({ pagesMax: 10, depthMax: 1 });
    expect(frontier.add(at('a', 2))).toBe(false);
    expect(frontier.add(at('a', 1))).toBe(true);
    expect(frontier.refused).toBe(0);
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
