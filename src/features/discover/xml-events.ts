import { Parser } from 'htmlparser2';

/** An element while it is open, and, with all its text, when it closes. */
export type XmlElement = {
  /** Local name in lower case. */
  readonly name: string;
  /** Namespace: a short name of `SPACES`, else its URI, else the undeclared prefix, else ``. */
  readonly space: string;
  /** By qualified name in lower case. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly parent: XmlElement | null;
  /** Counted from 1, the root. */
  readonly depth: number;
  /** What relative references in it are resolved against (`xml:base`). */
  readonly base: string;
  /** Text of the element and of its descendants, at most `TEXT_LENGTH_MAX` of it. */
  text: string;
};

export type XmlVisitor = {
  open(element: XmlElement): void;
  close(element: XmlElement): void;
};

const TEXT_LENGTH_MAX = 16_384;
/** Elements below are not seen, nor is their text. */
const DEPTH_MAX = 128;
/** Deeper still it is an attack: the parser's time for a tag grows with the nesting. */
const NESTING_MAX = 256;
/** Written to the parser at a time, so that an attack is not read to its end. */
const SLICE_LENGTH = 65_536;
const PREFIXES_MAX = 64;
const BASE_LENGTH_MAX = 2_048;

const SPACES: ReadonlyMap<string, string> = new Map([
  ['http://www.w3.org/2005/atom', 'atom'],
  ['http://purl.org/atom/ns#', 'atom'],
  ['http://purl.org/rss/1.0/', ''],
  ['http://my.netscape.com/rdf/simple/0.9/', ''],
  ['http://channel.netscape.com/rdf/simple/0.9/', ''],
  ['http://purl.org/dc/elements/1.0/', 'dc'],
  ['http://purl.org/dc/elements/1.1/', 'dc'],
  ['http://purl.org/dc/terms/', 'dcterms'],
  ['http://www.w3.org/1999/02/22-rdf-syntax-ns#', 'rdf'],
  ['http://www.sitemaps.org/schemas/sitemap/0.9', ''],
]);

type Prefixes = ReadonlyMap<string, string>;
type Open = { readonly element: XmlElement; readonly prefixes: Prefixes };

/**
 * Walks XML in one pass, as well-formed as it comes. Only the five entities of XML and numeric ones
 * are read: a DTD's are never expanded. Says whether it came to the end: it gives up on nesting
 * that no document has.
 */
export function walkXml(text: string, base: string, visitor: XmlVisitor): boolean {
  const stack: Open[] = [];
  let below = 0;
  const parser = new Parser(
    {
      onopentag(qualified, attributes) {
        if (stack.length >= DEPTH_MAX) {
          below += 1;
          return;
        }
        const opened = openElement(qualified, attributes, stack.at(-1) ?? null, base);
        stack.push(opened);
        visitor.open(opened.element);
      },
      ontext(piece) {
        const element = stack.at(-1)?.element;
        if (element !== undefined && below === 0) addText(element, piece);
      },
      onclosetag() {
        if (below > 0) {
          below -= 1;
          return;
        }
        const element = stack.pop()?.element;
        if (element === undefined) return;
        visitor.close(element);
        const parent = stack.at(-1)?.element;
        if (parent !== undefined) addText(parent, element.text);
      },
    },
    { xmlMode: true, lowerCaseTags: true, lowerCaseAttributeNames: true },
  );
  for (let at = 0; at < text.length; at += SLICE_LENGTH) {
    parser.write(text.slice(at, at + SLICE_LENGTH));
    if (below > NESTING_MAX) return false;
  }
  parser.end();
  return true;
}

function addText(element: XmlElement, piece: string): void {
  const room = TEXT_LENGTH_MAX - element.text.length;
  if (room > 0) element.text += piece.length > room ? piece.slice(0, room) : piece;
}

function openElement(
  qualified: string,
  attributes: Readonly<Record<string, string>>,
  above: Open | null,
  pageUrl: string,
): Open {
  const prefixes = prefixesOf(attributes, above?.prefixes ?? new Map());
  const colon = qualified.indexOf(':');
  const prefix = colon < 0 ? '' : qualified.slice(0, colon);
  const outer = above?.element.base ?? pageUrl;
  const element: XmlElement = {
    name: qualified.slice(colon + 1),
    space: prefixes.get(prefix) ?? prefix,
    attributes,
    parent: above?.element ?? null,
    depth: (above?.element.depth ?? 0) + 1,
    base: baseOf(attributes['xml:base'], outer),
    text: '',
  };
  return { element, prefixes };
}

function prefixesOf(attributes: Readonly<Record<string, string>>, outer: Prefixes): Prefixes {
  let inner: Map<string, string> | null = null;
  for (const name in attributes) {
    if (name !== 'xmlns' && !name.startsWith('xmlns:')) continue;
    inner ??= new Map(outer);
    if (inner.size >= PREFIXES_MAX) break;
    const uri = (attributes[name] ?? '').trim().toLowerCase();
    inner.set(name.slice('xmlns:'.length), SPACES.get(uri) ?? uri);
  }
  return inner ?? outer;
}

function baseOf(declared: string | undefined, outer: string): string {
  if (declared === undefined || declared.length > BASE_LENGTH_MAX) return outer;
  const resolved = URL.parse(declared.trim(), outer)?.href ?? outer;
  return resolved.length > BASE_LENGTH_MAX ? outer : resolved;
}
