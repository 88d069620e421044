import { BLOCKS, type DomDocument, type DomElement, isElement } from './dom.ts';

/** Puts text into a document where it is seen. */
export type TextWriter = {
  add(piece: string): void;
  /** Ends a run of text in an open element, before a child of that name or (`null`) at its end. */
  flush(open: TextPlace, nextName: string | null): void;
  /** Why the text cannot be worked with. */
  excess(): string | null;
};

/** Where the text of an open element goes. */
export type TextPlace = {
  readonly fate: 'kept' | 'hidden' | 'dropped';
  /** Where its children go. */
  readonly node: DomElement;
  readonly preformatted: boolean;
};

/**
 * Sum of the squares of the lengths of runs of white space in code: the time that Turndown's
 * expressions spend on them. Some 800 lines of 250 blanks.
 */
const WHITE_SPACE_COST_MAX = 50_000_000;

/** White space that is not one blank. */
const UNEVEN = /\s\s|[^\S ]/;

/** Collapses white space as it is shown, and leaves it out at the edges of blocks. */
export function createTextWriter(document: DomDocument): TextWriter {
  let text = '';
  let cost = 0;

  const write = (place: TextPlace, nextName: string | null) => {
    const { node, preformatted } = place;
    if (preformatted) {
      for (const [run] of text.matchAll(/\s{2,}/g)) cost += run.length ** 2;
      node.appendChild(document.createTextNode(text));
      return;
    }
    const collapsed = UNEVEN.test(text) ? text.replace(/\s+/g, ' ') : text;
    if (collapsed === ' ' && isAtEdge(node, nextName)) return;
    node.appendChild(document.createTextNode(collapsed));
  };

  return {
    add(piece) {
      text += piece;
    },
    flush(place, nextName) {
      if (text !== '' && place.fate === 'kept') write(place, nextName);
      text = '';
    },
    excess: () => (cost > WHITE_SPACE_COST_MAX ? 'its code is mostly white space' : null),
  };
}

function isAtEdge(node: DomElement, nextName: string | null): boolean {
  if (nextName !== null && BLOCKS.has(nextName)) return true;
  const last = node.lastChild;
  const isFirst = last === null || (isElement(last) && BLOCKS.has(last.localName));
  return isFirst || (nextName === null && BLOCKS.has(node.localName));
}
