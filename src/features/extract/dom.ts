import { DOMParser } from 'linkedom';

/** As much of the DOM as extraction uses; what linkedom has, without a browser's global types. */
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
  getElementsByTagName(name: string): readonly DomElement[];
  appendChild(node: DomNode): void;
  /** `null` appends. */
  insertBefore(node: DomNode, before: DomNode | null): void;
  replaceWith(node: DomNode): void;
  remove(): void;
};

export type DomDocument = {
  readonly head: DomElement;
  readonly body: DomElement;
  createElement(name: string): DomElement;
  createTextNode(text: string): DomNode;
};

export const TEXT_NODE = 3;

const EMPTY_PAGE = '<html><head></head><body></body></html>';

export const createDocument = (): DomDocument =>
  new DOMParser().parseFromString(EMPTY_PAGE, 'text/html') as unknown as DomDocument;

export const isText = (node: DomNode): boolean => node.nodeType === TEXT_NODE;

export const isElement = (node: DomNode): node is DomElement => node.nodeType === 1;

/** Children in order, as they are when each is asked for. */
export function* childrenOf(element: DomElement): Generator<DomNode> {
  for (let node = element.firstChild; node !== null; node = node.nextSibling) yield node;
}

/** The element's own tokens, as written. */
export const classesOf = (element: DomElement): readonly string[] =>
  (element.getAttribute('class') ?? '').split(/\s+/).filter((token) => token !== '');

export const hasText = (node: DomNode): boolean => /\S/.test(node.textContent);
