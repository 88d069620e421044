import { BLOCKS, childrenOf, type DomElement, isElement, isText } from './dom.ts';

/** A run of text that stands on lines of its own: a paragraph, a list's entry, a heading. */
export type Block = {
  readonly element: DomElement;
  /** On one line; not empty. */
  readonly text: string;
  /** Characters of it that are no white space, and those of them that are in links. */
  readonly length: number;
  readonly linkLength: number;
  /** Targets of its links, as written. */
  readonly hrefs: readonly string[];
  /** Whether other blocks are in the same element, so that it cannot be dropped alone. */
  readonly isMixed: boolean;
};

/** The blocks of a content in document order, without code. */
export function blocksOf(main: DomElement): readonly Block[] {
  const found: Collected[] = [];
  collect(main, null, found);
  return found.flatMap(({ element, text: written, linkText, hrefs, hasBlocks }) => {
    const text = written.replace(/\s+/g, ' ').trim();
    if (text === '') return [];
    const length = text.replaceAll(' ', '').length;
    const linkLength = linkText.replace(/\s+/g, '').length;
    return [{ element, text, length, linkLength, hrefs, isMixed: hasBlocks || element === main }];
  });
}

type Collected = {
  readonly element: DomElement;
  text: string;
  linkText: string;
  readonly hrefs: string[];
  hasBlocks: boolean;
};

/** Says whether there is text in the element. */
function collect(element: DomElement, link: string | null, found: Collected[]): boolean {
  const own: Collected = { element, text: '', linkText: '', hrefs: [], hasBlocks: false };
  found.push(own);
  const visit = (parent: DomElement, around: string | null): void => {
    for (const child of childrenOf(parent)) {
      if (isText(child)) {
        own.text += child.textContent;
        if (around !== null) own.linkText += child.textContent;
      } else if (isElement(child) && child.localName !== 'pre') {
        const href = child.localName === 'a' ? child.getAttribute('href') : around;
        if (BLOCKS.has(child.localName)) {
          own.hasBlocks = collect(child, href, found) || own.hasBlocks;
          continue;
        }
        if (child.localName === 'br') own.text += ' ';
        if (child.localName === 'a' && href !== null) own.hrefs.push(href);
        visit(child, href);
      }
    }
  };
  if (link !== null) own.hrefs.push(link);
  visit(element, link);
  return own.hasBlocks || /\S/.test(own.text);
}
