import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { binaryKindOf } from '#adapters/fetcher/binary-signature.ts';

it.each([
  ['a PNG image', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
  ['a JPEG image', Buffer.from('ffd8ffe000104a464946', 'hex')],
  ['a GIF image', Buffer.from('GIF89a\x01\x00')],
  ['a WebP image', Buffer.from('RIFF\x00\x00\x00\x00WEBPVP8 ')],
  ['a PDF', Buffer.from('%PDF-1.7\n%')],
  ['a zip archive', Buffer.from('PK\x03\x04\x14\x00')],
  ['gzip', gzipSync('a page')],
  ['a zstd archive', zstdCompressSync('a page')],
  ['a tar archive', Buffer.concat([Buffer.alloc(257), Buffer.from('ustar\x0000')])],
  ['an MP4 or MOV film', Buffer.from('\x00\x00\x00\x18ftypmp42')],
  ['a font', Buffer.from('wOF2\x00\x01')],
  ['WebAssembly', Buffer.from('\x00asm\x01\x00\x00\x00')],
])('%s is told by its first bytes', (kind, bytes) => expect(binaryKindOf(bytes)).toBe(kind));

it.each([
  '',
  '<!doctype html><title>PNG</title>',
  'GIF is a format',
  'PK is a set of initials',
  'BM begins a bitmap, and this post',
  'MZ begins a program, and this post',
  'ID3 tags explained',
  '%PDF is how a PDF begins',
  'RIFF of the day: WEBP',
  '\u{feff}<?xml version="1.0"?>',
])('"%s" is text', (text) => expect(binaryKindOf(new TextEncoder().encode(text))).toBeNull());

it('no printed text is taken for anything else, in whatever encoding', () =>
  fc.assert(
    fc.property(
      fc.stringMatching(/^[<!?a-zA-Zäöüéß 0-9"=>\n-]{0,300}$/),
      fc.constantFrom('utf-8', 'utf-16le', 'latin1' as const),
      (text, encoding) => {
        expect(binaryKindOf(Buffer.from(text, encoding as BufferEncoding))).toBeNull();
      },
    ),
  ));
