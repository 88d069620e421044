import type { ChunkFrame } from '#domain/chunk.ts';
import { fenceFrames, tableHead } from './frames.ts';
import { GREATER, type Line, markerOf } from './line-shapes.ts';
import { type Block, lastVisible, type SkipPrefix, scanBlocks } from './scan-blocks.ts';
import { isSentenceEnd } from './sentences.ts';

/** A stretch that is kept whole when it fits: a block, or a line of one. */
export type Part = {
  readonly start: number;
  readonly end: number;
  readonly kind: Block['kind'] | 'line';
  /** The block's own parts, in order; `null` when only its text can be cut. */
  readonly parts: (() => readonly Part[]) | null;
  /** What is read around it where it starts or ends a chunk: of the lines of a fence or a table. */
  readonly frame?: ChunkFrame;
};

/** Deeper quotes, lists and comments are cut by lines. */
const DEPTH_MAX = 8;

export const rootPrefix: SkipPrefix = (from) => from;

/** A block as a part. Its parts are scanned only when they are asked for. */
export function partOf(
  text: string,
  block: Block,
  skipPrefix: SkipPrefix = rootPrefix,
  depth = 0,
): Part {
  const { start, end, kind } = block;
  const lines = () => linesOf(text, start, end);
  const scanned = (from: number, skip: SkipPrefix): readonly Part[] =>
    scanBlocks(text, { from, to: end, skipPrefix: skip }).map((child) =>
      // A heading within a quote, an item or a comment opens no section.
      partOf(text, child.kind === 'heading' ? { ...child, kind: 'text' } : child, skip, depth + 1),
    );
  const inner = (skip: SkipPrefix) => (depth < DEPTH_MAX ? () => scanned(start, skip) : lines);
  const htmlParts = (): readonly Part[] => {
    const all = lines();
    const [first, second] = all;
    const holdsMarkdown =
      first !== undefined && text.slice(first.start, first.end).includes('<!--');
    if (!holdsMarkdown || second === undefined || depth >= DEPTH_MAX) return all;
    return [first, ...scanned(second.start, skipPrefix)];
  };
  switch (kind) {
    case 'fence':
      return { start, end, kind, parts: () => fenceParts(text, lines(), skipPrefix) };
    case 'code':
      return { start, end, kind, parts: lines };
    case 'html':
      return { start, end, kind, parts: htmlParts };
    case 'table':
      return { start, end, kind, parts: () => rowsOf(text, lines(), skipPrefix) };
    case 'list':
      return {
        start,
        end,
        kind,
        parts: () => block.items.map((item) => partOf(text, item, skipPrefix, depth)),
      };
    case 'item':
      return { start, end, kind, parts: inner(itemPrefix(text, block, skipPrefix)) };
    case 'quote':
      return { start, end, kind, parts: inner(quotePrefix(text, skipPrefix)) };
    case 'text':
      return { start, end, kind, parts: () => paragraphsOf(text, block) };
    default:
      return { start, end, kind, parts: null };
  }
}

/**
 * A text's paragraphs as those see them who write no blank lines: up to each line that ends a
 * sentence, and rows of cells. No parts when there is only one.
 */
function paragraphsOf(text: string, block: Block): readonly Part[] {
  const parts: Part[] = [];
  let start = -1;
  for (const line of linesOf(text, block.start, block.end)) {
    if (start < 0) start = line.start;
    const ends =
      isRow(text.slice(line.start, line.end)) || isSentenceEnd(text, line.start, line.end);
    if (!ends && line.end < block.end) continue;
    parts.push({ start, end: line.end, kind: 'text', parts: null });
    start = -1;
  }
  return parts.length > 1 ? parts : [];
}

/** A row of a table that has no head, so that it is no table. */
const isRow = (line: string): boolean => line.includes('|');

/** Lines with something on them; each starts where its line does. */
function linesOf(text: string, start: number, end: number): readonly Part[] {
  const lines: Part[] = [];
  for (let from = start; from < end; ) {
    const found = text.indexOf('\n', from);
    const to = found < 0 || found > end ? end : found;
    const visible = lastVisible(text, from, to);
    if (visible > from) lines.push({ start: from, end: visible, kind: 'line', parts: null });
    from = to + 1;
  }
  return lines;
}

/** A fence's mark stays with the line next to it: a chunk of nothing but marks says nothing. */
function fenceParts(text: string, lines: readonly Part[], skip: SkipPrefix): readonly Part[] {
  const frames = fenceFrames(text, lines, skip);
  const framed = lines.map((line, at) => ({ ...line, frame: frames[at] ?? NO_FRAME }));
  const [first, second, ...rest] = framed;
  const [beforeLast, last] = rest.splice(-2);
  if (first === undefined || second === undefined || beforeLast === undefined) return framed;
  const ending = last === undefined ? [beforeLast] : [joined(beforeLast, last)];
  return [joined(first, second), ...rest, ...ending];
}

const NO_FRAME: ChunkFrame = { before: '', after: '' };

const joined = (a: FramedPart, b: FramedPart): Part => ({
  ...a,
  end: b.end,
  parts: () => [a, b],
  frame: { before: a.frame.before, after: b.frame.after },
});

type FramedPart = Part & { readonly frame: ChunkFrame };

/** A table's head with its delimiter row, then its rows. */
function rowsOf(text: string, lines: readonly Part[], skip: SkipPrefix): readonly Part[] {
  const head = tableHead(text, lines, skip);
  if (head === null) return lines;
  const first = lines.slice(0, head.lines);
  const [start, end] = [first[0]?.start ?? 0, first.at(-1)?.end ?? 0];
  const frame = { before: head.text, after: '' };
  return [
    { start, end, kind: 'text', parts: () => first },
    ...lines.slice(head.lines).map((row) => ({ ...row, frame })),
  ];
}

const quotePrefix =
  (text: string, outer: SkipPrefix): SkipPrefix =>
  (from, to) => {
    const start = outer(from, to);
    let at = start;
    while (at < to && at - start < 3 && text.charCodeAt(at) === 32) at++;
    if (at >= to || text.charCodeAt(at) !== GREATER) return start;
    return text.charCodeAt(at + 1) === 32 ? at + 2 : at + 1;
  };

/** Skips the marker on an item's first line and its indentation on the others. */
const itemPrefix =
  (text: string, item: Block, outer: SkipPrefix): SkipPrefix =>
  (from, to) => {
    const start = outer(from, to);
    let at = start;
    let columns = 0;
    while (at < to && columns < item.indent) {
      const code = text.charCodeAt(at);
      if (code !== 32 && code !== 9) break;
      columns += code === 9 ? 4 - (columns % 4) : 1;
      at++;
    }
    if (from !== item.start) return at;
    const line: Line = { start: from, end: to, at, indent: columns };
    return markerOf(text, line)?.contentAt ?? at;
  };
