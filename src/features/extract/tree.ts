import type { DomDocument } from './dom.ts';
import { TreeAttribute } from './tree-attribute.ts';
import { upperCase, writeHtml } from './tree-html.ts';
import { nextWithin, refuseCircle } from './tree-walk.ts';

/**
 * A document of plain objects: as much of the DOM as Readability, turndown and extraction use. It
 * has no events, no observers and no live lists: `childNodes`, `children` and what is found by name
 * are as they were when they were asked for.
 */
abstract class TreeNode {
  abstract readonly nodeType: number;
  abstract readonly nodeName: string;
  abstract textContent: string;
  abstract readonly firstChild: TreeNode | null;
  abstract cloneNode(isDeep?: boolean): TreeNode;
  readonly ownerDocument: DomDocument;
  parentNode: TreeElement | null = null;
  nextSibling: TreeNode | null = null;
  previousSibling: TreeNode | null = null;

  constructor(ownerDocument: DomDocument) {
    this.ownerDocument = ownerDocument;
  }

  get nextElementSibling(): TreeElement | null {
    let node = this.nextSibling;
    while (node !== null && !(node instanceof TreeElement)) node = node.nextSibling;
    return node;
  }

  get previousElementSibling(): TreeElement | null {
    let node = this.previousSibling;
    while (node !== null && !(node instanceof TreeElement)) node = node.previousSibling;
    return node;
  }

  remove(): void {
    const { parentNode: parent, previousSibling: before, nextSibling: after } = this;
    if (parent === null) return;
    if (before === null) parent.firstChild = after;
    else before.nextSibling = after;
    if (after === null) parent.lastChild = before;
    else after.previousSibling = before;
    parent.forgetChildren();
    this.parentNode = null;
    this.nextSibling = null;
    this.previousSibling = null;
  }

  replaceWith(node: TreeNode): void {
    const parent = this.parentNode;
    if (parent === null || node === this) return;
    parent.insertBefore(node, this);
    this.remove();
  }
}

const NO_NODES: readonly TreeNode[] = [];

export class TreeText extends TreeNode {
  readonly nodeType = 3;
  readonly nodeName = '#text';
  data: string;

  constructor(ownerDocument: DomDocument, data: string) {
    super(ownerDocument);
    this.data = data;
  }

  get textContent(): string {
    return this.data;
  }

  set textContent(text: string) {
    this.data = text;
  }

  get childNodes(): readonly TreeNode[] {
    return NO_NODES;
  }

  get firstChild(): null {
    return null;
  }

  get lastChild(): null {
    return null;
  }

  get nodeValue(): string {
    return this.data;
  }

  cloneNode(): TreeText {
    return new TreeText(this.ownerDocument, this.data);
  }
}

export class TreeElement extends TreeNode {
  readonly nodeType = 1;
  /** In lower case. */
  readonly localName: string;
  /** In upper case. */
  readonly tagName: string;
  readonly nodeName: string;
  readonly attributes: TreeAttribute[] = [];
  firstChild: TreeNode | null = null;
  lastChild: TreeNode | null = null;
  #nodes: readonly TreeNode[] | null = null;
  #elements: readonly TreeElement[] | null = null;

  constructor(ownerDocument: DomDocument, localName: string) {
    super(ownerDocument);
    this.localName = localName;
    this.tagName = upperCase(localName);
    this.nodeName = this.tagName;
  }

  /** Called by whoever changes the list of children. */
  forgetChildren(): void {
    this.#nodes = null;
    this.#elements = null;
  }

