import { headingText } from './heading-text.ts';

/** The headings above a place, kept within a budget of tokens. */
export type HeadingPath = {
  enter(level: number, source: string): void;
  /** Outermost first. */
  current(): readonly string[];
};

/**
 * A path's tokens are the sum of its headings' and one for each separator. What is over the budget
 * loses its outermost headings: the nearest says most about the text.
 */
export function createHeadingPath(
  tokensMax: number,
  countTokens: (text: string) => number,
): HeadingPath {
  const stack: { readonly level: number; readonly text: string; readonly tokens: number }[] = [];
  let path: readonly string[] = [];
  return {
    enter: (level, source) => {
      while ((stack.at(-1)?.level ?? 0) >= level) stack.pop();
      const text = headingText(source);
      stack.push({ level, text, tokens: countTokens(text) + 1 });
      const kept: string[] = [];
      let tokens = 0;
      for (const heading of stack.toReversed()) {
        tokens += heading.tokens;
        if (tokens > tokensMax) break;
        if (heading.text !== '') kept.unshift(heading.text);
      }
      path = kept;
    },
    current: () => path,
  };
}
