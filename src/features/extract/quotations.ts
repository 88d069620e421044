import { childrenOf, type DomDocument, type DomElement, hasText } from './dom.ts';

/** Elements around a quotation that hold nothing else. */
const LEVELS_MAX = 3;
const WRAPPERS: ReadonlySet<string> = new Set(['div', 'figure', 'section', 'span', 'p']);

/**
 * Takes quotations out of what only wraps them, and their names off them. A quoted post of another
 * site comes as `<div class="social-embed">`, which Readability takes for a share bar, and such
 * short texts with links for navigation; a `<blockquote>` it leaves alone.
 */
export function unwrapQuotations(document: DomDocument): void {
  for (const quotation of [...document.body.getElementsByTagName('blockquote')]) {
    quotation.removeAttribute('class');
    quotation.removeAttribute('id');
    let wrapper = quotation;
    for (let level = 0; level < LEVELS_MAX; level += 1) {
      const around: DomElement | null = wrapper.parentNode;
      if (around === null || !WRAPPERS.has(around.localName) || hasOther(around, wrapper)) break;
      wrapper = around;
    }
    if (wrapper !== quotation) wrapper.replaceWith(quotation);
  }
}

function hasOther(around: DomElement, one: DomElement): boolean {
  for (const child of childrenOf(around)) {
    if (child !== one && hasText(child)) return true;
  }
  return around.getElementsByTagName('img').length > one.getElementsByTagName('img').length;
}
