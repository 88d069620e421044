import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHtml, decodeXml } from '#features/extract/decode.ts';

const SAMPLES = '../shared/data/encoding';
const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

describe('decodeHtml', () => {
  it.each([
    ['the header', '\xe9', 'text/html; charset=ISO-8859-1', 'é'],
    ['a quoted header', '\xcf\xf0\xe8', 'text/html;CHARSET="windows-1251"; x=y', 'При'],
    ['meta charset', '<meta charset=koi8-r>\xf0', 'text/html', 'П'],
    ['meta http-equiv', '<meta http-equiv=content-type content="a;charset=gbk">\xc4\xe3', '', '你'],
    ['a byte-order mark before all', '\xef\xbb\xbf\xc3\xa9', 'text/html; charset=latin1', 'é'],
    ['UTF-16 by mark', '\xff\xfe\xe9\x00', 'text/html', 'é'],
    ['the header before meta', '<meta charset=koi8-r>\xc3\xa9', 'text/html; charset=utf-8', 'é'],
    ['meta when the header is unknown', '<meta charset=latin1>\xe9', 'text/html; charset=x', 'é'],
    ['UTF-8 undeclared', '\xc3\xa9', '', 'é'],
    ['windows-1252 undeclared', '\x93\xe9\x94', '', '“é”'],
    ['x-user-defined', '\xe9', 'text/html; charset=x-user-defined', 'é'],
    ['an encoding that has no decoder', '\xe9', 'text/html; charset=iso-2022-kr', 'é'],
  ])('reads by %s', (_name, body, contentType, text) =>
    expect(decodeHtml(bytes(body), contentType).endsWith(text)).toBe(true),
  );

  it('keeps going at broken bytes', () =>
    expect(decodeHtml(bytes('a\xffb'), 'text/html; charset=utf-8')).toBe('a\ufffdb'));
});

describe('decodeXml', () => {
  it.each([
    ['the declaration', '<?xml version="1.0" encoding="iso-8859-2"?>\xb1', 'text/xml', 'ą'],
    ['UTF-8 by default', '<a>\xc3\xa9', 'text/xml', 'é'],
    ['the header', '<?xml version="1.0" encoding="utf-8"?>\xe9', 'text/xml; charset=latin1', 'é'],
    ['UTF-16 without a mark', '<\0?\0x\0m\0l\0?\0>\0\xe9\0', '', 'é'],
  ])('reads by %s', (_name, body, contentType, text) =>
    expect(decodeXml(bytes(body), contentType).endsWith(text)).toBe(true),
  );
});

it('never throws', () => {
  const contentType = fc.oneof(
    fc.string(),
    fc.string().map((label) => `text/html; charset=${label}`),
  );
  fc.assert(
    fc.property(fc.uint8Array(), contentType, (body, header) => {
      expect(typeof decodeHtml(body, header)).toBe('string');
      expect(typeof decodeXml(body, header)).toBe('string');
    }),
  );
});

describe.skipIf(!existsSync(SAMPLES))(`samples of html-encoding-sniffer (${SAMPLES})`, () => {
  const samples = existsSync(SAMPLES)
    ? ['bom', 'normal', 'no-result', 'utf'].flatMap((folder) =>
        readdirSync(`${SAMPLES}/${folder}`).map((name) => `${folder}/${name}`),
      )
    : [];

  // Those of `utf` declare a UTF-16 that they cannot be in; the answer is UTF-8.
  const answerOf = (sample: string) =>
    sample.startsWith('utf/') ? 'utf-8' : (sample.split('/')[1] ?? '').replace(/^.*_|\.html$/g, '');

  it.each(samples)('%s', (sample) => {
    const body = readFileSync(`${SAMPLES}/${sample}`);
    // Bytes that tell the encodings apart, where there are none in the sample.
    const probe = new Uint8Array([...body, 0xe1, 0xbb, 0x20, 0xf1, 0x20]);
    const expected = new TextDecoder(answerOf(sample)).decode(probe);
    expect(decodeHtml(probe, 'text/html')).toBe(expected);
  });
});
