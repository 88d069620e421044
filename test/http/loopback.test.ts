import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertBindable, isLoopback } from '#http/loopback.ts';

const octet = fc.integer({ min: 0, max: 255 });
const port = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: null });

describe('isLoopback', () => {
  it.each(['localhost', 'LOCALHOST:8787', 'app.localhost:80', '::1', '[::1]', '[::1]:8787'])(
    'keeps %s on this machine',
    (host) => expect(isLoopback(host)).toBe(true),
  );

  it.each([
    '',
    '0.0.0.0',
    '::',
    '[::]:8787',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.1@evil.example',
    'evil.example:127.0.0.1',
    '127.0.0',
    '127.0.0.256',
    '127.0.0.1:',
    '[::1',
    '[::1]x',
    '[::1].evil.example',
    '::2',
  ])('does not take %j for this machine', (host) => expect(isLoopback(host)).toBe(false));

  it('takes every address of 127.0.0.0/8 and no other', () => {
    fc.assert(
      fc.property(octet, octet, octet, octet, port, (a, b, c, d, at) => {
        const host = `${a}.${b}.${c}.${d}${at === null ? '' : `:${at}`}`;
        expect(isLoopback(host)).toBe(a === 127);
      }),
    );
  });
});

describe('assertBindable', () => {
  it('listens beyond loopback only where there is a key', () => {
    expect(() => assertBindable('0.0.0.0', false)).toThrow(
      expect.objectContaining({
        code: 'invalid_config',
        param: 'host',
        message: expect.stringContaining('lockstep key create'),
      }),
    );
    expect(() => assertBindable('0.0.0.0', true)).not.toThrow();
    expect(() => assertBindable('127.0.0.1', false)).not.toThrow();
  });
});
