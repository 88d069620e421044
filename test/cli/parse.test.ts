import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  durationMs,
  epochOption,
  errorCode,
  fraction,
  languageTags,
  parseWebAddress,
  temperature,
  webAddress,
  wholeNumber,
} from '#cli/parse.ts';

describe('wholeNumber', () => {
  const parse = wholeNumber(3, 1_000);

  it('takes every whole number in its range, and no other', () => {
    fc.assert(
      fc.property(fc.integer({ min: -2_000, max: 2_000 }), (value) => {
        if (value >= 3 && value <= 1_000) expect(parse(String(value))).toBe(value);
        else expect(() => parse(String(value))).toThrow('from 3 to 1000');
      }),
    );
  });

  it.each(['', ' ', '4.5', '1e2', '0x10', '+5', '5 ', 'five'])('refuses "%s"', (text) => {
    expect(() => parse(text)).toThrow('whole number');
  });
});

describe.each([
  ['fraction', fraction, 1],
  ['temperature', temperature, 2],
] as const)('%s', (_, parse, max) => {
  it('takes its range, ends included', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max, noNaN: true }), (value) => {
        expect(parse(String(value))).toBe(value);
      }),
    );
  });

  it.each(['', ' ', 'hot', '-0.1', '2.1', 'NaN', 'Infinity'])('refuses "%s"', (text) => {
    expect(() => parse(text)).toThrow(`from 0 to ${max}`);
  });
});

describe('epochOption', () => {
  it('reads an epoch with and without its view', () => {
    expect(epochOption('posts@v1#42')).toEqual({ viewId: 'posts@v1', epoch: 42 });
    expect(epochOption('#42')).toEqual({ viewId: null, epoch: 42 });
    expect(epochOption('42')).toEqual({ viewId: null, epoch: 42 });
  });

  it.each(['0', '-1', 'posts#1', 'posts@v0#1', 'posts@v1', ''])('refuses "%s"', (text) => {
    expect(() => epochOption(text)).toThrow('write it like posts@v1#42');
  });
});

describe('durationMs', () => {
  const parse = durationMs(1_000, 86_400_000);

  it.each([
    ['90', 90_000],
    ['90s', 90_000],
    ['1500ms', 1_500],
    ['15m', 900_000],
    ['2h', 7_200_000],
    ['1.5h', 5_400_000],
    ['1d', 86_400_000],
  ])('reads %s', (text, ms) => {
    expect(parse(text)).toBe(ms);
  });

  it.each(['', 'soon', '-5s', '1w', '5 s s', '0', '999ms', '25h', '1e3', 'Infinity'])(
    'refuses "%s" and names the range',
    (text) => {
      expect(() => parse(text)).toThrow('like 90s, 15m, 2h or 1d, from 1s to 1d');
    },
  );
});

describe('languageTags', () => {
  it('gathers primary tags, each once', () => {
    const tags = ['en', 'PT-br', 'en-GB', 'gsw'].reduce<readonly string[]>(
      (before, text) => languageTags(text, before),
      [],
    );
    expect(tags).toEqual(['en', 'pt', 'gsw']);
  });

  it.each(['english', 'e', '', '12', 'en_GB'])('refuses "%s"', (text) => {
    expect(() => languageTags(text)).toThrow('like en or fr');
  });
});

describe('errorCode', () => {
  it('takes the codes that there are', () => {
    expect(errorCode('timeout')).toBe('timeout');
    expect(() => errorCode('time-out')).toThrow('like timeout');
    expect(() => errorCode('toString')).toThrow('like timeout');
  });
});

describe('addresses of sites', () => {
  it('gives a URL in its normal form', () => {
    expect(parseWebAddress('HTTPS://Blog.Example')).toBe('https://blog.example/');
  });

  it.each(['nonsense', '', 'ftp://blog.example/', 'blog.example', 'file:///etc/passwd'])(
    'refuses "%s" and shows how to write one',
    (text) => {
      expect(() => parseWebAddress(text)).toThrow('write it like https://');
      expect(() => webAddress(text)).toThrow('write it like https://');
    },
  );

  it('refuses a password without repeating it', () => {
    const thrown = (() => {
      try {
        return parseWebAddress('https://me:secret@blog.example/');
      } catch (error) {
        return String(error);
      }
    })();
    expect(thrown).toContain('blog.example');
    expect(thrown).not.toContain('secret');
  });
});
