import type { DomDocument } from './dom.ts';
import { TreeElement, TreeText } from './tree.ts';

/** As much of a document as Readability and extraction use. */
class TreeDocument {
  readonly nodeType = 9;
  readonly documentElement: TreeElement;
  readonly head: TreeElement;
  readonly body: TreeElement;
  title = '';

  constructor() {
    this.documentElement = this.createElement('html');
    this.head = this.documentElement.appendChild(this.createElement('head'));
    this.body = this.documentElement.appendChild(this.createElement('body'));
  }

  get firstChild(): TreeElement {
    return this.documentElement;
  }

  get firstElementChild(): TreeElement {
    return this.documentElement;
  }

  createElement(name: string): TreeElement {
    return new TreeElement(this, name.toLowerCase());
  }

  createTextNode(text: string): TreeText {
    return new TreeText(this, text);
  }

  getElementsByTagName(name: string): readonly TreeElement[] {
    const root = this.documentElement;
    const below = root.getElementsByTagName(name);
    return name === '*' || root.localName === name.toLowerCase() ? [root, ...below] : below;
  }
}

/** An empty page. Its elements have names in lower case, also those that Readability makes. */
export const createDocument = (): DomDocument => new TreeDocument();
