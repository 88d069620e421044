import type { PiiKind } from '#domain/document.ts';
import { maskOf, type PiiSpan } from './kinds.ts';
import type { Ranges } from './ranges.ts';

/** A stretch of markup and what it says: the same, or the characters that an entity stands for. */
export type Piece = { readonly text: string; readonly start: number; readonly end: number };

/** Text to be replaced: by the mask of a kind, or by nothing where the mask before it goes on. */
export type Edit = {
  readonly start: number;
  readonly end: number;
  readonly kind: PiiKind | null;
};

/** One text made of pieces of markup. */
export type PieceText = {
  /** What is in the markup at `start` to `end`; of the same place twice, the second goes on. */
  add(piece: Piece, isCode: boolean): void;
  /** What is in no place of the markup: words that tell what follows, or a line's end. */
  insert(text: string, at: number): void;
  text(): string;
  code(): Ranges;
  /** What masks the markup of stretches of the text. Stretches in order. */
  edits(spans: readonly PiiSpan[]): readonly Edit[];
};

export function createPieceText(): PieceText {
  const pieces: Piece[] = [];
  const code: [start: number, end: number][] = [];
  let length = 0;

  const markCode = (from: number) => {
    const last = code.at(-1);
    if (last?.[1] === from) last[1] = length;
    else code.push([from, length]);
  };
  return {
    add(piece, isCode) {
      const last = pieces.at(-1);
      const goesOn = last !== undefined && last.end > last.start && last.end === piece.end;
      if (goesOn) pieces[pieces.length - 1] = { ...last, text: last.text + piece.text };
      else pieces.push(piece);
      length += piece.text.length;
      if (isCode) markCode(length - piece.text.length);
    },
    insert(text, at) {
      const last = pieces.at(-1);
      if (text === '\n' && last?.text === '\n' && last.start === last.end) return;
      pieces.push({ text, start: at, end: at });
      length += text.length;
    },
    text: () => pieces.map(({ text }) => text).join(''),
    code: () => code,
    edits: (spans) => editsOf(pieces, spans),
  };
}

function editsOf(pieces: readonly Piece[], spans: readonly PiiSpan[]): readonly Edit[] {
  const edits: Edit[] = [];
  let [next, at] = [0, 0];
  for (const span of spans) {
    let kind: PiiKind | null = span.kind;
    for (; next < pieces.length; next += 1) {
      const piece = pieces[next];
      if (piece === undefined || at >= span.end) break;
      const end = at + piece.text.length;
      if (end > span.start && piece.end > piece.start) {
        edits.push({ ...partOf(piece, span.start - at, span.end - at), kind });
        kind = null;
      }
      // The next span may begin in the same piece.
      if (end > span.end) break;
      at = end;
    }
  }
  return edits;
}

/** The markup of a part of a piece; an entity has no parts. */
function partOf({ text, start, end }: Piece, from: number, to: number) {
  if (text.length !== end - start) return { start, end };
  return { start: start + Math.max(0, from), end: start + Math.min(text.length, to) };
}

/** Edits in order and apart: one that begins within another goes on where that one ends. */
export function joinEdits(edits: readonly Edit[]): readonly Edit[] {
  const joined: Edit[] = [];
  let done = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (edit.end <= done) continue;
    joined.push(edit.start < done ? { start: done, end: edit.end, kind: null } : edit);
    done = edit.end;
  }
  return joined;
}

/** A text with its edits made, which are in order and apart. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const kept: string[] = [];
  let at = 0;
  for (const { start, end, kind } of edits) {
    kept.push(text.slice(at, start), kind === null ? '' : maskOf(kind));
    at = end;
  }
  kept.push(text.slice(at));
  return kept.join('');
}
