import { Parser } from 'htmlparser2';
import { TEXT_LENGTH_MAX, type XmlElement } from './xml-element.ts';
import { createMarkupWriter, type MarkupKind, type MarkupWriter } from './xml-markup.ts';
import { readProlog } from './xml-prolog.ts';
import { createReferences } from './xml-references.ts';
import { type Prefixes, prefixesOf } from './xml-spaces.ts';

export type XmlVisitor = {
  open(element: XmlElement): void;
  /** How to keep the element's inside; `null` for most. Not asked within one that is kept. */
  keep?(element: XmlElement): MarkupKind | null;
  close(element: XmlElement): void;
};

/** Elements below are not seen, nor is their text. */
const DEPTH_MAX = 128;
/** Deeper still it is an attack: the parser's time for a tag grows with the nesting. */
const NESTING_MAX = 256;
/** Written to the parser at a time, so that an attack is not read to its end. */
const SLICE_LENGTH = 65_536;
const BASE_LENGTH_MAX = 2_048;

type Open = { readonly element: XmlElement; readonly prefixes: Prefixes };
type Read = (text: string) => string;

/**
 * Walks XML in one pass, as well-formed as it comes. References are those of `createReferences`,
 * and never lead outside of the document. Says whether it came to the end: it gives up on nesting
 * that no document has, and then what is open is not closed.
 */
export function walkXml(document: string, base: string, visitor: XmlVisitor): boolean {
  const { text, entities } = readProlog(document);
  const walk = createWalk(base, visitor, createReferences(entities));
  const parser = new Parser(
    {
      onopentag: walk.open,
      ontext: walk.text,
      oncdatastart: walk.startCdata,
      oncdataend: walk.endCdata,
      onclosetag: walk.close,
    },
    { xmlMode: true, lowerCaseTags: true, lowerCaseAttributeNames: true, decodeEntities: false },
  );
  for (let at = 0; at < text.length; at += SLICE_LENGTH) {
    parser.write(text.slice(at, at + SLICE_LENGTH));
    if (walk.isTooDeep()) return false;
  }
  parser.end();
  return true;
}

function createWalk(pageUrl: string, visitor: XmlVisitor, read: Read) {
  const stack: Open[] = [];
  let below = 0;
  let writer: MarkupWriter | null = null;
  let isCdata = false;
  // The parser gives text in pieces that may end within a reference.
  let pending = '';
  const flush = (): void => {
    const element = stack.at(-1)?.element;
    if (pending === '') return;
    const piece = isCdata ? pending : read(pending);
    pending = '';
    if (element === undefined) return;
    addText(element, piece);
    writer?.text(piece);
  };
  return {
    open(qualified: string, attributes: Record<string, string>): void {
      flush();
      if (stack.length >= DEPTH_MAX) {
        below += 1;
        return;
      }
      const opened = openElement(qualified, readAll(attributes, read), stack.at(-1), pageUrl);
      const { element } = opened;
      stack.push(opened);
      visitor.open(element);
      if (writer !== null) writer.open(element);
      else {
        const kind = visitor.keep?.(element) ?? null;
        if (kind !== null) writer = createMarkupWriter(element, kind);
      }
    },
    text(piece: string): void {
      if (below === 0) pending += piece;
    },
    startCdata(): void {
      flush();
      isCdata = true;
    },
    endCdata(): void {
      flush();
      isCdata = false;
    },
    close(): void {
      flush();
      if (below > 0) {
        below -= 1;
        return;
      }
      const element = stack.pop()?.element;
      if (element === undefined) return;
      if (writer?.of === element) {
        element.markup = writer.end();
        writer = null;
      }
      writer?.close(element);
      visitor.close(element);
      const parent = stack.at(-1)?.element;
      if (parent !== undefined) addText(parent, element.text);
    },
    isTooDeep: () => below > NESTING_MAX,
  };
}

function addText(element: XmlElement, piece: string): void {
  const room = TEXT_LENGTH_MAX - element.text.length;
  if (room > 0) element.text += piece.length > room ? piece.slice(0, room) : piece;
}

function readAll(attributes: Record<string, string>, read: Read): Record<string, string> {
  for (const name in attributes) attributes[name] = read(attributes[name] ?? '');
  return attributes;
}

function openElement(
  qualified: string,
  attributes: Readonly<Record<string, string>>,
  above: Open | undefined,
  pageUrl: string,
): Open {
  const prefixes = prefixesOf(attributes, above?.prefixes ?? new Map());
  const colon = qualified.indexOf(':');
  const prefix = colon < 0 ? '' : qualified.slice(0, colon);
  const outer = above?.element.base ?? pageUrl;
  const element: XmlElement = {
    name: qualified.slice(colon + 1),
    qualified,
    space: prefixes.get(prefix) ?? prefix,
    attributes,
    parent: above?.element ?? null,
    depth: (above?.element.depth ?? 0) + 1,
    base: baseOf(attributes['xml:base'], outer),
    language: attributes['xml:lang']?.trim() ?? above?.element.language ?? null,
    text: '',
    markup: null,
  };
  return { element, prefixes };
}

/** One that no page can be found by, such as `javascript:`, does not count. */
function baseOf(declared: string | undefined, outer: string): string {
  if (declared === undefined || declared.length > BASE_LENGTH_MAX) return outer;
  const resolved = URL.parse(declared.trim(), outer);
  if (resolved === null || !/^https?:$/.test(resolved.protocol)) return outer;
  return resolved.href.length > BASE_LENGTH_MAX ? outer : resolved.href;
}
