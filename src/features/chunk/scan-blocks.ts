import {
  closesFence,
  type Fence,
  fenceOf,
  hasPipe,
  headingLevel,
  htmlEndOf,
  INDENT_MAX,
  isDelimiterRow,
  isQuote,
  isRule,
  type Line,
  markerOf,
  underlineLevel,
} from './line-shapes.ts';

type BlockKind =
  | 'heading'
  | 'fence'
  | 'code'
  | 'table'
  | 'list'
  | 'item'
  | 'quote'
  | 'html'
  | 'rule'
  | 'text';

/** A stretch of whole lines, from the first one's start to the last one's last visible character. */
export type Block = {
  readonly kind: BlockKind;
  readonly start: number;
  readonly end: number;
  /** 1–6 for a heading, else 0. */
  readonly level: number;
  /** Columns of an item's content; 0 for other kinds. */
  readonly indent: number;
  /** Of a list. */
  readonly items: readonly Block[];
};

/**
 * Offset after a line's prefix. `from` is the line's start and `to` its end; without the prefix
 * (a lazy line) it gives `from` back.
 */
export type SkipPrefix = (from: number, to: number) => number;

/**
 * Blocks of `text.slice(from, to)`, in order, after CommonMark and GFM's tables. Linear: every
 * line is read once, and once more by the line before it when that holds a pipe. Lines that are
 * blank behind their prefix go to the block before them, so that only white space is left out.
 */
export function scanBlocks(
  text: string,
  { from, to, skipPrefix }: { from: number; to: number; skipPrefix: SkipPrefix },
): readonly Block[] {
  const cursor = createCursor(text, from, to, skipPrefix);
  const blocks: Block[] = [];
  /** Start of a marked line that is blank behind its mark, before any block. */
  let orphan = -1;
  const push = (kind: BlockKind, start: number, end: number, more: Partial<Block> = {}) => {
    const from = orphan < 0 ? start : orphan;
    orphan = -1;
    blocks.push({ kind, start: from, end, level: 0, indent: 0, items: [], ...more });
  };
  for (let line = cursor.line; line !== null; line = cursor.line) {
    if (line.at === line.end) {
      if (line.end > line.start) orphan = keepMarks(blocks, line, orphan);
      cursor.advance();
      continue;
    }
    readBlock(text, cursor, line, push);
  }
  if (orphan >= 0) push('text', orphan, lastVisible(text, orphan, to));
  return blocks;
}

/** Gives a marked but otherwise blank line to the last block; returns where an orphan starts. */
function keepMarks(blocks: Block[], line: Line, orphan: number): number {
  const last = blocks.at(-1);
  if (last === undefined) return orphan < 0 ? line.start : orphan;
  blocks[blocks.length - 1] = { ...last, end: line.end };
  return -1;
}

type Push = (kind: BlockKind, start: number, end: number, more?: Partial<Block>) => void;

function readBlock(text: string, cursor: Cursor, line: Line, push: Push): void {
  const level = headingLevel(text, line);
  const fence = fenceOf(text, line);
  const htmlEnd = htmlEndOf(text, line);
  if (line.indent > INDENT_MAX) readCode(cursor, line, push);
  else if (level > 0) {
    push('heading', line.start, line.end, { level });
    cursor.advance();
  } else if (fence !== null) readFence(text, cursor, line, fence, push);
  else if (isRule(text, line)) {
    push('rule', line.start, line.end);
    cursor.advance();
  } else if (isQuote(text, line)) readQuote(text, cursor, line, push);
  else if (markerOf(text, line) !== null) readList(text, cursor, line, push);
  else if (htmlEnd !== null) readHtml(text, cursor, htmlEnd, push);
  else if (startsTable(text, cursor, line)) readTable(text, cursor, line, push);
  else readParagraph(text, cursor, line, push);
}

function readCode(cursor: Cursor, first: Line, push: Push): void {
  let end = first.end;
  for (let line = cursor.next(); line !== null; line = cursor.next()) {
    // Blank lines inside are the code's; one with a mark of what is around it is not lost after it.
    if (line.at === line.end && line.end === line.start) continue;
    if (line.at < line.end && line.indent <= INDENT_MAX) break;
    end = line.end;
  }
  push('code', first.start, end);
}

function readFence(text: string, cursor: Cursor, first: Line, fence: Fence, push: Push): void {
  let end = first.end;
  for (let line = cursor.next(); line !== null; line = cursor.next()) {
    if (line.end > line.start) end = line.end;
    if (closesFence(text, line, fence)) {
      cursor.advance();
      break;
    }
  }
  push('fence', first.start, end);
}

/** Whether a line that is not blank starts a block that ends a paragraph. */
const interrupts = (text: string, line: Line): boolean =>
  line.indent <= INDENT_MAX &&
  (headingLevel(text, line) > 0 ||
    fenceOf(text, line) !== null ||
    isRule(text, line) ||
    isQuote(text, line) ||
    htmlEndOf(text, line) !== null);

