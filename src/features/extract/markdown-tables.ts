import type TurndownService from 'turndown';
import { childrenOf, type DomElement, isElement } from './dom.ts';

const COLUMNS_MAX = 100;

/** How a table is written. */
type TableShape = {
  /** Its cells only lay out blocks: it is no table. */
  readonly isLayout: boolean;
  readonly firstRow: DomElement | undefined;
  /** Of its widest row. */
  readonly columns: number;
};

/** Tells the shape of the table that an element is in; each table is looked at once. */
type TableShapes = (element: DomElement) => TableShape;

const NO_TABLE: TableShape = { isLayout: true, firstRow: undefined, columns: 0 };

export function createTableShapes(): TableShapes {
  const shapes = new WeakMap<DomElement, TableShape>();
  return (element) => {
    const table = tableOf(element);
    if (table === null) return NO_TABLE;
    const shape = shapes.get(table) ?? shapeOf(table);
    shapes.set(table, shape);
    return shape;
  };
}

/**
 * Tables as GitHub-flavoured Markdown writes them. The first row is the head, whether the page says
 * so or not: Markdown has no table without one. A table that only lays out blocks is not a table.
 */
export function addTableRules(service: TurndownService): void {
  const shapeAround = createTableShapes();
  const elementOf = (node: unknown) => node as DomElement;
  service.addRule('cell', {
    filter: ['th', 'td'],
    replacement: (content, node) => {
      const cell = elementOf(node);
      if (shapeAround(cell).isLayout) return `\n\n${content}\n\n`;
      const text = content.trim().replace(/\s+/g, ' ').replaceAll('|', '\\|');
      return `| ${text}${' |'.repeat(spanOf(cell) - 1)} `;
    },
  });
  service.addRule('row', {
    filter: 'tr',
    replacement: (content, node) => {
      const row = elementOf(node);
      const { isLayout, firstRow, columns } = shapeAround(row);
      if (isLayout || content === '') return content;
      if (row !== firstRow) return `\n${content}|`;
      const missing = '| '.repeat(Math.max(0, columns - columnsOf(row)));
      return `\n${content}${missing}|\n${'| --- '.repeat(columns)}|`;
    },
  });
  service.addRule('table-part', {
    filter: ['thead', 'tbody', 'tfoot'],
    replacement: (content) => content,
  });
  service.addRule('table', {
    filter: 'table',
    replacement: (content, node) =>
      shapeAround(elementOf(node)).isLayout ? `\n\n${content}\n\n` : `\n\n${content.trim()}\n\n`,
  });
}

function tableOf(element: DomElement): DomElement | null {
  for (let up: DomElement | null = element; up !== null; up = up.parentNode) {
    if (up.localName === 'table') return up;
  }
  return null;
}

const BLOCKS_OF_LAYOUT = ['table', 'pre', 'ul', 'ol', 'h1', 'h2', 'h3', 'h4', 'blockquote'];

/** One column only, or cells that hold what no cell of Markdown can, or said to be no table. */
function shapeOf(table: DomElement): TableShape {
  const rows = [...table.getElementsByTagName('tr')];
  const columns = Math.max(0, ...rows.map(columnsOf));
  const firstRow = rows.find((row) => columnsOf(row) > 0);
  const isLayout =
    columns < 2 ||
    /^(?:presentation|none)$/.test(table.getAttribute('role') ?? '') ||
    BLOCKS_OF_LAYOUT.some((name) => table.getElementsByTagName(name).length > 0);
  return { isLayout, firstRow, columns };
}

function columnsOf(row: DomElement): number {
  let columns = 0;
  for (const child of childrenOf(row)) {
    if (isElement(child) && /^t[hd]$/.test(child.localName)) columns += spanOf(child);
  }
  return Math.min(columns, COLUMNS_MAX);
}

function spanOf(cell: DomElement): number {
  const span = Number(cell.getAttribute('colspan') ?? 1);
  return Number.isInteger(span) && span > 0 ? Math.min(span, COLUMNS_MAX) : 1;
}
