import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isoDate } from '#features/discover/iso-date.ts';

it.each([
  ['2024-05-01T10:00:00Z', '2024-05-01T10:00:00Z'],
  ['2024-05-01t10:00:00.123456z', '2024-05-01T10:00:00Z'],
  ['2024-05-01T10:00+02:00', '2024-05-01T08:00:00Z'],
  ['2024-05-01 10:00:00 +0200', '2024-05-01T08:00:00Z'],
  ['2024-12-31T23:30:00-01:00', '2025-01-01T00:30:00Z'],
  ['2024-02-29', '2024-02-29'],
  ['20031231', '2003-12-31'],
  ['Thu, 01 Jan 2004 19:48:21 GMT', '2004-01-01T19:48:21Z'],
  ['1 Jan 2004 19:48 EST', '2004-01-02T00:48:00Z'],
  ['01 Jan 04 19:48:21 +0100', '2004-01-01T18:48:21Z'],
  ['01 Jan 99 00:00:00 GMT', '1999-01-01T00:00:00Z'],
  ['Sun Jan  4 16:29:06 2004', '2004-01-04'],
  ['January 2, 2024', '2024-01-02'],
  ['Tuesday, Sept. 3 2024', '2024-09-03'],
  ['2 March 2024', '2024-03-02'],
  [' \n2024-05-01 ', '2024-05-01'],
  ['2024-05-01 10:00:00+02', '2024-05-01T08:00:00Z'],
  ['2024-05-01T24:00:00Z', '2024-05-02T00:00:00Z'],
  ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00Z'],
  ['Thu, 01 Jan 2004 19:48:21 +0000 (UTC)', '2004-01-01T19:48:21Z'],
  ['2024-5-1', '2024-05-01'],
  ['2024-5-1 9:05:00Z', '2024-05-01T09:05:00Z'],
  ['20040101T194821Z', '2004-01-01T19:48:21Z'],
  ['20040101T1948+0100', '2004-01-01T18:48:00Z'],
  ['Thu Jan 01 2004 19:48:21 GMT+0100 (Central European Standard Time)', '2004-01-01T18:48:21Z'],
  ['Thu Jan  1 19:48:21 EST 2004', '2004-01-02T00:48:21Z'],
  ['Thu Jan  1 19:48:21 2004', '2004-01-01'],
  ['Thu, 01 Jan 2004 19:48:21 GMT+01:00', '2004-01-01T18:48:21Z'],
  ['Thu 01 Jan, 2004 19:48:21.123 GMT', '2004-01-01T19:48:21Z'],
  ['January 2nd, 2024', '2024-01-02'],
  ['January 2, 2024 at 7:48 pm', '2024-01-02'],
  ['1 January 2024, 19:48', '2024-01-01'],
])('%j is %s', (text, date) => expect(isoDate(text)).toBe(date));

it.each([
  '2024-05-01T10:00:00',
  'Thu, 01 Jan 2004 19:48:21',
  '1 Jan 2004 19:48 A',
  '1 Jan 2004 19:48 CEST',
])('keeps the day alone of %j: its zone is not known', (text) =>
  expect(isoDate(text)).toMatch(/^\d{4}-\d\d-\d\d$/),
);

it.each([
  '',
  'yesterday',
  '01/02/2024',
  '2024',
  '2024-05',
  '2024-13-01',
  '2024-1-32',
  'Thu Jan  1 19:48:21',
  'Thu Jan  1 2004 19:48',
  '2023-02-29',
  '2024-05-01T25:00:00Z',
  '2024-05-01T10:60:00Z',
  '2024-05-01T10:00:00+99:00',
  '2024-05-01T24:30:00Z',
  '9999-12-31T23:59:59-23:00',
  '+010000-01-01',
  '0001-01-01',
  '32 Jan 2024',
  '1 Foo 2024',
  'x'.repeat(1_000_000),
])('does not guess %j', (text) => expect(isoDate(text)).toBeNull());

it('reads every instant that a Date writes', () => {
  const date = fc.date({
    min: new Date('1000-01-01T00:00:00Z'),
    max: new Date('9999-12-31T00:00:00Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(date, (instant) => {
      const expected = `${instant.toISOString().slice(0, 19)}Z`;
      expect(isoDate(instant.toISOString())).toBe(expected);
      expect(isoDate(instant.toUTCString())).toBe(expected);
      expect(isoDate(expected)).toBe(expected);
    }),
  );
});

it('gives null or a date, whatever it is given', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9A-Za-z :,+-]{0,40}$/)), (text) => {
      const date = isoDate(text);
      if (date !== null) expect(Number.isNaN(Date.parse(date))).toBe(false);
    }),
  );
});