function readQuote(text: string, cursor: Cursor, first: Line, push: Push): void {
  let end = first.end;
  for (let line = cursor.next(); line !== null; line = cursor.next()) {
    if (line.at === line.end) break;
    if (!isQuote(text, line) && (interrupts(text, line) || markerOf(text, line) !== null)) break;
    end = line.end;
  }
  push('quote', first.start, end);
}

function readList(text: string, cursor: Cursor, first: Line, push: Push): void {
  const items: Block[] = [];
  let item = { start: first.start, end: first.end, indent: markerOf(text, first)?.indent ?? 0 };
  const endItem = () => items.push({ kind: 'item', level: 0, items: [], ...item });
  let blank = false;
  for (let line = cursor.next(); line !== null; line = cursor.next()) {
    if (line.at === line.end) {
      blank = true;
      if (line.end > line.start) item = { ...item, end: line.end };
      continue;
    }
    const marker = line.indent < item.indent ? markerOf(text, line) : null;
    if (marker !== null && !isRule(text, line)) {
      endItem();
      item = { start: line.start, end: line.end, indent: marker.indent };
    } else if (line.indent >= item.indent || !(blank || interrupts(text, line))) {
      item = { ...item, end: line.end };
    } else break;
    blank = false;
  }
  endItem();
  push('list', first.start, item.end, { items });
}

function readHtml(text: string, cursor: Cursor, ending: string, push: Push): void {
  const start = cursor.line?.start ?? 0;
  let end = start;
  for (let line = cursor.line; line !== null; line = cursor.next()) {
    if (ending === '' && line.at === line.end) break;
    if (line.end > line.start) end = line.end;
    if (ending === '') continue;
    const found = text.slice(line.at, line.end).toLowerCase().includes(ending);
    if (found) {
      cursor.advance();
      break;
    }
  }
  push('html', start, end);
}

function startsTable(text: string, cursor: Cursor, line: Line): boolean {
  if (!hasPipe(text, line)) return false;
  const next = cursor.peek();
  return next !== null && next.at < next.end && isDelimiterRow(text, next);
}

function readTable(text: string, cursor: Cursor, first: Line, push: Push): void {
  let end = first.end;
  for (let line = cursor.next(); line !== null; line = cursor.next()) {
    if (line.at === line.end || interrupts(text, line)) break;
    end = line.end;
  }
  push('table', first.start, end);
}

function readParagraph(text: string, cursor: Cursor, first: Line, push: Push): void {
  let end = first.end;
  for (let line = cursor.next(); line !== null; line = cursor.next()) {
    if (line.at === line.end) break;
    const level = underlineLevel(text, line);
    if (level > 0) {
      push('heading', first.start, line.end, { level });
      cursor.advance();
      return;
    }
    if (interrupts(text, line) || startsTable(text, cursor, line)) break;
    const marker = line.indent <= INDENT_MAX ? markerOf(text, line) : null;
    // Only a 1 starts a list within a paragraph: "… in the year\n1984. Then …" is prose.
    if (marker !== null && (!marker.ordered || /^1[.)]/.test(text.slice(line.at, line.at + 2)))) {
      break;
    }
    end = line.end;
  }
  push('text', first.start, end);
}

type Cursor = {
  readonly line: Line | null;
  advance(): void;
  /** Advances, and gives the line it comes to. */
  next(): Line | null;
  /** The line after the current one. */
  peek(): Line | null;
};

function createCursor(text: string, from: number, to: number, skipPrefix: SkipPrefix): Cursor {
  let after = from;
  let line: Line | null = null;
  let ahead: { line: Line | null; after: number } | null = null;
  const read = (start: number): { line: Line | null; after: number } => {
    if (start >= to) return { line: null, after: to };
    const found = text.indexOf('\n', start);
    const lineEnd = found < 0 || found > to ? to : found;
    return { line: lineOf(text, start, lineEnd, skipPrefix), after: lineEnd + 1 };
  };
  const advance = () => {
    const next = ahead ?? read(after);
    ahead = null;
    line = next.line;
    after = next.after;
  };
  advance();
  return {
    get line() {
      return line;
    },
    advance,
    next: () => {
      advance();
      return line;
    },
    peek: () => {
      ahead ??= read(after);
      return ahead.line;
    },
  };
}

const isWhite = (code: number): boolean =>
  code === 32 || (code >= 9 && code <= 13) || (code > 127 && /\s/.test(String.fromCharCode(code)));

/** Offset after the last character of `text.slice(from, to)` that is not white. */
export function lastVisible(text: string, from: number, to: number): number {
  let end = to;
  while (end > from && isWhite(text.charCodeAt(end - 1))) end--;
  return end;
}

/** The line from `start` to `lineEnd`. */
export function lineOf(text: string, start: number, lineEnd: number, skipPrefix: SkipPrefix): Line {
  const end = lastVisible(text, start, lineEnd);
  let at = Math.min(skipPrefix(start, end), end);
  let indent = 0;
  while (at < end && isWhite(text.charCodeAt(at))) {
    indent += text.charCodeAt(at) === 9 ? 4 - (indent % 4) : 1;
    at++;
  }
  return { start, end, at, indent };
}
