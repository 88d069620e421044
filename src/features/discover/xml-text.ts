import { decodeXml } from '../extract/decode.ts';

/** Code points turned into text at a time; an argument list has its limits. */
const SLICE_LENGTH = 8_192;
const REPLACEMENT = 0xfffd;

/**
 * Text of a feed or a sitemap: UTF-32, which no browser reads any more, by its byte-order mark or
 * by how it begins; all else as `decodeXml` does. What is no UTF-8 after all is windows-1252, when
 * more of it fails than not. C1 control characters, which nobody means, are those of windows-1252.
 */
export function decodeXmlText(body: Uint8Array, contentType: string): string {
  return withoutControls(decodeUtf32(body) ?? decodeOrLegacy(body, contentType));
}

function decodeOrLegacy(body: Uint8Array, contentType: string): string {
  const bare = bareUtf16Of(body);
  if (bare !== null) return new TextDecoder(bare).decode(body);
  const text = decodeXml(body, contentType);
  if (!text.includes('\ufffd') || !isMostlyBroken(text)) return text;
  const isUtf8 = new TextDecoder().decode(body) === text;
  return isUtf8 ? new TextDecoder('windows-1252').decode(body) : text;
}

/** Two bytes a character without a mark and without an XML declaration: a `<` says which way. */
function bareUtf16Of([first, second, third, fourth]: Uint8Array): string | null {
  if (first === 0 && second === 0x3c && third === 0 && fourth !== 0) return 'utf-16be';
  return first === 0x3c && second === 0 && third !== 0 && fourth === 0 ? 'utf-16le' : null;
}

function isMostlyBroken(text: string): boolean {
  let broken = 0;
  let whole = 0;
  for (const character of text) {
    const code = character.charCodeAt(0);
    if (code === REPLACEMENT) broken += 1;
    else if (code > 0x7f) whole += 1;
  }
  return broken > whole;
}

function decodeUtf32(body: Uint8Array): string | null {
  const isLittle = isUtf32Of(body[0], body[1], body[2], body[3]);
  const isBig = isUtf32Of(body[3], body[2], body[1], body[0]);
  if (body.length < 4 || !(isLittle || isBig)) return null;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength - (body.byteLength % 4));
  const pieces: string[] = [];
  let points: number[] = [];
  for (let at = 0; at < view.byteLength; at += 4) {
    points.push(scalarOf(view.getUint32(at, isLittle)));
    if (points.length < SLICE_LENGTH) continue;
    pieces.push(String.fromCodePoint(...points));
    points = [];
  }
  pieces.push(String.fromCodePoint(...points));
  return pieces.join('').replace(/^\ufeff/, '');
}

/** A mark or a `<`, lowest byte first. */
const isUtf32Of = (...[low, next, third, high]: readonly (number | undefined)[]): boolean =>
  third === 0 && high === 0 && ((low === 0xff && next === 0xfe) || (low === 0x3c && next === 0));

const scalarOf = (code: number): number =>
  code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? REPLACEMENT : code;

/** What windows-1252 has where Unicode has controls, 0x80 to 0x9f. */
const WINDOWS = new TextDecoder('windows-1252').decode(
  Uint8Array.from({ length: 0x20 }, (_, at) => 0x80 + at),
);

/** The character that the code of a C1 control was meant for. */
export const windowsCharacter = (code: number): string => WINDOWS[code - 0x80] ?? '';

const withoutControls = (text: string): string =>
  text.replace(/[\x80-\x9f]/g, (control) => windowsCharacter(control.charCodeAt(0)));
