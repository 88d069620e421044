import type { XmlElement } from './xml-element.ts';

/**
 * How an element's inside is kept as HTML: `nodes` are elements and text as they are, `source` is
 * text that is HTML itself, with or without elements between. `withoutDiv` leaves out the tags of
 * the element's own `div`, which in Atom is only there to carry the rest (RFC 4287, 3.1.1.3).
 */
export type MarkupKind = { readonly text: 'nodes' | 'source'; readonly withoutDiv: boolean };

/** UTF-16 units of one element's markup; what has more of it is given up as a whole. */
export const MARKUP_LENGTH_MAX = 2_000_000;

/** Writes what an element holds as HTML while it is walked through. */
export type MarkupWriter = {
  readonly of: XmlElement;
  open(element: XmlElement): void;
  text(piece: string): void;
  close(element: XmlElement): void;
  /** `null` when it became too long. */
  end(): string | null;
};

const VOID: ReadonlySet<string> = new Set(
  'area base br col embed hr img input link meta source track wbr'.split(' '),
);
/** Namespaces whose elements HTML knows without a prefix. */
const PLAIN: ReadonlySet<string> = new Set(['', 'xhtml', 'svg', 'math', 'atom']);

export function createMarkupWriter(of: XmlElement, kind: MarkupKind): MarkupWriter {
  let html = '';
  const write = (piece: string): void => {
    // One more than is allowed, by which it is known.
    if (html.length <= MARKUP_LENGTH_MAX) html += piece;
  };
  const isCarrier = (element: XmlElement): boolean =>
    kind.withoutDiv && element.name === 'div' && element.parent === of;
  return {
    of,
    open(element) {
      if (!isCarrier(element)) write(`<${tagOf(element)}${attributesOf(element)}>`);
    },
    text: (piece) => write(kind.text === 'source' ? piece : escapeText(piece)),
    close(element) {
      const tag = tagOf(element);
      if (!isCarrier(element) && !VOID.has(tag)) write(`</${tag}>`);
    },
    end: () => (html.length > MARKUP_LENGTH_MAX ? null : html),
  };
}

const tagOf = ({ name, qualified, space }: XmlElement): string =>
  PLAIN.has(space) ? name : qualified;

function attributesOf({ attributes }: XmlElement): string {
  let text = '';
  for (const name in attributes) {
    if (name === 'xmlns' || name.startsWith('xmlns:') || name === 'xml:base') continue;
    const plain = name === 'xml:lang' ? 'lang' : name;
    text += ` ${plain}="${escapeText(attributes[name] ?? '').replaceAll('"', '&quot;')}"`;
  }
  return text;
}

/** Text as the HTML that shows it. */
export const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
