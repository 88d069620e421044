/** A block of Markdown: `markdown.slice(start, end) === text`, without blank lines around it. */
export type Block = {
  readonly kind: 'heading' | 'code' | 'list' | 'table' | 'quote' | 'paragraph';
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** 1–6 of a heading, else 0. */
  readonly level: number;
};

type Line = { readonly text: string; readonly start: number; readonly end: number };

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const ATX = /^ {0,3}(#{1,6})(?:[ \t]|$)/;
const SETEXT = /^ {0,3}(=+|-+)[ \t]*$/;
const LIST = /^ {0,3}(?:[-*+]|\d{1,9}[.)])[ \t]/;

/** Blocks in order, in one pass over the lines. A fence that is never closed runs to the end. */
export function blocksOf(markdown: string): readonly Block[] {
  const lines = linesOf(markdown);
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at];
    if (line === undefined) break;
    if (line.text.trim() === '') at += 1;
    else {
      const { count, kind, level } = blockAt(lines, at, line);
      const end = lines[at + count - 1]?.end ?? line.end;
      blocks.push({ kind, level, start: line.start, end, text: markdown.slice(line.start, end) });
      at += count;
    }
  }
  return blocks;
}

type Extent = Pick<Block, 'kind' | 'level'> & { readonly count: number };

function blockAt(lines: readonly Line[], at: number, line: Line): Extent {
  const fence = FENCE.exec(line.text)?.[1];
  if (fence !== undefined) return { kind: 'code', level: 0, count: fencedLines(lines, at, fence) };
  const marks = ATX.exec(line.text)?.[1];
  if (marks !== undefined) return { kind: 'heading', level: marks.length, count: 1 };
  const underline = SETEXT.exec(lines[at + 1]?.text ?? '')?.[1];
  if (underline !== undefined && !LIST.test(line.text)) {
    return { kind: 'heading', level: underline.startsWith('=') ? 1 : 2, count: 2 };
  }
  let count = 1;
  while (at + count < lines.length && !interrupts(lines[at + count]?.text ?? '')) count += 1;
  return { kind: kindOf(line.text), level: 0, count };
}

const interrupts = (text: string): boolean =>
  text.trim() === '' || FENCE.test(text) || ATX.test(text);

function kindOf(text: string): Block['kind'] {
  if (/^(?: {4}|\t)/.test(text)) return 'code';
  if (LIST.test(text)) return 'list';
  if (/^ {0,3}\|/.test(text)) return 'table';
  return /^ {0,3}>/.test(text) ? 'quote' : 'paragraph';
}

function fencedLines(lines: readonly Line[], at: number, fence: string): number {
  for (let next = at + 1; next < lines.length; next += 1) {
    const close = lines[next]?.text.trim() ?? '';
    const mark = fence.slice(0, 1);
    if (close.length >= fence.length && close === mark.repeat(close.length)) return next - at + 1;
  }
  return lines.length - at;
}

function linesOf(markdown: string): readonly Line[] {
  const lines: Line[] = [];
  for (let start = 0; start <= markdown.length; ) {
    const newline = markdown.indexOf('\n', start);
    const end = newline < 0 ? markdown.length : newline;
    const text = markdown.slice(start, end);
    const stripped = text.endsWith('\r') ? text.slice(0, -1) : text;
    lines.push({ text: stripped, start, end: start + stripped.length });
    start = end + 1;
  }
  return lines;
}
