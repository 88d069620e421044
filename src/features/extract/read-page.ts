import { Parser } from 'htmlparser2';
import type { DomDocument, DomElement } from './dom.ts';
import {
  fateOf,
  hiddenBy,
  isPreformatted,
  KEPT_ATTRIBUTES,
  VALUE_LENGTH_MAX,
} from './element-fate.ts';
import { imageSource } from './images.ts';
import { createMathsReader } from './maths.ts';
import { createFactsReader, type PageFacts } from './page-facts.ts';
import { createTextWriter, type TextPlace } from './text-writer.ts';
import { createDocument } from './tree-document.ts';

/** A page after its only parse. */
export type PageReading = {
  /** What can be read and seen of it, without scripts, styles, navigation and what is hidden. */
  readonly document: DomDocument;
  readonly facts: PageFacts;
  /** Every `<pre>`, in document order. */
  readonly codeBlocks: readonly DomElement[];
  /** Links to places in the page. */
  readonly inPageLinks: readonly DomElement[];
  /** Whether a field for a password is seen. */
  readonly asksPassword: boolean;
  /** Why the page was given up; what else is here is then of no use. */
  readonly malformed: string | null;
};

/** Open elements within each other. */
export const NESTING_MAX = 200;
export const ELEMENTS_MAX = 40_000;
/**
 * Sum of the squares of the nesting of all elements: for each level above a text Readability reads
 * all levels below. Real pages have less than a million.
 */
export const DEPTHS_MAX = 20_000_000;
/** Written to the parser at a time, so that a page that is given up is not read to its end. */
const SLICE_LENGTH = 65_536;

type Attributes = Readonly<Record<string, string>>;

/** Reads HTML in one pass into the facts of a page and a small document. Never throws. */
export function readPage(
  html: string,
  url: string,
  options: { readonly xhtml: boolean },
): PageReading {
  const document = createDocument();
  const facts = createFactsReader(url);
  const text = createTextWriter(document);
  const maths = createMathsReader(document);
  const codeBlocks: DomElement[] = [];
  const inPageLinks: DomElement[] = [];
  const stack: TextPlace[] = [];
  const root: TextPlace = { fate: 'kept', node: document.body, preformatted: false };
  const size = { elements: 0, depths: 0 };
  let malformed: string | null = null;
  let asksPassword = false;

  const open = (name: string, attributes: Attributes) => {
    const above = stack.at(-1) ?? root;
    text.flush(above, name);
    malformed ??= excessOf(size, stack.length) ?? text.excess();
    if (maths.open(name, attributes, above.fate === 'kept' ? above.node : null)) {
      stack.push({ ...above, fate: 'dropped' });
      return;
    }
    const own = fateOf(name, attributes, above.preformatted);
    const fate = above.fate === 'dropped' || own === 'dropped' ? 'dropped' : worse(above.fate, own);
    if (fate !== 'dropped') facts.open(name, attributes);
    else if (above.fate !== 'dropped' || name === 'area') facts.openDropped(name, attributes);
    if (name === 'input' && above.fate === 'kept') {
      markTask(above.node, attributes);
      asksPassword ||= isPassword(attributes);
    }
    if (fate !== 'kept' || ROOTS.has(name) || isBare(name, attributes)) {
      stack.push({ ...above, fate });
      return;
    }
    const node = createKept(document, name, attributes);
    above.node.appendChild(node);
    facts.kept(name, attributes, node);
    if (name === 'pre') codeBlocks.push(node);
    if (name === 'a' && attributes.href?.startsWith('#') === true) inPageLinks.push(node);
    stack.push({
      fate,
      node,
      preformatted: above.preformatted || isPreformatted(name, attributes),
    });
  };
  const close = (name: string) => {
    const closed = stack.pop();
    if (closed === undefined) return;
    text.flush(closed, null);
    maths.close();
    facts.close(name);
  };

  const parser = new Parser(
    {
      onopentag: open,
      onclosetag: close,
      ontext: (piece) => {
        if (!maths.text(piece) && !facts.text(piece)) text.add(piece);
      },
    },
    { recognizeSelfClosing: options.xhtml },
  );
  for (let at = 0; at < html.length && malformed === null; at += SLICE_LENGTH) {
    parser.write(html.slice(at, at + SLICE_LENGTH));
  }
  // After the last slice elements are only closed.
  if (malformed === null) parser.end();
  text.flush(stack.at(-1) ?? root, null);
  return {
    document,
    facts: facts.facts(),
    codeBlocks,
    inPageLinks,
    asksPassword,
    malformed: malformed ?? text.excess(),
  };
}

const ROOTS: ReadonlySet<string> = new Set(['html', 'head', 'body']);

/** Says nothing of what is in it. */
const isBare = (name: string, attributes: Attributes): boolean => {
  if (name !== 'span' && name !== 'font') return false;
  for (const attribute in attributes) if (KEPT_ATTRIBUTES.has(attribute)) return false;
  return true;
};

/** Writes a task list's box as Markdown does; forms have boxes too, but not right in an `<li>`. */
function markTask(above: DomElement, { type, checked }: Attributes): void {
  const isTask =
    type === 'checkbox' && (above.localName === 'li' || above.parentNode?.localName === 'li');
  if (!isTask) return;
  const mark = checked === undefined ? '[ ] ' : '[x] ';
  above.appendChild(above.ownerDocument.createTextNode(mark));
}

const isPassword = (attributes: Attributes): boolean =>
  attributes.type?.toLowerCase() === 'password' && hiddenBy(attributes) === 'kept';

const worse = (a: 'kept' | 'hidden', b: 'kept' | 'hidden') =>
  a === 'hidden' || b === 'hidden' ? 'hidden' : 'kept';

function excessOf(size: { elements: number; depths: number }, nesting: number): string | null {
  size.elements += 1;
  size.depths += nesting ** 2;
  if (nesting >= NESTING_MAX) return `its elements nest deeper than ${NESTING_MAX}`;
  if (size.elements > ELEMENTS_MAX) return `it has more than ${ELEMENTS_MAX} elements`;
  return size.depths > DEPTHS_MAX
    ? `its ${size.elements} elements nest too deep for so many`
    : null;
}

function createKept(document: DomDocument, name: string, attributes: Attributes): DomElement {
  const node = document.createElement(name);
  for (const attribute in attributes) {
    const value = attributes[attribute];
    if (value === undefined || !KEPT_ATTRIBUTES.has(attribute)) continue;
    if (value.length <= VALUE_LENGTH_MAX) node.setAttribute(attribute, value);
  }
  if (name === 'img') node.setAttribute('src', imageSource(attributes));
  return node;
}
