import type { Chunk, ChunkFrame } from '#domain/chunk.ts';
import { framedText } from '#domain/chunk.ts';

export type OpenChunkOptions = {
  readonly markdown: string;
  readonly tokensMax: number;
  readonly charactersMax: number;
  readonly countTokens: (text: string) => number;
  /** Headings above the place that is being packed. */
  readonly headingPath: () => readonly string[];
};

export type CountedFrame = ChunkFrame & {
  readonly beforeTokens: number;
  readonly afterTokens: number;
};

export type Span = {
  readonly start: number;
  readonly end: number;
  readonly tokens: number;
  /** Sentences may be repeated from it. */
  readonly prose: boolean;
  /** It goes on with a sentence that was cut. */
  readonly fragment?: boolean;
  readonly frame?: CountedFrame | undefined;
};

/** The chunk that is being filled. */
export type OpenChunk = {
  /** Adds a span whole, or says that it does not fit beside what is there. */
  add(span: Span, isHeading: boolean): boolean;
  /** Whether these spans, in order, could all be added. */
  couldAdd(spans: readonly Span[]): boolean;
  /** Ends the chunk and gives its spans; nothing when it is empty. */
  flush(): readonly Span[];
  /** Begins an empty chunk with the first of these that fits beside its first span, or with none. */
  repeat(overlaps: readonly Span[]): void;
  /** Repeats less; false when nothing is repeated or more has been added. */
  repeatLess(): boolean;
  /** Most tokens that it can have by now, without what is read after it. */
  tokens(): number;
  /** Whether it has nothing, or nothing but what it repeats. */
  isEmpty(): boolean;
  /** Whether it has anything but headings. */
  hasContent(): boolean;
  /** Characters that it may still grow by when it goes on at `start`. */
  charactersLeft(start: number): number;
  /** Chunks ended so far. */
  readonly chunks: readonly Chunk[];
};

/** Bounds of the tokens of some joined spans, without their frame. */
type Bounds = { readonly least: number; readonly most: number };
type Measured = Bounds & {
  /** Their own count, with their frame, when it is known. */
  readonly exact: number | null;
};

const NO_SPAN = { start: 0, end: 0 } as const;
const NOTHING: Measured = { least: 0, most: 0, exact: null };

/**
 * Spans' counts are added up, with one more for the white space of each joint. Only when that sum
 * would be over the limit is the joined text counted, so that filling a chunk takes a few counts of
 * it and not one for each span.
 */
export function createOpenChunk(options: OpenChunkOptions): OpenChunk {
  const { charactersMax, headingPath } = options;
  const chunks: Chunk[] = [];
  let overlaps: readonly Span[] = [];
  let spans: Span[] = [];
  let measured = NOTHING;
  let content = false;
  let path: readonly string[] = [];

  const repeat = (next: readonly Span[]) => {
    overlaps = next;
    const tokens = next[0]?.tokens ?? 0;
    measured = { least: tokens, most: tokens, exact: null };
  };
  const repeatLess = (): boolean => {
    if (spans.length > 0 || overlaps.length === 0) return false;
    repeat(overlaps.slice(1));
    return true;
  };
  const first = () => overlaps[0] ?? spans[0];
  const measure = (added: readonly Span[]) =>
    measureAdded(options, { first: first(), bounds: measured, added });

  const flush = (): readonly Span[] => {
    const flushed = spans;
    let left = spans.length === 0 ? [] : [...overlaps.slice(0, 1), ...spans];
    let { exact } = measured;
    while (left.length > 0) {
      const { length, tokens, frame } = fit(options, left, exact);
      const [{ start } = NO_SPAN, { end } = NO_SPAN] = [left[0], left[length - 1]];
      // What is repeated never becomes a chunk by itself.
      if (length > 1 || left[0] !== overlaps[0]) {
        const text = options.markdown.slice(start, end);
        const above = content ? path : headingPath();
        chunks.push({ start, end, text, headingPath: above, tokens, ...(frame && { frame }) });
      }
      left = left.slice(length);
      exact = null;
    }
    repeat([]);
    spans = [];
    content = false;
    return flushed;
  };

  return {
    add: (span, isHeading) => {
      if (isHeading && spans.length === 0) repeat([]);
      let found = measure([span]);
      while (found === null && repeatLess()) found = measure([span]);
      if (found === null) return false;
      measured = found;
      spans.push(span);
      if (!isHeading && !content) {
        content = true;
        path = headingPath();
      }
      return true;
    },
    couldAdd: (added) => added.length === 0 || measure(added) !== null,
    flush,
    repeat,
    repeatLess,
    tokens: () => measured.most + (first()?.frame?.beforeTokens ?? 0),
    isEmpty: () => spans.length === 0,
    hasContent: () => content,
    charactersLeft: (start) => charactersMax - (start - (first()?.start ?? start)),
    chunks,
  };
}

type Adding = {
  readonly first: Span | undefined;
  readonly bounds: Bounds;
  readonly added: readonly Span[];
};

/** What a chunk measures with more spans; `null` when that is over a limit. */
function measureAdded(options: OpenChunkOptions, adding: Adding): Measured | null {
  const { tokensMax, charactersMax } = options;
  const { bounds, added } = adding;
  const first = adding.first ?? added[0];
  const last = added.at(-1);
  if (first === undefined || last === undefined) return { ...bounds, exact: null };
  const tokens = added.reduce((total, span) => total + span.tokens, 0);
  const before = first.frame?.beforeTokens ?? 0;
  const after = last.frame?.afterTokens ?? 0;
  const least = bounds.least + tokens;
  if (last.end - first.start > charactersMax || least + before + after > tokensMax) return null;
  const joints = added.length - (adding.first === undefined ? 1 : 0);
  const most = bounds.most + tokens + joints;
  if (before + after === 0 && joints === 0) return { least, most, exact: tokens };
  if (most + before + after + Math.sign(before) + Math.sign(after) <= tokensMax) {
    return { least, most, exact: null };
  }
  const exact = countFramed(options, first, last);
  if (exact > tokensMax) return null;
  const inner = exact - before - after;
  return { least: inner, most: inner, exact };
}

function countFramed({ markdown, countTokens }: OpenChunkOptions, first: Span, last: Span): number {
  const frame = frameOf(first, last);
  const text = markdown.slice(first.start, last.end);
  return countTokens(frame === undefined ? text : framedText({ text, frame }));
}

function frameOf(first: Span, last: Span): ChunkFrame | undefined {
  const [before, after] = [first.frame?.before ?? '', last.frame?.after ?? ''];
  return before === '' && after === '' ? undefined : { before, after };
}

type Fitting = {
  readonly length: number;
  readonly tokens: number;
  readonly frame: ChunkFrame | undefined;
};

/**
 * The longest run of spans, from the first on, that is within the limit. It is all of them, unless
 * the tokenizer counts more than one token for the white space of a joint.
 */
function fit(options: OpenChunkOptions, spans: readonly Span[], exact: number | null): Fitting {
  const first = spans[0];
  if (first === undefined) return { length: 0, tokens: 0, frame: undefined };
  for (let length = spans.length; length > 0; length--) {
    const last = spans[length - 1] ?? first;
    const known = length === spans.length ? exact : null;
    const tokens = known ?? countFramed(options, first, last);
    if (tokens <= options.tokensMax) return { length, tokens, frame: frameOf(first, last) };
  }
  return { length: 1, tokens: first.tokens, frame: undefined };
}
