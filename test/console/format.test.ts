import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amount, bytes, counted, duration, moment, share } from '#console/format.ts';

describe('numbers for people', () => {
  it.each([
    [0, '0 B'],
    [840, '840 B'],
    [999, '999 B'],
    [1_000, '1 kB'],
    [1_249, '1.2 kB'],
    [999_400, '999 kB'],
    [999_600, '1 MB'],
    [17_300_000, '17 MB'],
    [5e15, '5000 TB'],
  ])('%d bytes are %s', (value, text) => {
    expect(bytes(value)).toBe(text);
  });

  it.each([
    [0, '0 ms'],
    [0.42, '0.42 ms'],
    [12.34, '12 ms'],
    [999.4, '999 ms'],
    [1_000, '1 s'],
    [7_460, '7.5 s'],
    [59_400, '59 s'],
    [59_700, '1 min'],
    [61_000, '1 min 1 s'],
    [116_000, '1 min 56 s'],
    [3_599_800, '1 h'],
    [7_500_000, '2 h 5 min'],
    [86_400_000, '1 d'],
    [90_000_000, '1 d 1 h'],
  ])('%d ms are %s', (value, text) => {
    expect(duration(value)).toBe(text);
  });

  it.each([
    [0, 5, '0%'],
    [1, 500, '<1%'],
    [1, 3, '33%'],
    [999, 1_000, '99%'],
    [5, 5, '100%'],
    [0, 0, '0%'],
  ])('%d of %d is %s', (part, whole, text) => {
    expect(share(part, whole)).toBe(text);
  });

  it('writes amounts in groups and names in their number', () => {
    expect(amount(1_234_567)).toBe('1,234,567');
    expect([counted(1, 'page'), counted(2, 'page'), counted(0, 'body', 'bodies')]).toEqual([
      '1 page',
      '2 pages',
      '0 bodies',
    ]);
    expect(moment('2026-11-25T03:13:16.789Z')).toBe('2026-11-25 03:13:16 UTC');
  });

  it('never writes a unit that the next one would say shorter', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e15, noNaN: true }), (value) => {
        expect(bytes(value)).toMatch(/^\d{1,4}(\.\d{1,3})? (B|kB|MB|GB|TB)$/);
        const written = Number.parseFloat(bytes(value));
        expect(written < 1_000 || bytes(value).endsWith(' TB')).toBe(true);
        expect(duration(value)).not.toMatch(/\b(60 s|60 min|24 h|1000 ms)\b/);
      }),
    );
  });
});
