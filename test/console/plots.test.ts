import { load } from 'cheerio';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classOf, inOrder, wordOf } from '#console/outcome-words.ts';
import { ceilingOf, INNER, PLOT } from '#console/plots/axis.ts';
import { histogram, placeOf } from '#console/plots/histogram.ts';
import { outcomeBar } from '#console/plots/outcome-bar.ts';
import { timelinePlot } from '#console/plots/timeline-plot.ts';
import { distributionOf } from '#features/report/distribution.ts';

const parsed = async (drawing: unknown) => load(String(await drawing));

const numbers = (element: { readonly attribs: Readonly<Record<string, string>> }) => ({
  x: Number(element.attribs.x),
  y: Number(element.attribs.y),
  width: Number(element.attribs.width),
  height: Number(element.attribs.height),
});

describe('ceilingOf', () => {
  it('is round, not below the largest, and not far above it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), (largest) => {
        const ceiling = ceilingOf(largest);
        expect(ceiling).toBeGreaterThanOrEqual(largest);
        expect(ceiling).toBeLessThanOrEqual(2 * largest);
        expect(String(ceiling)).toMatch(/^(1|2|4|5)0*$/);
      }),
    );
    expect(ceilingOf(0)).toBe(1);
  });
});

describe('placeOf', () => {
  const bins = [
    { from: 0, to: 1, count: 1 },
    { from: 1, to: 10, count: 1 },
    { from: 10, to: 100, count: 1 },
  ];
  it('finds a value between the bounds of its bin, on the scale of the bins', () => {
    expect([0, 0.5, 1, 10, 100].map((value) => placeOf(bins, value))).toEqual([0, 0.5, 1, 2, 3]);
    expect(placeOf(bins, Math.sqrt(10))).toBeCloseTo(1.5);
  });
});

describe('histogram', () => {
  it('keeps bars and marks within the plot, as high as they count', async () => {
    const value = fc.double({ min: 0.01, max: 1e9, noNaN: true });
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1 }), async (values) => {
        const distribution = distributionOf(values);
        if (distribution === null) throw new Error('there were values');
        const options = { id: 'h', title: 'T', distribution, of: 'requests', format: String };
        const $ = await parsed(histogram(options));
        const bars = $('rect.bar').toArray().map(numbers);
        expect(bars).toHaveLength(distribution.bins.length);
        const ceiling = ceilingOf(Math.max(...distribution.bins.map(({ count }) => count)));
        for (const [place, { x, y, width, height }] of bars.entries()) {
          expect(x).toBeGreaterThanOrEqual(PLOT.left);
          expect(x + width).toBeLessThanOrEqual(PLOT.width - PLOT.right + 1);
          expect(y + height).toBeCloseTo(INNER.base, 1);
          const count = distribution.bins[place]?.count ?? 0;
          expect(height).toBeCloseTo((count / ceiling) * INNER.height, 1);
        }
        for (const { attribs } of $('line.mark').toArray()) {
          expect(Number(attribs.x1)).toBeGreaterThanOrEqual(PLOT.left);
          expect(Number(attribs.x1)).toBeLessThanOrEqual(PLOT.width - PLOT.right);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('timelinePlot', () => {
  it('stacks what came of the visits, bucket by bucket, without overlaps', async () => {
    const timeline = {
      startsAt: '2026-11-25T03:00:00.000Z',
      bucketMs: 5_000,
      buckets: [{ rejected: 1, new: 3 }, {}, { unchanged: 4 }],
    };
    const $ = await parsed(timelinePlot('t', timeline));
    const rects = $('rect').toArray();
    expect(rects.map(({ attribs }) => attribs.class)).toEqual([
      'o-new',
      'o-rejected',
      'o-unchanged',
    ]);
    const [made, rejected, unchanged] = rects.map(numbers);
    expect(made && made.y + made.height).toBeCloseTo(INNER.base);
    expect(rejected && rejected.y + rejected.height).toBeCloseTo(made?.y ?? 0);
    expect(unchanged?.height).toBeCloseTo(INNER.height);
    expect($('title').text()).toContain('after 10 s: 4 unchanged');
    expect($('desc').text()).toContain('8 visits from 2026-11-25 03:00:00 UTC on');
    expect($('desc').text()).toContain('at most 4 within 5 s');
  });
});

describe('outcomeBar', () => {
  it('divides the whole bar by what came of the pages', async () => {
    const outcomes = [
      { outcome: 'new', pages: 1 },
      { outcome: 'unchanged', pages: 2 },
      { outcome: 'who knows', pages: 1 },
    ];
    const $ = await parsed(outcomeBar('b', outcomes));
    const parts = $('svg.outcomes rect').toArray();
    expect(parts.map(({ attribs }) => attribs.class)).toEqual(['o-new', 'o-unchanged', 'o-other']);
    expect(parts.map(numbers).map(({ x, width }) => [x, width])).toEqual([
      [0, 250],
      [250, 500],
      [750, 250],
    ]);
    expect(
      $('.legend li')
        .toArray()
        .map((li) => $(li).text().replace(/\s+/g, ' ').trim()),
    ).toEqual(['new 1 25%', 'unchanged 2 50%', 'who knows 1 25%']);
  });
});

describe('outcomes', () => {
  it('come in their order, unknown ones last and in a colour of their own', () => {
    expect(inOrder(['zzz', 'failed', 'new', 'failed'])).toEqual(['new', 'failed', 'zzz']);
    expect([classOf('new'), classOf('zzz'), classOf('toString')]).toEqual([
      'o-new',
      'o-other',
      'o-other',
    ]);
    expect([wordOf('same'), wordOf('zzz')]).toEqual(['other bytes, same content', 'zzz']);
  });
});
