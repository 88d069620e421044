import { GREATER, type Line, markerOf } from './line-shapes.ts';
import { type Block, lastVisible, type SkipPrefix, scanBlocks } from './scan-blocks.ts';

/** A stretch that is kept whole when it fits: a block, or a line of one. */
export type Part = {
  readonly start: number;
  readonly end: number;
  readonly kind: Block['kind'] | 'line';
  /** The block's own parts, in order; `null` when only its text can be cut. */
  readonly parts: (() => readonly Part[]) | null;
};

/** Deeper quotes and lists are cut by lines. */
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
  const inner = (skip: SkipPrefix): (() => readonly Part[]) => {
    if (depth >= DEPTH_MAX) return lines;
    return () =>
      scanBlocks(text, { from: start, to: end, skipPrefix: skip }).map((child) =>
        // A heading within a quote or an item opens no section.
        partOf(
          text,
          child.kind === 'heading' ? { ...child, kind: 'text' } : child,
          skip,
          depth + 1,
        ),
      );
  };
  switch (kind) {
    case 'fence':
      return { start, end, kind, parts: () => fenceParts(lines()) };
    case 'code':
    case 'html':
      return { start, end, kind, parts: lines };
    case 'table':
      return { start, end, kind, parts: () => rowsOf(text, start, end) };
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
    default:
      return { start, end, kind, parts: null };
  }
}

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

/** A fence's mark stays with the line next to it: alone it would open where it should close. */
function fenceParts(lines: readonly Part[]): readonly Part[] {
  const [first, second, ...rest] = lines;
  const [beforeLast, last] = rest.splice(-2);
  if (first === undefined || second === undefined || beforeLast === undefined) return lines;
  const joined = (a: Part, b: Part): Part => ({ ...a, end: b.end, parts: () => [a, b] });
  const ending = last === undefined ? [beforeLast] : [joined(beforeLast, last)];
  return [joined(first, second), ...rest, ...ending];
}

/** A table's head with its delimiter row, then its rows. */
function rowsOf(text: string, start: number, end: number): readonly Part[] {
  const [head, delimiter, ...rows] = linesOf(text, start, end);
  if (head === undefined || delimiter === undefined) return [];
  const parts = () => [head, delimiter];
  return [{ start: head.start, end: delimiter.end, kind: 'text', parts }, ...rows];
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
