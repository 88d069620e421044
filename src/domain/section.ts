/** A chunk with its place in a text: `text.slice(start, end)` is the chunk's (UTF-16 code units). */
export type Piece = { readonly id: string; readonly start: number; readonly end: number };

/** A chunk of a document, which may have been cut from another revision of it. */
export type SectionChunk = Piece & { readonly revisionId: string; readonly text: string };

/**
 * Where a section's chunks stand in one revision: its own by their offsets, those of other revisions
 * where their text occurs, provided that it occurs once. The others are left out. Ordered by place.
 */
export function piecesOf(
  revision: { readonly id: string; readonly markdown: string },
  chunks: readonly SectionChunk[],
): readonly Piece[] {
  const { markdown } = revision;
  return chunks
    .flatMap(({ id, revisionId, text, start, end }) => {
      if (revisionId === revision.id) return [{ id, start, end }];
      const at = text === '' ? -1 : markdown.indexOf(text);
      const isOnly = at >= 0 && markdown.indexOf(text, at + 1) < 0;
      return isOnly ? [{ id, start: at, end: at + text.length }] : [];
    })
    .sort((a, b) => a.start - b.start || a.end - b.end || (a.id < b.id ? -1 : 1));
}

/** A span made of pieces that follow one another, and whose pieces those are, in order. */
export type Run = { readonly start: number; readonly end: number; readonly ids: readonly string[] };

/**
 * Widens a piece by its neighbours, the next one and the one before by turns, as long as nothing but
 * white space stands between and `accepts` takes the wider run. A side that was refused stays as it
 * is. So every character of the run that can be seen is of one of its pieces. `null` when there is
 * no piece of that id.
 */
export function widenRun(
  markdown: string,
  pieces: readonly Piece[],
  id: string,
  accepts: (run: Run, added: Piece) => boolean,
): Run | null {
  const at = pieces.findIndex((piece) => piece.id === id);
  const origin = pieces[at];
  if (origin === undefined) return null;
  let run: Run = { start: origin.start, end: origin.end, ids: [id] };
  const sides = [
    { at: at + 1, step: 1, open: true },
    { at: at - 1, step: -1, open: true },
  ];
  while (sides.some(({ open }) => open)) {
    for (const side of sides) {
      const piece = side.open ? pieces[side.at] : undefined;
      const wider = piece === undefined ? null : joined(markdown, run, piece, side.step > 0);
      side.open = piece !== undefined && wider !== null && accepts(wider, piece);
      side.at += side.step;
      if (side.open && wider !== null) run = wider;
    }
  }
  return run;
}

function joined(markdown: string, run: Run, piece: Piece, isAfter: boolean): Run | null {
  const gap = isAfter ? markdown.slice(run.end, piece.start) : markdown.slice(piece.end, run.start);
  if (gap.trim() !== '') return null;
  return {
    start: Math.min(run.start, piece.start),
    end: Math.max(run.end, piece.end),
    ids: isAfter ? [...run.ids, piece.id] : [piece.id, ...run.ids],
  };
}
