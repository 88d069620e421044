import { describe, expect, it } from 'vitest';
import { findsNothing, foundIn } from './found-in.ts';

const check = (text: string, ...phones: readonly string[]) =>
  expect(foundIn(text)).toEqual(phones.map((phone) => `phone: ${phone}`));

describe('a number with a country', () => {
  it.each([
    '+49 30 1234567',
    '+44 (0)20 7946 0958',
    '+442079460958',
    '+1 (212) 555-0134',
    '+1-212-555-0134',
    '+33.1.23.45.67.89',
    '+52 55 1234 5678',
    '+86 138 1234 5678',
    '0049 30 123456',
    '+49‑30‑1234567',
    '＋49 30 1234567',
  ])('is found by itself: %s', (phone) => check(`see ${phone}.`, phone));

  it('is found in code, when it is one in truth', () => {
    check('```\ncall("+442079460958")\n```', '+442079460958');
    findsNothing('```\nshift(+1234567890123)\n```');
  });
});

describe('a number of North America', () => {
  it.each([
    '212-555-0134',
    '(212) 555-0134',
    '(212)555-0134',
    '212.555.0134',
    '1-800-555-0199',
    '212-555-0134x4587',
    '212-555-0134 ext. 45',
  ])('is found by itself: %s', (phone) => check(`Reach us, ${phone}, at night`, phone));

  it('is found in a text without other words', () => check('212-555-0134', '212-555-0134'));
});

describe('a number with a leading 0', () => {
  it.each(['01 23 45 67 89', '01.23.45.67.89', '030/1234567', '(020) 7946 0958', '0171 1234567'])(
    'is found by itself: %s',
    (phone) => check(`- ${phone}`, phone),
  );
});

describe('any number', () => {
  it.each([
    ['Phone: 467 3395', '467 3395'],
    ['phone number is 5551234567', '5551234567'],
    ['Tel. 60-56-85-91', '60-56-85-91'],
    ['Téléphone : 4 67 33 95', '4 67 33 95'],
    ['Telefon\n030 12 34', '030 12 34'],
    ['тел. 8 (495) 123-45-67', '8 (495) 123-45-67'],
    ['电话:13812345678', '13812345678'],
    ['please call me on 9472 7916?', '9472 7916'],
    ['Please text us at 699 956 915, thanks', '699 956 915'],
    ['781 1704 office', '781 1704'],
    ['(37) 788-063 (mobile)', '(37) 788-063'],
    ['{"telephone":"5551234567"}', '5551234567'],
    ['```\n{"phone": "5551234567"}\n```', '5551234567'],
  ])('is found where words call it so: %s', (text, phone) => check(text, phone));

  it('is found when it is the next of a list', () => {
    check('Call 467 3395 or 467 3396, 467 3397.', '467 3395', '467 3396', '467 3397');
    check('Fax: 030 12345 / 030 12346', '030 12345', '030 12346');
  });

  it('is found after another one on the line', () =>
    check('2024-05-01 212-555-0134 10', '212-555-0134'));
});

it.each([
  ['dates', '2024-05-01, 01/02/2024, 1.2.2024, 01-02-99 and 2024/05/01 10'],
  ['times', '2024-05-01T10:20:30+01:00 at 12:34:56.789'],
  ['years', 'phones of 2019-2024, fax of 1998 2004'],
  ['versions', 'Version 10.0.19041.1234, 115.0.5790.102'],
  ['book numbers', 'ISBN 978-3-16-148410-0, ISBN 0-306-40615-2, ISBN: 0306406152'],
  ['other numbers', 'Order number 212-555-0134, invoice 5551234567, ID: 555 123 4567'],
  ['ids', 'Commit 0123456789, #12345678, 550e8400-e29b-41d4-a716-446655440000'],
  ['scholars', 'ORCID 0000-0002-1825-0097'],
  ['amounts', '$1,299.00, 1 000 000 EUR, € 12 345 678, 123456789 %'],
  ['counts', 'It had 12 345 678 readers; mobile users grew to 12 345 678'],
  ['decimals', '3.14159265358979, 0.123 456 789, 48.858370, 2.294481'],
  ['rows of numbers', '1 2 3 4 5 6 7 8 9 10 11 12\n100 200 300 400\n01 02 03 04 05 06 07 08'],
  ['social security', 'SSN 123-45-6789'],
  ['postal codes', 'ZIP 94105-1234'],
  ['pages', 'pp. 123-145, 2021, 12(3): 45-67'],
  ['scores', '21-14, 7-6 6-4 7-5'],
  ['words of code', 'call foo(1234567), 0x1234567890, +1 and +100'],
  ['URLs', 'https://blog.example/212-555-0134/01-23-45-67-89?phone=5551234567'],
  ['code', '```\n212-555-0134\n01 23 45 67 89\nmobile: 1234567\n```\n    `01 23 45 67 89`'],
])('is not found in %s', (_name, text) => findsNothing(text));

it('counts by its shape when a text has too many to look them all up', () => {
  const numbers = Array.from({ length: 25_000 }, (_none, at) => `030 ${1_000_000 + at};`);
  expect(foundIn(numbers.join(' '))).toHaveLength(25_000);
});
