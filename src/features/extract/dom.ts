/** As much of the DOM as extraction itself uses. */
export type DomNode = {
  readonly nodeType: number;
  readonly parentNode: DomElement | null;
  readonly nextSibling: DomNode | null;
  readonly textContent: string;
};

export type DomElement = DomNode & {
  /** In lower case. */
  readonly localName: string;
  readonly firstChild: DomNode | null;
  readonly lastChild: DomNode | null;
  readonly firstElementChild: DomElement | null;
  readonly nextElementSibling: DomElement | null;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  readonly ownerDocument: DomDocument;
  getElementsByTagName(name: string): readonly DomElement[];
  appendChild(node: DomNode): void;
  /** `null` appends. */
  insertBefore(node: DomNode, before: DomNode | null): void;
  replaceWith(node: DomNode): void;
  remove(): void;
};

export type DomText = DomNode & { data: string };

export type DomDocument = {
  readonly head: DomElement;
  readonly body: DomElement;
  createElement(name: string): DomElement;
  createTextNode(text: string): DomText;
};

const TEXT_NODE = 3;

/** Elements that begin on a line of their own. */
export const BLOCKS: ReadonlySet<string> = new Set(
  (
    'address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure ' +
    'footer form h1 h2 h3 h4 h5 h6 head header hr html legend li main nav ol p pre section summary ' +
    'table tbody td tfoot th thead tr ul'
  ).split(' '),
);

export const isText = (node: DomNode): node is DomText => node.nodeType === TEXT_NODE;

export const isElement = (node: DomNode): node is DomElement => node.nodeType === 1;

/** Children in order, as they are when each is asked for. */
export function* childrenOf(element: DomElement): Generator<DomNode> {
  for (let node = element.firstChild; node !== null; node = node.nextSibling) yield node;
}

/** The element's own tokens, as written. */
export const classesOf = (element: DomElement): readonly string[] =>
  (element.getAttribute('class') ?? '').split(/\s+/).filter((token) => token !== '');

export const hasText = (node: DomNode): boolean => /\S/.test(node.textContent);

/** Elements of some names in document order, as they are now. */
export function elementsNamed(
  within: DomElement,
  names: ReadonlySet<string>,
): readonly DomElement[] {
  const found: DomElement[] = [];
  let element = within.firstElementChild;
  while (element !== null) {
    if (names.has(element.localName)) found.push(element);
    element = element.firstElementChild ?? nextOutside(element, within);
  }
  return found;
}

/** The next element that is not inside of this one. */
function nextOutside(element: DomElement, within: DomElement): DomElement | null {
  for (let up: DomElement | null = element; up !== null && up !== within; up = up.parentNode) {
    if (up.nextElementSibling !== null) return up.nextElementSibling;
  }
  return null;
}
