import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timelineOf } from '#features/report/timeline.ts';
import { at, visit } from './make.ts';

describe('timelineOf', () => {
  it('counts visits by outcome in buckets of a readable length', () => {
    const timeline = timelineOf([
      visit('/a', 'new', { at: at(10) }),
      visit('/b', 'new', { at: at(10.5) }),
      visit('/c', 'failed', { at: at(10.9) }),
      visit('/d', 'unchanged', { at: at(100) }),
    ]);
    expect(timeline).toMatchObject({ startsAt: at(10), bucketMs: 2_000 });
    expect(timeline?.buckets).toHaveLength(46);
    expect(timeline?.buckets[0]).toEqual({ new: 2, failed: 1 });
    expect(timeline?.buckets.at(-1)).toEqual({ unchanged: 1 });
    expect(timeline?.buckets[1]).toEqual({});
  });

  it('has one bucket for one moment, and none for no visit', () => {
    expect(timelineOf([visit('/a', 'new')])).toEqual({
      startsAt: at(10),
      bucketMs: 10,
      buckets: [{ new: 1 }],
    });
    expect(timelineOf([])).toBeNull();
  });

  it('does not mind in which order visits ended, or a crawl that took a month', () => {
    const timeline = timelineOf([
      visit('/b', 'new', { at: at(40 * 86_400) }),
      visit('/a', 'gone', { at: at(1) }),
    ]);
    expect(timeline?.startsAt).toBe(at(1));
    expect(timeline?.buckets.length).toBeLessThanOrEqual(48);
    expect(timeline?.buckets[0]).toEqual({ gone: 1 });
    expect(timeline?.buckets.at(-1)).toEqual({ new: 1 });
  });

  it('loses no visit, whenever it was', () => {
    const second = fc.double({ min: 0, max: 1e8, noNaN: true });
    fc.assert(
      fc.property(fc.array(second, { minLength: 1, maxLength: 60 }), (seconds) => {
        const visits = seconds.map((when) => visit('/a', 'new', { at: at(when) }));
        const buckets = timelineOf(visits)?.buckets ?? [];
        expect(buckets.length).toBeLessThanOrEqual(48);
        expect(buckets.reduce((sum, bucket) => sum + (bucket.new ?? 0), 0)).toBe(visits.length);
      }),
    );
  });
});
