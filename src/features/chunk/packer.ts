import type { Chunk, ChunkFrame } from '#domain/chunk.ts';
import { AppError } from '#domain/errors.ts';
import type { Part } from './block-parts.ts';
import { cutText, TOKEN_CHARACTERS } from './cut-text.ts';
import {
  type CountedFrame,
  createOpenChunk,
  type OpenChunk,
  type OpenChunkOptions,
  type Span,
} from './open-chunk.ts';
import { overlapsOf } from './overlap.ts';
import { isSentenceEnd, visibleFrom } from './sentences.ts';

/** Fills chunks with parts, in order, each as full as its limits allow. */
export type Packer = {
  /** Adds a part whole when it fits, else by its own parts. */
  place(part: Part): void;
  /** Ends the chunk at hand; the next one repeats nothing of it. */
  flush(): void;
  /** Whether these parts, in order, all fit whole into the chunk at hand. */
  fits(parts: readonly Part[]): boolean;
  /** Whether the chunk at hand has anything but headings. */
  hasContent(): boolean;
  readonly chunks: readonly Chunk[];
};

export type PackerOptions = OpenChunkOptions & { readonly overlapTokens: number };

/** A heading that leaves less than this share of a chunk stands alone. */
const ROOM_LEAST = 0.25;
/** What fits into no chunk is begun in one with this much room, else in the next. */
const ROOM_TO_BEGIN = 0.5;

const PROSE = new Set<Part['kind']>(['text', 'list', 'item', 'quote']);

export function createPacker(options: PackerOptions): Packer {
  const { tokensMax } = options;
  const open = createOpenChunk(options);
  const spanOf = createSpans(options);
  const placeText = createTextPlacer(options, open);

  const room = () => 1 - open.tokens() / tokensMax;
  const goOn = () => open.repeat(overlapsOf(open.flush(), options));

  /** Whether what does not fit whole beside what is there may begin there. */
  const mayBegin = ({ kind }: Part, fitsAlone: boolean): boolean => {
    if (open.isEmpty()) return true;
    if (!open.hasContent() && kind !== 'heading') return room() >= ROOM_LEAST;
    // A paragraph's first sentences say little at the end of another one's chunk.
    const isApart = kind === 'text' && open.hasContent();
    return !fitsAlone && !isApart && room() >= ROOM_TO_BEGIN;
  };

  const place = (part: Part): void => {
    const span = spanOf(part);
    const fitsAlone = span.tokens <= tokensMax;
    if (fitsAlone && open.add(span, part.kind === 'heading')) return;
    if (!mayBegin(part, fitsAlone)) {
      goOn();
      place(part);
      return;
    }
    const parts = part.parts?.() ?? [];
    if (parts.length > 0) for (const inner of parts) place(inner);
    else placeText(span, part.kind !== 'line', goOn);
  };

  return {
    place,
    flush: () => void open.flush(),
    fits: (parts) => open.couldAdd(parts.map(spanOf)),
    hasContent: open.hasContent,
    chunks: open.chunks,
  };
}

/** Frames get at most this share of `tokensMax`; what needs a larger one is left without. */
const FRAME_SHARE = 0.25;

/** Parts with their counts; each part and each frame is counted once. */
function createSpans(options: PackerOptions): (part: Part) => Span {
  const { markdown, tokensMax, charactersMax, countTokens } = options;
  const spans = new Map<Part, Span>();
  const frames = new Map<ChunkFrame, CountedFrame | null>();
  const lines = new Map<string, number>();

  const countLine = (line: string): number => {
    const tokens = line === '' ? 0 : (lines.get(line) ?? countTokens(line));
    lines.set(line, tokens);
    return tokens;
  };
  const countFrame = (frame: ChunkFrame): CountedFrame | null => {
    const known = frames.get(frame);
    if (known !== undefined) return known;
    const [beforeTokens, afterTokens] = [countLine(frame.before), countLine(frame.after)];
    const fits = beforeTokens + afterTokens <= tokensMax * FRAME_SHARE;
    const counted = fits ? { ...frame, beforeTokens, afterTokens } : null;
    frames.set(frame, counted);
    return counted;
  };
  return (part) => {
    const known = spans.get(part);
    if (known !== undefined) return known;
    const { start, end, kind } = part;
    // Nobody asks how many tokens there are in what is too long anyway.
    const isTooLong = end - start > charactersMax;
    const tokens = isTooLong ? Infinity : countTokens(markdown.slice(start, end));
    const frame = part.frame === undefined ? null : countFrame(part.frame);
    // A row that fits stays whole, though it may have to do without its table's head.
    const framed = tokens + (frame?.beforeTokens ?? 0) + (frame?.afterTokens ?? 0);
    const isKept = frame !== null && (framed <= tokensMax || tokens > tokensMax);
    const span = { start, end, tokens, prose: PROSE.has(kind), frame: isKept ? frame : undefined };
    spans.set(part, span);
    return span;
  };
}

type PlaceText = (span: Span, prose: boolean, goOn: () => void) => void;

/** Adds text that fits into no chunk, cut into pieces that do. */
function createTextPlacer(options: PackerOptions, open: OpenChunk): PlaceText {
  const { markdown, tokensMax, countTokens } = options;

  const tokensLeft = (frame: CountedFrame | undefined): number => {
    const after = frame?.afterTokens ?? 0;
    const joints = Math.sign(after);
    if (open.tokens() > 0) return tokensMax - open.tokens() - after - joints - 1;
    const before = frame?.beforeTokens ?? 0;
    return tokensMax - before - after - joints - Math.sign(before);
  };

  return (span, prose, goOn) => {
    let { start, frame } = span;
    let tokenCharacters = TOKEN_CHARACTERS;
    while (start < span.end) {
      const cut = cutText(markdown, {
        start,
        end: span.end,
        tokensMax: tokensLeft(frame),
        charactersMax: open.charactersLeft(start),
        tokenCharacters,
        prose,
        countTokens,
      });
      const fragment = start > span.start && !isSentenceEnd(markdown, span.start, start);
      const piece = cut && { ...span, start, ...cut, frame, fragment };
      const added = piece !== null && open.add(piece, false);
      if (!added && open.isEmpty()) {
        if (open.repeatLess()) continue;
        if (frame === undefined) throw tooSmall(tokensMax);
        frame = undefined;
      }
      if (!added || piece.end < span.end) goOn();
      if (added) {
        tokenCharacters = (piece.end - start) / Math.max(piece.tokens, 1);
        start = visibleFrom(markdown, piece.end, span.end);
      }
    }
  };
}

const tooSmall = (tokensMax: number) =>
  new AppError(
    'invalid_input',
    `one character has more than the ${tokensMax} tokens of a chunk; raise tokensMax.`,
    { param: 'tokensMax' },
  );
