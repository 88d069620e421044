import { Parser } from 'htmlparser2';
import { windowsCharacter } from './xml-text.ts';

const REFERENCE = /&(?:#x([0-9a-f]{1,8})|#([0-9]{1,10})|([a-z_][a-z0-9_.:-]{0,63}));/gi;
const PREDEFINED: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);
const CODE_MAX = 0x10ffff;

/** Text that the entities of one DTD may become altogether, in UTF-16 units. */
const EXPANSION_LENGTH_MAX = 1_000_000;
/** Unknown names that are looked up, in one document. */
const UNKNOWN_MAX = 1_000;

/**
 * Reads references in the text of one document: numeric ones as browsers do, XML's own five, those
 * that the document declares itself, and HTML's, which feeds use without declaring them. Others
 * stay as they are written. What a reference becomes is not read again.
 */
export function createReferences(declared: ReadonlyMap<string, string>): (text: string) => string {
  const unknown = new Set<string>();
  let room = EXPANSION_LENGTH_MAX;
  const named = (name: string): string | null => {
    const own = declared.get(name);
    if (own !== undefined) {
      room -= own.length;
      return room < 0 ? null : own;
    }
    if (unknown.has(name) || unknown.size >= UNKNOWN_MAX) return null;
    const character = htmlCharacter(name);
    if (character === null) unknown.add(name);
    return character;
  };
  return (text) =>
    text.includes('&')
      ? text.replace(REFERENCE, (whole, hex?: string, decimal?: string, name = '') => {
          if (hex !== undefined) return characterOf(Number.parseInt(hex, 16));
          if (decimal !== undefined) return characterOf(Number.parseInt(decimal, 10));
          return PREDEFINED.get(name) ?? named(name) ?? whole;
        })
      : text;
}

/** By the HTML standard: C1 controls are those of windows-1252, what is no character U+FFFD. */
function characterOf(code: number): string {
  if (code >= 0x80 && code <= 0x9f) return windowsCharacter(code);
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  return code === 0 || code > CODE_MAX || isSurrogate ? '\ufffd' : String.fromCodePoint(code);
}

const known = new Map<string, string>();

/** What HTML means by a name, of which there are some two thousand; `null` when it is nothing. */
function htmlCharacter(name: string): string | null {
  const before = known.get(name);
  if (before !== undefined) return before;
  if (!/^[a-z][a-z0-9]*$/i.test(name)) return null;
  let text = '';
  const parser = new Parser({
    ontext: (piece) => {
      text += piece;
    },
  });
  parser.end(`&${name};`);
  // A name that only begins like another one, such as `&notit;`, is read in part.
  if (text.endsWith(';')) return null;
  known.set(name, text);
  return text;
}