  get childNodes(): readonly TreeNode[] {
    if (this.#nodes !== null) return this.#nodes;
    const nodes: TreeNode[] = [];
    for (let node = this.firstChild; node !== null; node = node.nextSibling) nodes.push(node);
    this.#nodes = nodes;
    return nodes;
  }

  get children(): readonly TreeElement[] {
    this.#elements ??= this.childNodes.filter((node) => node instanceof TreeElement);
    return this.#elements;
  }

  get firstElementChild(): TreeElement | null {
    const first = this.firstChild;
    if (first === null || first instanceof TreeElement) return first;
    return first.nextElementSibling;
  }

  get lastElementChild(): TreeElement | null {
    const last = this.lastChild;
    if (last === null || last instanceof TreeElement) return last;
    return last.previousElementSibling;
  }

  get className(): string {
    return this.getAttribute('class') ?? '';
  }

  set className(value: string) {
    this.setAttribute('class', value);
  }

  get id(): string {
    return this.getAttribute('id') ?? '';
  }

  set id(value: string) {
    this.setAttribute('id', value);
  }

  getAttribute(name: string): string | null {
    return this.#attribute(name)?.value ?? null;
  }

  hasAttribute(name: string): boolean {
    return this.#attribute(name) !== undefined;
  }

  setAttribute(name: string, value: string): void {
    const known = this.#attribute(name);
    if (known === undefined) this.attributes.push(new TreeAttribute(name, value));
    else known.value = value;
  }

  setAttributeNode(attribute: TreeAttribute): void {
    this.setAttribute(attribute.name, attribute.value);
  }

  removeAttribute(name: string): void {
    const at = this.attributes.findIndex((attribute) => attribute.name === name);
    if (at >= 0) this.attributes.splice(at, 1);
  }

  #attribute(name: string): TreeAttribute | undefined {
    for (const attribute of this.attributes) if (attribute.name === name) return attribute;
    return undefined;
  }

  get textContent(): string {
    let text = '';
    for (let node = this.firstChild; node !== null; node = nextWithin<TreeNode>(node, this)) {
      if (node instanceof TreeText) text += node.data;
    }
    return text;
  }

  set textContent(text: string) {
    while (this.firstChild !== null) this.firstChild.remove();
    if (text !== '') this.appendChild(new TreeText(this.ownerDocument, text));
  }

  appendChild<Node extends TreeNode>(node: Node): Node {
    return this.insertBefore(node, null);
  }

  /** `null` appends. Throws a `RangeError` when the node is around this element. */
  insertBefore<Node extends TreeNode>(node: Node, before: TreeNode | null): Node {
    if (node === (before as TreeNode | null)) return node;
    if (node instanceof TreeElement && node.firstChild !== null) refuseCircle<TreeNode>(node, this);
    node.remove();
    const previous = before === null ? this.lastChild : before.previousSibling;
    node.parentNode = this;
    node.previousSibling = previous;
    node.nextSibling = before;
    if (previous === null) this.firstChild = node;
    else previous.nextSibling = node;
    if (before === null) this.lastChild = node;
    else before.previousSibling = node;
    this.forgetChildren();
    return node;
  }

  replaceChild<Node extends TreeNode>(node: TreeNode, old: Node): Node {
    old.replaceWith(node);
    return old;
  }

  removeChild<Node extends TreeNode>(node: Node): Node {
    node.remove();
    return node;
  }

  /** Descendants of a name in document order; `*` takes all. */
  getElementsByTagName(name: string): readonly TreeElement[] {
    const wanted = name.toLowerCase();
    const found: TreeElement[] = [];
    for (let node = this.firstChild; node !== null; node = nextWithin<TreeNode>(node, this)) {
      if (node instanceof TreeElement && (wanted === '*' || node.localName === wanted)) {
        found.push(node);
      }
    }
    return found;
  }

  /** Of a table: its own rows, and not those of tables in it. */
  get rows(): readonly TreeElement[] {
    return this.getElementsByTagName('tr').filter((row) => {
      let around = row.parentNode;
      while (around !== null && around.localName !== 'table') around = around.parentNode;
      return around === this;
    });
  }

  cloneNode(isDeep = false): TreeElement {
    const copy = this.#alone();
    if (!isDeep) return copy;
    let into = copy;
    for (let node = this.firstChild; node !== null; ) {
      const cloned = node instanceof TreeElement ? node.#alone() : node.cloneNode();
      into.appendChild(cloned);
      if (node instanceof TreeElement && node.firstChild !== null) {
        into = cloned as TreeElement;
        node = node.firstChild;
        continue;
      }
      while (node !== null && node.nextSibling === null) {
        node = node.parentNode === this ? null : node.parentNode;
        into = into.parentNode ?? copy;
      }
      node = node?.nextSibling ?? null;
    }
    return copy;
  }

  #alone(): TreeElement {
    const copy = new TreeElement(this.ownerDocument, this.localName);
    for (const { name, value } of this.attributes) {
      copy.attributes.push(new TreeAttribute(name, value));
    }
    return copy;
  }

  get innerHTML(): string {
    return this.childNodes.map(writeHtml).join('');
  }

  get outerHTML(): string {
    return writeHtml(this);
  }
}
