import type { ChunkFrame } from '#domain/chunk.ts';
import { closesFence, fenceOf, isDelimiterRow, type Line } from './line-shapes.ts';
import { lineOf, type SkipPrefix } from './scan-blocks.ts';

type Stretch = { readonly start: number; readonly end: number };

/** A longer first word after a fence's mark names no language. */
const LANGUAGE_CHARACTERS_MAX = 32;

/**
 * What is read around each of a fence's lines where it starts or ends a chunk: before all but its
 * opening line the fence is opened again, after all but its closing line it is closed.
 */
export function fenceFrames(
  text: string,
  lines: readonly Stretch[],
  skip: SkipPrefix,
): readonly ChunkFrame[] {
  const read = lines.map(({ start, end }) => lineOf(text, start, end, skip));
  const opening = read.findIndex((line) => fenceOf(text, line) !== null);
  const first = read[opening];
  const fence = first === undefined ? null : fenceOf(text, first);
  if (first === undefined || fence === null) return [];
  const found = read.findIndex((line, at) => at > opening && closesFence(text, line, fence));
  const closing = found < 0 ? lines.length : found;
  const marksEnd = first.at + fence.length;
  const language = text.slice(marksEnd, first.end).trim().split(/\s/, 1)[0] ?? '';
  const after = marginOf(text, first) + text.slice(first.at, marksEnd);
  const before = language.length > LANGUAGE_CHARACTERS_MAX ? after : after + language;
  const none: ChunkFrame = { before: '', after: '' };
  const [opened, within, closed] = [
    { before: '', after },
    { before, after },
    { before, after: '' },
  ];
  return lines.map((_line, at) => {
    if (at < opening || at > closing) return none;
    if (at === opening) return opened;
    return at === closing ? closed : within;
  });
}

/** A table's head with its delimiter row, as it is read again, and how many lines it takes. */
export function tableHead(
  text: string,
  lines: readonly Stretch[],
  skip: SkipPrefix,
): { readonly text: string; readonly lines: number } | null {
  const read = lines.map(({ start, end }) => lineOf(text, start, end, skip));
  const delimiter = read.findIndex((line, at) => at > 0 && isDelimiterRow(text, line));
  const [head, row] = [read[delimiter - 1], read[delimiter]];
  if (head === undefined || row === undefined) return null;
  const again = [head, row].map((line) => marginOf(text, line) + text.slice(line.at, line.end));
  return { text: again.join('\n'), lines: delimiter + 1 };
}

/** What goes before the text of a line of the same block: quote marks, blanks for list markers. */
const marginOf = (text: string, line: Line): string =>
  text.slice(line.start, line.at).replace(/[^\s>]/g, ' ');
