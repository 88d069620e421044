import type { DomDocument, DomElement } from './dom.ts';
import { type MathNode, texOf } from './mathml.ts';

/** Takes formulas out of a page that is read, and writes each as one `<math>` that holds its TeX. */
export type MathsReader = {
  /**
   * Takes an element that is a formula or part of one. Says whether it did. `above` is where it
   * goes, `null` when it is not seen.
   */
  open(name: string, attributes: Attributes, above: DomElement | null): boolean;
  close(): void;
  /** Takes text within a formula. Says whether it did. */
  text(piece: string): boolean;
};

type Attributes = Readonly<Record<string, string>>;

type Formula = {
  readonly place: DomElement;
  readonly isBlock: boolean;
  readonly root: MathNode;
  /** Open elements, outermost first. */
  readonly open: MathNode[];
};

/** A formula of more is not written as one. */
const TEX_LENGTH_MAX = 10_000;
const NODES_MAX = 5_000;

/** Attribute of a formula that stands on lines of its own. */
export const BLOCK_ATTRIBUTE = 'display';

export function createMathsReader(document: DomDocument): MathsReader {
  let formula: Formula | null = null;
  let nodes = 0;

  return {
    open(name, attributes, above) {
      const node: MathNode = { name, attributes, children: [] };
      if (formula !== null) {
        nodes += 1;
        if (nodes <= NODES_MAX) formula.open.at(-1)?.children.push(node);
        formula.open.push(node);
        return true;
      }
      if (above === null || !isFormula(name, attributes)) return false;
      const isBlock = isBlockFormula(attributes) || isDisplayed(above);
      nodes = 0;
      formula = { place: above, isBlock, root: node, open: [node] };
      return true;
    },
    close() {
      if (formula === null) return;
      formula.open.pop();
      if (formula.open.length > 0) return;
      const { place, isBlock, root } = formula;
      formula = null;
      if (nodes <= NODES_MAX) append(document, place, texOf(root), isBlock);
    },
    text(piece) {
      formula?.open.at(-1)?.children.push(piece);
      return formula !== null;
    },
  };
}

function append(document: DomDocument, place: DomElement, tex: string, isBlock: boolean): void {
  const line = tex.replace(/\s+/g, ' ').trim();
  if (line === '' || line.length > TEX_LENGTH_MAX) return;
  const math = document.createElement('math');
  if (isBlock) math.setAttribute(BLOCK_ATTRIBUTE, 'block');
  math.appendChild(document.createTextNode(line));
  place.appendChild(math);
}

/** Pictures of formulas, as Wikipedia and WordPress make them, say their TeX. */
const PICTURE = /(?:^|\s)(?:latex|tex|mwe-math-\S+)(?:\s|$)/i;

function isFormula(name: string, { type = '', alt = '', ...rest }: Attributes): boolean {
  if (name === 'img') return alt !== '' && PICTURE.test(rest.class ?? '');
  // MathJax keeps TeX in scripts.
  return name === 'math' || (name === 'script' && /^math\/tex\b/i.test(type));
}

const isBlockFormula = ({ display, type = '' }: Attributes): boolean =>
  display === 'block' || /mode\s*=\s*display/i.test(type);

const LEVELS_MAX = 3;

/** KaTeX and MathJax say so on an element around. */
function isDisplayed(above: DomElement): boolean {
  let element: DomElement | null = above;
  for (let level = 0; level < LEVELS_MAX && element !== null; level += 1) {
    if (/katex-display|mathjax_display/i.test(element.getAttribute('class') ?? '')) return true;
    element = element.parentNode;
  }
  return false;
}
