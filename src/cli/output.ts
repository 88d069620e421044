import type { Json } from '#domain/hash.ts';

/** Where a command writes its results: lines and tables for people, or one JSON document. */
export type Output = {
  readonly json: boolean;
  /** A line for people; nothing under `--json`. */
  line(text: string): void;
  /** A table for people: a head and rows, columns aligned. */
  table(head: readonly string[], rows: readonly (readonly Cell[])[]): void;
  /** The command's result under `--json`, printed once, at the end. */
  result(value: unknown): void;
};

/** For what is done beside something else that speaks. */
export const QUIET: Output = {
  json: false,
  line: () => undefined,
  table: () => undefined,
  result: () => undefined,
};

export type Cell = string | number | null;

export function createOutput(json: boolean, write: (text: string) => void): Output {
  return {
    json,
    line: (text) => {
      if (!json) write(`${text}\n`);
    },
    table: (head, rows) => {
      if (!json) write(`${formatTable(head, rows)}\n`);
    },
    result: (value) => {
      if (json) write(`${JSON.stringify(value as Json, null, 2)}\n`);
    },
  };
}

/** Columns separated by two blanks, numbers to the right, `–` for nothing. */
export function formatTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = rows.map((row) => row.map((cell) => (cell === null ? '–' : printed(cell))));
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const numeric = head.map((_, column) => rows.every((row) => typeof row[column] !== 'string'));
  const draw = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return numeric[column] ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [draw(head), ...cells.map(draw)].join('\n');
}

const printed = (cell: string | number): string =>
  typeof cell === 'string' || Number.isInteger(cell) ? String(cell) : cell.toFixed(3);
