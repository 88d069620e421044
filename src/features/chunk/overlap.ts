import type { Span } from './open-chunk.ts';
import { sentenceStarts } from './sentences.ts';

export type OverlapOptions = {
  readonly markdown: string;
  /** Most tokens that are repeated; 0 for none. */
  readonly overlapTokens: number;
  readonly charactersMax: number;
  readonly countTokens: (text: string) => number;
};

/** Sentences are not looked for in what holds code. */
const FENCE = /```|~~~/;

/**
 * The ends of a chunk that the next one may repeat, longest first: whole sentences of the prose that
 * it ends with, each more than the one after it, and never all that the chunk brought.
 *
 * @param spans of the chunk, in order
 */
export function overlapsOf(spans: readonly Span[], options: OverlapOptions): readonly Span[] {
  const { markdown, overlapTokens, charactersMax, countTokens } = options;
  const end = spans.at(-1)?.end ?? 0;
  const found: Span[] = [];
  if (overlapTokens === 0) return found;
  for (const span of spans.toReversed()) {
    if (!span.prose || FENCE.test(markdown.slice(span.start, span.end))) break;
    for (const start of sentenceStarts(markdown, span.start, span.end)) {
      const isWhole = start === spans[0]?.start;
      if (isWhole || end - start > charactersMax) return found;
      const tokens = countTokens(markdown.slice(start, end));
      if (tokens > overlapTokens) return found;
      found.unshift({ start, end, tokens, prose: true });
    }
  }
  return found;
}
