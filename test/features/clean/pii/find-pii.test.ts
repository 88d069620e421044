import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PII_KINDS } from '#domain/document.ts';
import { findPii } from '#features/clean/pii/find-pii.ts';
import { fold } from '#features/clean/pii/fold.ts';
import { countPii, maskText } from '#features/clean/pii/pii.ts';
import { foundIn } from './found-in.ts';

const SAMPLES = [
  'jo@example.org',
  '+49 30 1234567',
  'DE89370400440532013000',
  '4111 1111 1111 1111',
  '185.199.108.153',
  'postgres://jo:s3cr3t@db.example.org/x',
];
const piece = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom(
    ...SAMPLES,
    ...[
      '@',
      '.',
      ' ',
      '\n',
      '```\n',
      '`',
      '+',
      '(',
      ')',
      '-',
      '/',
      ':',
      '::',
      '0',
      '1',
      '12',
      '123',
    ],
    ...['password=', 'token: ', 'tel ', 'card ', 'ip ', 'Bearer ', '[at]', '%40', '://', 'a', 'x'],
    ...[
      'eyJ',
      '-----BEGIN PRIVATE KEY-----',
      '-----END PRIVATE KEY-----',
      'GB82',
      '\u200b',
      '１',
      '＠',
    ],
  ),
);
const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));

it('finds spans in order, apart from each other and within the text', () => {
  fc.assert(
    fc.property(text, (written) => {
      let at = 0;
      for (const { kind, start, end } of findPii(written)) {
        expect(start).toBeGreaterThanOrEqual(at);
        expect(end).toBeGreaterThan(start);
        expect(PII_KINDS).toContain(kind);
        at = end;
      }
      expect(at).toBeLessThanOrEqual(written.length);
    }),
    { numRuns: 1_000 },
  );
});

it('finds each sample wherever it stands between blanks', () => {
  const prose = fc.stringMatching(/^[a-z]{1,8}(?: [a-z]{1,8}){0,5}$/);
  fc.assert(
    fc.property(prose, prose, fc.constantFrom(...SAMPLES.slice(0, 5)), (before, after, sample) => {
      const all = `${before} ${sample} ${after}`;
      expect(foundIn(all).join()).toContain(sample);
      expect(maskText(all).text).toBe(all.replace(sample, `[${findPii(all)[0]?.kind}]`));
    }),
    { numRuns: 300 },
  );
});

describe('masking', () => {
  it('puts the kind in place of what was found, and counts it', () =>
    expect(maskText('a@example.org, b@example.org: 185.199.108.153 (ok)')).toEqual({
      text: '[email], [email]: [ip] (ok)',
      found: { email: 2, ip: 1 },
    }));

  it('leaves a text without any as it is', () => {
    const plain = 'Nothing here.\n\n```js\nlet a = 1;\n```\n';
    expect(maskText(plain)).toEqual({ text: plain, found: {} });
    expect(countPii(plain)).toEqual({});
  });

  it('masks as one what overlaps, by the kind that matters more', () =>
    expect(maskText('smtp://jo:s3cr3t@mail.example.org').text).toBe('smtp://[secret]'));

  it('leaves nothing of a sample behind', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...SAMPLES), { minLength: 1, maxLength: 20 }), (all) => {
        const masked = maskText(all.join('\n')).text;
        for (const sample of all) expect(masked).not.toContain(sample);
      }),
    );
  });
});

describe('folding', () => {
  it('leads back to where a character came from', () => {
    fc.assert(
      fc.property(text, (written) => {
        const { text: folded, originOf } = fold(written);
        let at = -1;
        for (let place = 0; place < folded.length; place += 1) {
          const origin = originOf(place);
          expect(origin).toBeGreaterThan(at);
          at = origin;
          const [was = '', is = ''] = [written[origin], folded[place]];
          if (/[^\0-\x7f]/.test(is) || was === is) expect(is).toBe(was);
          else expect(is).toMatch(/[\x20-\x7e]/);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['１２３＠ＡＢ．ｃ', '123@AB.c'],
    ['٠١٢ ۳۴۵', '012 345'],
    ['a\u00a0b\u2011c\u2212d', 'a b-c-d'],
    ['\u200ba\u00adb\ufeff', 'ab'],
    ['，ä漢', '，ä漢'],
  ])('%s is %s', (written, folded) => expect(fold(written).text).toBe(folded));
});

describe('a megabyte that is made to cost time', () => {
  const LENGTH = 1_000_000;
  it.each([
    ['digits', '1'],
    ['digits and blanks', '1 2 34 '],
    ['phones', '030 1234567; '],
    ['phones with labels', 'call 030 123 4567, tel '],
    ['countries', '+49 30 1234567 '],
    ['plus signs', '+1'],
    ['parentheses', '(1)'],
    ['signs', '@'],
    ['short addresses', 'a@'],
    ['dots', 'a.'],
    ['addresses without end', 'a.a@a.a.'],
    ['encoded signs', '%40'],
    ['hidden signs', 'a [at] a [dot] '],
    ['letters', 'a'],
    ['tokens', 'eyJ'],
    ['parts of tokens', 'eyJaaaaaaaaaa.'],
    ['passwords', 'password='],
    ['keys', '-----BEGIN PRIVATE KEY-----'],
    ['cut-off keys', '-----BEGIN PRIVATE KEY-----\naaaaaaaaaaaaaaaa\n'],
    ['colons', ':'],
    ['hexadecimal', '1:'],
    ['octets', '1.'],
    ['schemes', '://a:b'],
    ['countries of banks', 'GB12 '],
    ['cards', '4111 1111 1111 1112 '],
    ['fences', '```\n'],
    ['code and numbers', '`a` 2024-05-01 212-555-0134 10 '],
    ['backticks', '`'],
    ['entities', '&#64;'],
    ['nothing to see', '1\u200b'],
  ])('is read to its end: %s', (_name, unit) => {
    const long = `${unit.repeat(Math.ceil(LENGTH / unit.length))} jo@example.org`;
    expect(foundIn(long).at(-1)).toMatch(/jo@example\.org$/);
  });
});
