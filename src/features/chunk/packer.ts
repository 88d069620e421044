import type { Chunk } from '#domain/chunk.ts';
import { AppError } from '#domain/errors.ts';
import type { Part } from './block-parts.ts';
import { cutText, isWhiteAt, TOKEN_CHARACTERS } from './cut-text.ts';
import { createOpenChunk, type OpenChunkOptions } from './open-chunk.ts';

/** Fills chunks with parts, in order, each as full as its limits allow. */
export type Packer = {
  /** Adds a part whole when it fits, else by its own parts. */
  place(part: Part): void;
  /** Ends the chunk at hand. */
  flush(): void;
  /** Whether these parts, in order, all fit whole into the chunk at hand. */
  fits(parts: readonly Part[]): boolean;
  /** Whether the chunk at hand has anything but headings. */
  hasContent(): boolean;
  readonly chunks: readonly Chunk[];
};

/** A heading that leaves less than this share of a chunk stands alone. */
const ROOM_LEAST = 0.25;
/** What fits into no chunk is begun in one with this much room, else in the next. */
const ROOM_TO_BEGIN = 0.5;

export function createPacker(options: OpenChunkOptions): Packer {
  const { markdown, tokensMax, charactersMax, countTokens } = options;
  const open = createOpenChunk(options);
  const counted = new WeakMap<Part, number>();

  const tokensOf = (part: Part): number => {
    const known = counted.get(part);
    if (known !== undefined) return known;
    const tokens = countTokens(markdown.slice(part.start, part.end));
    counted.set(part, tokens);
    return tokens;
  };

  const room = () => 1 - open.tokens() / tokensMax;

  const place = (part: Part): void => {
    const isHeading = part.kind === 'heading';
    const fitsAlone = part.end - part.start <= charactersMax && tokensOf(part) <= tokensMax;
    if (fitsAlone && open.add({ ...part, tokens: tokensOf(part) }, isHeading)) return;
    const begins = open.hasContent() || isHeading ? !fitsAlone && room() >= ROOM_TO_BEGIN : true;
    if (!open.isEmpty() && !(begins && room() >= ROOM_LEAST)) {
      open.flush();
      place(part);
      return;
    }
    const parts = part.parts?.() ?? [];
    if (parts.length > 0) for (const inner of parts) place(inner);
    else placeText(part);
  };

  const placeText = (part: Part): void => {
    let start = part.start;
    let tokenCharacters = TOKEN_CHARACTERS;
    while (start < part.end) {
      const cut = cutText(markdown, {
        start,
        end: part.end,
        tokensMax: open.isEmpty() ? tokensMax : tokensMax - open.tokens() - 1,
        charactersMax: open.charactersLeft(start),
        tokenCharacters,
        prose: part.kind !== 'line',
        countTokens,
      });
      const added = cut !== null && open.add({ start, ...cut }, false);
      if (!added && open.isEmpty()) throw tooSmall(tokensMax);
      if (!added || cut.end < part.end) open.flush();
      if (added) {
        tokenCharacters = (cut.end - start) / Math.max(cut.tokens, 1);
        start = visibleFrom(markdown, cut.end, part.end);
      }
    }
  };

  return {
    place,
    flush: open.flush,
    fits: (parts) => open.couldAdd(parts.map((part) => ({ ...part, tokens: tokensOf(part) }))),
    hasContent: open.hasContent,
    chunks: open.chunks,
  };
}

function visibleFrom(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && isWhiteAt(text, at)) at++;
  return at;
}

const tooSmall = (tokensMax: number) =>
  new AppError(
    'invalid_input',
    `one character has more than the ${tokensMax} tokens of a chunk; raise tokensMax.`,
    { param: 'tokensMax' },
  );
