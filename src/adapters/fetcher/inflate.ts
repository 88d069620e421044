import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { AppError } from '#domain/errors.ts';
import type { FetchLimits } from './limits.ts';

export type InflationLimits = Pick<FetchLimits, 'inflatedBytesMax' | 'inflationRatioMax'>;

type Inflate = (bytes: Uint8Array, outputBytesMax: number) => Promise<Uint8Array>;

// Small files of one repeated line compress a thousandfold, and harm nobody.
const RATIO_JUDGED_PAST_BYTES = 1_000_000;
const CODINGS_MAX = 3;
const CHUNK_BYTES = 65_536;
// RFC 9659: a Content-Encoding of zstd needs no window over 8 MB (2^23).
const ZSTD_WINDOW_LOG_MAX = 23;

const gunzip = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.gunzip);
const inflateZlib = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.inflate);
const inflateRaw = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.inflateRaw);
const brotli = promisify<Uint8Array, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress);
const zstd = promisify<Uint8Array, zlib.ZstdOptions, Buffer>(zlib.zstdDecompress);

const bounded = (maxOutputLength: number) => ({ maxOutputLength, chunkSize: CHUNK_BYTES });
const inflateGzip: Inflate = (bytes, max) => gunzip(bytes, bounded(max));

const CODINGS: Readonly<Record<string, Inflate>> = {
  gzip: inflateGzip,
  'x-gzip': inflateGzip,
  // RFC 9110 means zlib by "deflate"; servers that send raw deflate are as common.
  deflate: (bytes, max) => (hasZlibHeader(bytes) ? inflateZlib : inflateRaw)(bytes, bounded(max)),
  br: (bytes, max) => brotli(bytes, bounded(max)),
  zstd: (bytes, max) =>
    zstd(bytes, {
      ...bounded(max),
      params: { [zlib.constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG_MAX },
    }),
};

export const ACCEPT_ENCODING = 'gzip, deflate, br, zstd';

/** The codings of a Content-Encoding header in the order in which they were applied. */
export function codingsOf(contentEncoding: string): string[] {
  return contentEncoding
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity');
}

/** Throws `unsupported_type` unless every coding can be undone. */
export function checkCodings(codings: readonly string[]): void {
  const unknown = codings.find((coding) => !Object.hasOwn(CODINGS, coding));
  if (unknown !== undefined) {
    throw new AppError(
      'unsupported_type',
      `its content encoding "${unknown}" is not one of ${ACCEPT_ENCODING}`,
    );
  }
  if (codings.length > CODINGS_MAX) {
    throw new AppError('unsupported_type', `it is encoded more than ${CODINGS_MAX} times over`);
  }
}

/**
 * Undoes the codings, last one first. Rejects with `inflation_refused` over the caps and with
 * `malformed` when the bytes are cut off or are not what the coding says.
 */
export async function inflate(
  body: Uint8Array,
  codings: readonly string[],
  limits: InflationLimits,
): Promise<Uint8Array> {
  checkCodings(codings);
  const outputBytesMax = outputMax(body.byteLength, limits);
  let bytes = body;
  for (const coding of codings.toReversed()) {
    const undo = CODINGS[coding];
    if (undo === undefined || bytes.byteLength === 0) continue;
    bytes = await translated(undo(bytes, outputBytesMax), coding, outputBytesMax);
  }
  return bytes;
}

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

function outputMax(compressedBytes: number, limits: InflationLimits): number {
  const byRatio = Math.max(RATIO_JUDGED_PAST_BYTES, compressedBytes * limits.inflationRatioMax);
  return Math.floor(Math.min(limits.inflatedBytesMax, byRatio));
}

async function translated(
  inflating: Promise<Uint8Array>,
  coding: string,
  outputBytesMax: number,
): Promise<Uint8Array> {
  try {
    return await inflating;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE') {
      throw new AppError(
        'inflation_refused',
        `it inflates past ${outputBytesMax} bytes; only a trap or a download does so`,
        { cause },
      );
    }
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('malformed', `its ${coding} stream is cut off or broken (${reason})`, {
      cause,
    });
  }
}

// RFC 1950: method 8 in the low nibble, and the first two bytes a multiple of 31.
function hasZlibHeader(bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes;
  return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
}
