// What runs inside a page, as text: the types of a page's world are not those of this program.

/** Resolves once the document is whole and nothing has changed in it for `quietMs`. */
export const untilQuiet = (quietMs: number): string => `new Promise((resolve) => {
  let timer = 0;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(done, ${quietMs});
  };
  const observer = new MutationObserver(wait);
  const done = () => {
    if (document.readyState === 'loading') return wait();
    observer.disconnect();
    resolve(true);
  };
  wait();
  observer.observe(document, { subtree: true, childList: true, characterData: true });
})`;

/**
 * The document as HTML, with what open shadow roots show in the place where it is seen; its length
 * instead when that is more than `lengthMax`.
 */
export const writtenDocument = (lengthMax: number): string => `(() => {
  const DEPTH_MAX = 500;
  const inert = document.implementation.createHTMLDocument('');
  const seenIn = (node) => {
    if (node.shadowRoot) return node.shadowRoot.childNodes;
    if (node.localName !== 'slot' || !node.assignedNodes) return node.childNodes;
    const assigned = node.assignedNodes();
    return assigned.length > 0 ? assigned : node.childNodes;
  };
  const composed = (node, depth) => {
    if (depth > DEPTH_MAX || node.localName === 'template') return inert.importNode(node, true);
    const copy = inert.importNode(node, false);
    for (const child of seenIn(node)) copy.appendChild(composed(child, depth + 1));
    return copy;
  };
  const root = document.documentElement;
  const isComposed = [...document.querySelectorAll('*')].some((element) => element.shadowRoot);
  const html = (isComposed ? composed(root, 0) : root).outerHTML;
  const { doctype } = document;
  const whole = (doctype ? '<!DOCTYPE ' + doctype.name + '>' : '') + html;
  return whole.length > ${lengthMax} ? whole.length : whole;
})()`;
