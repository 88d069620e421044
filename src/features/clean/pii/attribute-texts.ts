import type { Piece, PieceText } from './piece-text.ts';

/** A part of an attribute's value as it is written, between its entities. */
export type WrittenValue = { readonly name: string; readonly start: number; readonly end: number };

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));
/** Attributes that people read. */
const READ = words('title alt content label placeholder summary value aria-label aria-description');
/** Attributes of coordinates. */
const DRAWN = words('d points transform viewbox values path keytimes keysplines style');
const CONTACT = /^(?:tel|sms|callto|whatsapp|facetime):/i;
/** Attributes whose name tells what their value is. */
const TELLING = /phone|mobile|fax|passw|token|secret|api-?key/;
const ENTITY = /&(?:#x?[0-9a-f]+|[a-z0-9]+);?/iy;

/** Follows the attributes of a page, as its tokenizer meets them, into a text of their values. */
export function createAttributeReader(html: string, into: PieceText) {
  const values: WrittenValue[] = [];
  let name = '';
  /** Where the next part of the value begins, or the name ends when there was none yet. */
  let at = 0;
  let isFirst = true;
  let isRead = false;

  const add = (piece: Piece) => {
    if (isFirst) isRead = READ.has(name) || CONTACT.test(piece.text) || TELLING.test(name);
    isFirst = false;
    at = piece.end;
    if (!DRAWN.has(name)) into.add(piece, !isRead);
  };
  return {
    values: values as readonly WrittenValue[],
    isType: () => name === 'type',
    name(start: number, end: number) {
      name = html.slice(start, end).toLowerCase();
      isFirst = true;
      at = end;
      into.insert('\n', start);
      if (TELLING.test(name)) into.insert(`${name}: `, start);
    },
    text(start: number, end: number) {
      if (start === end) return;
      add({ text: html.slice(start, end), start, end });
      values.push({ name, start, end });
    },
    entity(codepoint: number) {
      const start = isFirst ? html.indexOf('&', at) : at;
      ENTITY.lastIndex = start;
      // An entity may stand for two characters, of which this is the second then.
      const end = start + (ENTITY.exec(html)?.[0].length ?? 0);
      add({ text: String.fromCodePoint(codepoint), start, end });
    },
  };
}
