/** Part of a formula as it was read: text, or an element. */
export type MathNode = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: (MathNode | string)[];
};

/**
 * TeX of a formula: what its annotation, its `alttext` or its script says; else MathML's own
 * elements as far as they have a counterpart, and the text of all others.
 */
export function texOf(root: MathNode): string {
  if (root.name === 'script') return unwrapped(textOf(root));
  const stated = annotationOf(root) ?? root.attributes.alttext ?? root.attributes.alt;
  return stated === undefined ? write(root) : unwrapped(stated);
}

/** Wikipedia's style, and the marks that some scripts keep around TeX. */
function unwrapped(tex: string): string {
  const bare = tex.trim().replace(/^% <!\[CDATA\[|%? ?\]\]>$/g, '');
  return /^\{\\displaystyle\s([\s\S]*)\}$/.exec(bare)?.[1] ?? bare;
}

const isElement = (node: MathNode | string): node is MathNode => typeof node !== 'string';

const textOf = (node: MathNode | string): string =>
  isElement(node) ? node.children.map(textOf).join('') : node;

function annotationOf(node: MathNode): string | undefined {
  for (const child of node.children.filter(isElement)) {
    if (child.name === 'annotation' && /tex/i.test(child.attributes.encoding ?? '')) {
      return textOf(child);
    }
    const within = annotationOf(child);
    if (within !== undefined) return within;
  }
  return undefined;
}

type Arguments = readonly string[];

const WRITERS: Readonly<Record<string, (parts: Arguments) => string>> = {
  mfrac: ([top = '', bottom = '']) => `\\frac{${top}}{${bottom}}`,
  msqrt: (parts) => `\\sqrt{${parts.join(' ')}}`,
  mroot: ([base = '', index = '']) => `\\sqrt[${index}]{${base}}`,
  msup: ([base = '', above = '']) => `${base}^{${above}}`,
  msub: ([base = '', below = '']) => `${base}_{${below}}`,
  msubsup: ([base = '', below = '', above = '']) => `${base}_{${below}}^{${above}}`,
  mover: ([base = '', above = '']) => `${base}^{${above}}`,
  munder: ([base = '', below = '']) => `${base}_{${below}}`,
  munderover: ([base = '', below = '', above = '']) => `${base}_{${below}}^{${above}}`,
  mtr: (parts) => parts.join(' & '),
  mtable: (parts) => `\\begin{matrix} ${parts.join(' \\\\ ')} \\end{matrix}`,
  annotation: () => '',
  'annotation-xml': () => '',
};

function write(node: MathNode | string): string {
  if (!isElement(node)) return node.trim();
  const parts = node.children.map(write).filter((part) => part !== '');
  const writer = WRITERS[node.name];
  if (writer !== undefined) return writer(parts);
  const text = parts.join(' ');
  return node.name === 'mtext' && text !== '' ? `\\text{${text}}` : text;
}
