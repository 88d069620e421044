import { randomBytes } from 'node:crypto';
import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codingsOf, inflate, isGzip } from '#adapters/fetcher/inflate.ts';

const LIMITS = { inflatedBytesMax: 5_000_000, inflationRatioMax: 100 };

const deflaters = {
  gzip: zlib.gzipSync,
  deflate: zlib.deflateSync,
  br: zlib.brotliCompressSync,
  zstd: zlib.zstdCompressSync,
} as const;
const codings = Object.keys(deflaters) as (keyof typeof deflaters)[];

describe('inflate', () => {
  it('undoes any codings in any order', () =>
    fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 3000 }),
        fc.array(fc.constantFrom(...codings), { maxLength: 3 }),
        async (bytes, applied) => {
          const sent = applied.reduce<Uint8Array>((body, name) => deflaters[name](body), bytes);
          expect(Buffer.compare(await inflate(sent, applied, LIMITS), bytes)).toBe(0);
        },
      ),
      { numRuns: 60 },
    ));

  it('takes raw deflate for deflate', () =>
    fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1 }), async (text) => {
        const inflated = await inflate(zlib.deflateRawSync(text), ['deflate'], LIMITS);
        expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(inflated)).toBe(
          Buffer.from(text).toString(),
        );
      }),
    ));

  it.each(codings)('says that a %s stream that is cut off anywhere is malformed', (coding) => {
    const whole = deflaters[coding]('some text, and more of it '.repeat(40));
    return fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: whole.byteLength - 1 }), async (length) => {
        const cut = inflate(whole.subarray(0, length), [coding], LIMITS);
        await expect(cut).rejects.toMatchObject({ code: 'malformed' });
      }),
    );
  });

  it.each(codings)('takes noise that claims to be %s for malformed, or for some bytes', (coding) =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (noise) => {
        const outcome = await inflate(noise, [coding], LIMITS).catch((thrown) => thrown.code);
        expect(outcome instanceof Uint8Array || outcome === 'malformed').toBe(true);
      }),
    ),
  );

  it.each([
    ['a thousandfold within the first megabyte', 900_000, LIMITS, 'taken'],
    ['a thousandfold past it', 1_100_000, LIMITS, 'inflation_refused'],
    ['past the cap', 20_000, { ...LIMITS, inflatedBytesMax: 19_999 }, 'inflation_refused'],
    ['to the cap', 20_000, { ...LIMITS, inflatedBytesMax: 20_000 }, 'taken'],
  ])('judges what grows %s', async (_, length, limits, verdict) => {
    const body = zlib.gzipSync(Buffer.alloc(length));
    const outcome = await inflate(body, ['gzip'], limits).then(
      () => 'taken',
      (thrown) => thrown.code,
    );
    expect(outcome).toBe(verdict);
  });

  it('refuses a zstd window that no page needs', async () => {
    const params = { [zlib.constants.ZSTD_c_windowLog]: 27 };
    const body = zlib.zstdCompressSync(randomBytes(9_000_000), { params });
    const inflating = inflate(body, ['zstd'], { inflatedBytesMax: 2e7, inflationRatioMax: 1e6 });
    await expect(inflating).rejects.toMatchObject({ code: 'malformed' });
  });

  it('does not know other codings, whatever objects are born with', async () => {
    for (const coding of ['compress', 'constructor', '__proto__', 'aes128gcm']) {
      await expect(inflate(Buffer.from('x'), [coding], LIMITS)).rejects.toMatchObject({
        code: 'unsupported_type',
      });
    }
  });
});

it.each([
  ['', []],
  ['identity', []],
  [' GZip ', ['gzip']],
  ['gzip, identity,br,', ['gzip', 'br']],
])('codingsOf("%s")', (header, expected) => expect(codingsOf(header)).toEqual(expected));

it.each([
  [[0x1f, 0x8b, 8], true],
  [[0x1f], false],
  [[], false],
  [[0x3c, 0x75], false],
])('isGzip(%j)', (bytes, expected) => expect(isGzip(Uint8Array.from(bytes))).toBe(expected));
