import type TurndownService from 'turndown';
import { childrenOf, type DomElement, isElement } from './dom.ts';

const COLUMNS_MAX = 100;

/**
 * Tables as GitHub-flavoured Markdown writes them. The first row is the head, whether the page says
 * so or not: Markdown has no table without one. A table that only lays out blocks is not a table.
 */
export function addTableRules(service: TurndownService): void {
  const layouts = new WeakMap<DomElement, boolean>();
  const isLayout = (element: DomElement): boolean => {
    const table = tableOf(element);
    if (table === null) return true;
    const known = layouts.get(table) ?? isLayoutTable(table);
    layouts.set(table, known);
    return known;
  };
  const elementOf = (node: unknown) => node as DomElement;
  service.addRule('cell', {
    filter: ['th', 'td'],
    replacement: (content, node) => {
      const cell = elementOf(node);
      if (isLayout(cell)) return `\n\n${content}\n\n`;
      const text = content
        .trim()
        .replace(/\s*\n\s*/g, ' ')
        .replaceAll('|', '\\|');
      return `| ${text}${' |'.repeat(spanOf(cell) - 1)} `;
    },
  });
  service.addRule('row', {
    filter: 'tr',
    replacement: (content, node) => {
      const row = elementOf(node);
      if (isLayout(row)) return content;
      if (content === '') return '';
      const rule = isFirstRow(row) ? `\n${'| --- '.repeat(columnsOf(row))}|` : '';
      return `\n${content}|${rule}`;
    },
  });
  service.addRule('table-part', {
    filter: ['thead', 'tbody', 'tfoot'],
    replacement: (content) => content,
  });
  service.addRule('table', {
    filter: 'table',
    replacement: (content, node) =>
      isLayout(elementOf(node)) ? `\n\n${content}\n\n` : `\n\n${content.trim()}\n\n`,
  });
}

function tableOf(element: DomElement): DomElement | null {
  for (let up: DomElement | null = element; up !== null; up = up.parentNode) {
    if (up.localName === 'table') return up;
  }
  return null;
}

const BLOCKS_OF_LAYOUT = ['table', 'pre', 'ul', 'ol', 'h1', 'h2', 'h3', 'h4', 'blockquote'];

/** One column only, or cells that hold what no cell of Markdown can. */
function isLayoutTable(table: DomElement): boolean {
  if (BLOCKS_OF_LAYOUT.some((name) => table.getElementsByTagName(name).length > 0)) return true;
  return rowsOf(table).every((row) => columnsOf(row) < 2);
}

const rowsOf = (table: DomElement): readonly DomElement[] => [...table.getElementsByTagName('tr')];

const isFirstRow = (row: DomElement): boolean => {
  const table = tableOf(row);
  return table !== null && table.getElementsByTagName('tr')[0] === row;
};

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
