import { childrenOf, type DomDocument, type DomElement, isElement } from './dom.ts';

const ROWS_MAX = 200;
const COLUMNS_MAX = 100;
/** Cells that are made for one page; a table of more is left with its rows as they are. */
const CELLS_MAX = 20_000;
/** A longer text is said once, in its first row. */
const REPEATED_LENGTH_MAX = 120;

/** A cell that reaches into rows below, by its column. */
type Reaching = { rows: number; readonly text: string; readonly width: number };

/**
 * Gives every row of a table its cells: one that spans rows is repeated in each of them, so that a
 * row says all that it says and its columns stay under their headings, as Markdown needs it.
 */
export function fillRowSpans(document: DomDocument, main: DomElement): void {
  let made = 0;
  const reaching = new Map<DomElement, Map<number, Reaching>>();
  for (const row of main.getElementsByTagName('tr')) {
    const part = row.parentNode;
    if (part === null) continue;
    const above = reaching.get(part) ?? new Map<number, Reaching>();
    reaching.set(part, above);
    let column = 0;
    const fill = (before: DomElement | null) => {
      for (;;) {
        const cell = above.get(column);
        if (cell === undefined || column >= COLUMNS_MAX || made >= CELLS_MAX) return;
        const { text, width } = cell;
        row.insertBefore(createCell(document, text, width), before);
        made += 1;
        cell.rows -= 1;
        if (cell.rows === 0) above.delete(column);
        column += width;
      }
    };
    for (const cell of [...childrenOf(row)].filter(isElement)) {
      fill(cell);
      const width = spanOf(cell, 'colspan', COLUMNS_MAX);
      const rows = spanOf(cell, 'rowspan', ROWS_MAX) - 1;
      if (rows > 0) above.set(column, { rows, width, text: shortText(cell) });
      column += width;
    }
    fill(null);
  }
}

function createCell(document: DomDocument, text: string, width: number): DomElement {
  const cell = document.createElement('td');
  if (width > 1) cell.setAttribute('colspan', String(width));
  cell.appendChild(document.createTextNode(text));
  return cell;
}

function shortText(cell: DomElement): string {
  const text = cell.textContent.replace(/\s+/g, ' ').trim();
  return text.length <= REPEATED_LENGTH_MAX ? text : '';
}

function spanOf(cell: DomElement, name: 'colspan' | 'rowspan', max: number): number {
  const span = Number(cell.getAttribute(name) ?? 1);
  return Number.isInteger(span) && span > 0 ? Math.min(span, max) : 1;
}
