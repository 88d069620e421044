import type { Chunk } from '#domain/chunk.ts';

export type OpenChunkOptions = {
  readonly markdown: string;
  readonly tokensMax: number;
  readonly charactersMax: number;
  readonly countTokens: (text: string) => number;
  /** Headings above the place that is being packed. */
  readonly headingPath: () => readonly string[];
};

type Span = { readonly start: number; readonly end: number; readonly tokens: number };

/** The chunk that is being filled. */
export type OpenChunk = {
  /** Adds a span whole, or says that it does not fit beside what is there. */
  add(span: Span, isHeading: boolean): boolean;
  /** Whether these spans, in order, could all be added. */
  couldAdd(spans: readonly Span[]): boolean;
  /** Ends the chunk; nothing when it is empty. */
  flush(): void;
  /** Most tokens that it can have by now. */
  tokens(): number;
  isEmpty(): boolean;
  /** Whether it has anything but headings. */
  hasContent(): boolean;
  /** Characters that it may still grow by when it goes on at `start`. */
  charactersLeft(start: number): number;
  /** Chunks ended so far. */
  readonly chunks: readonly Chunk[];
};

/**
 * Spans' counts are added up, with one more for the white space of each joint. Only when that sum
 * would be over the limit is the joined text counted, so that filling a chunk takes a few counts of
 * it and not one for each span.
 */
export function createOpenChunk(options: OpenChunkOptions): OpenChunk {
  const { markdown, tokensMax, charactersMax, countTokens, headingPath } = options;
  const chunks: Chunk[] = [];
  let spans: Span[] = [];
  let sum = 0;
  let most = 0;
  /** Whether `sum` is the joined text's own count. */
  let exact = true;
  let content = false;
  let path: readonly string[] = [];

  const startOr = (start: number) => spans[0]?.start ?? start;
  const count = (start: number, end: number) => countTokens(markdown.slice(start, end));

  type Measured = { readonly sum: number; readonly most: number; readonly exact: boolean };
  const measure = (span: Span): Measured => {
    const added = sum + span.tokens;
    if (spans.length === 0) return { sum: added, most: added, exact: true };
    const atMost = most + span.tokens + 1;
    if (added > tokensMax || atMost <= tokensMax) return { sum: added, most: atMost, exact: false };
    const counted = count(startOr(span.start), span.end);
    return { sum: counted, most: counted, exact: true };
  };

  const couldAdd = (added: readonly Span[]): boolean => {
    const [first, last] = [added[0], added.at(-1)];
    if (first === undefined || last === undefined) return true;
    const tokens = added.reduce((total, span) => total + span.tokens, 0);
    if (last.end - startOr(first.start) > charactersMax || sum + tokens > tokensMax) return false;
    if (most + tokens + added.length <= tokensMax) return true;
    return count(startOr(first.start), last.end) <= tokensMax;
  };

  /**
   * The longest run of spans within the limit. It is all of them, unless the tokenizer counts more
   * than one token for the white space of a joint.
   */
  const fitting = (): { length: number; tokens: number } => {
    if (exact) return { length: spans.length, tokens: sum };
    for (let length = spans.length; length > 1; length--) {
      const tokens = count(startOr(0), spans[length - 1]?.end ?? 0);
      if (tokens <= tokensMax) return { length, tokens };
    }
    return { length: 1, tokens: spans[0]?.tokens ?? 0 };
  };

  const flush = () => {
    while (spans.length > 0) {
      const { length, tokens } = fitting();
      const start = startOr(0);
      const end = spans[length - 1]?.end ?? start;
      const text = markdown.slice(start, end);
      chunks.push({ start, end, text, headingPath: content ? path : headingPath(), tokens });
      spans = spans.slice(length);
      exact = false;
    }
    sum = 0;
    most = 0;
    content = false;
  };

  return {
    add: (span, isHeading) => {
      if (span.end - startOr(span.start) > charactersMax) return false;
      const measured = measure(span);
      if (measured.sum > tokensMax) return false;
      ({ sum, most, exact } = measured);
      spans.push(span);
      if (!isHeading && !content) {
        content = true;
        path = headingPath();
      }
      return true;
    },
    couldAdd,
    flush,
    tokens: () => most,
    isEmpty: () => spans.length === 0,
    hasContent: () => content,
    charactersLeft: (start) => charactersMax - (start - startOr(start)),
    chunks,
  };
}
