import { Parser } from 'htmlparser2';
import { plainText } from './plain-text.ts';
import type { XmlElement } from './xml-element.ts';
import type { MarkupKind } from './xml-markup.ts';
import { escapeText } from './xml-markup.ts';

/** A text of an entry as the feed states it. */
export type Stated = {
  /** HTML, or plain as a title; `null` when it is too long to be kept. */
  readonly text: string | null;
  readonly base: string;
  /** As in `XmlElement`. */
  readonly language: string | null;
};

type Form = 'text' | 'html' | 'xml' | 'base64' | 'binary';

const TEXTS: ReadonlySet<string> = new Set(['', 'text', 'text/plain']);
const XMLS: ReadonlySet<string> = new Set(['xhtml', 'xml', 'application/xhtml+xml']);
const HTMLS: ReadonlySet<string> = new Set(['html', 'text/html']);

/**
 * How a text is written: by Atom 1.0's `type` (RFC 4287, 4.1.3.3), by Atom 0.3's `type` and `mode`,
 * and in RSS, which has no word for it, as HTML.
 */
function formOf({ attributes, space }: XmlElement): Form {
  const type = (attributes.type ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const mode = (attributes.mode ?? '').trim().toLowerCase();
  if (mode === 'base64') return 'base64';
  if (space === 'xhtml') return 'xml';
  if (space !== 'atom') return 'html';
  if (TEXTS.has(type)) return 'text';
  if (HTMLS.has(type)) return 'html';
  if (XMLS.has(type) || /[+/]xml$/.test(type)) return mode === 'escaped' ? 'html' : 'xml';
  if (type.startsWith('text/')) return 'text';
  // Anything else is base64 by the book; of a picture or a film there is nothing to read.
  return /^(?:image|audio|video|font|model)\//.test(type) ? 'binary' : 'base64';
}

/** How the inside of a text has to be kept for `statedOf`; `isAtom1` as against 0.3 and RSS. */
export function markupKindOf(element: XmlElement, isAtom1: boolean): MarkupKind {
  const form = formOf(element);
  // HTML between elements is HTML all the same: `<content type="html"><div>&lt;b&gt;`.
  const text = form === 'html' || form === 'base64' ? 'source' : 'nodes';
  return { text, withoutDiv: isAtom1 && (form === 'xml' || form === 'html') };
}

/** The text of an element that was kept by its `markupKindOf`; `null` when it has none. */
export function statedOf(element: XmlElement): Stated | null {
  const { base, language, markup } = element;
  const form = formOf(element);
  if (form === 'binary') return null;
  if (markup === null) return { text: null, base, language };
  const text = form === 'base64' ? decodeBase64(element, markup) : markup.trim();
  return text === null || text === '' ? null : { text, base, language };
}

/** Base64 of what is text, by its type plain or HTML; `null` for what is neither. */
function decodeBase64({ attributes }: XmlElement, encoded: string): string | null {
  const text = decodeBase64Text(encoded);
  const type = (attributes.type ?? '').trim().toLowerCase();
  if (text === null) return null;
  return type === 'text/plain' || type === 'text' ? escapeText(text) : text;
}

function decodeBase64Text(encoded: string): string | null {
  const compact = encoded.replace(/\s+/g, '');
  if (compact === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) return null;
  try {
    const bytes = Buffer.from(compact, 'base64');
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes).trim();
    return text.includes('\0') ? null : text;
  } catch {
    // Bytes that are no UTF-8 are no text, which is all that is asked here.
    return null;
  }
}

/** A title as plain text: RSS titles are HTML by custom, Atom's what their form says. */
export function titleOf(element: XmlElement): Stated | null {
  const form = formOf(element);
  const text = form === 'base64' ? (decodeBase64Text(element.text) ?? '') : element.text;
  const isPlain = form === 'text' || form === 'xml';
  const title = isPlain ? text.replace(/\s+/g, ' ').trim() : plainText(text);
  const { base, language } = element;
  return title === '' ? null : { text: title, base, language };
}

const BLOCKS: ReadonlySet<string> = new Set(
  'p pre ul ol blockquote table figure h1 h2 h3 h4 h5 h6'.split(' '),
);
const FULL_TEXT_BLOCKS_MIN = 3;
const FULL_TEXT_LENGTH_MIN = 1_000;

/**
 * Whether a description is the whole post and not a teaser: RSS means it for the latter, and half
 * of the feeds have the former in it. A teaser has neither three blocks nor a thousand letters.
 */
export function isFullText(html: string): boolean {
  if (html.length < FULL_TEXT_LENGTH_MIN) return false;
  let blocks = 0;
  let letters = 0;
  const parser = new Parser({
    onopentag: (name) => {
      if (BLOCKS.has(name)) blocks += 1;
    },
    ontext: (piece) => {
      letters += piece.trim().length;
    },
  });
  parser.end(html);
  return blocks >= FULL_TEXT_BLOCKS_MIN && letters >= FULL_TEXT_LENGTH_MIN;
}
