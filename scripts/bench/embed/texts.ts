import { globSync, readFileSync } from 'node:fs';

/**
 * Pieces of real text (the sample posts, the READMEs of packages), of at least `tokens` tokens each
 * and of fewer than twice as many.
 */
export function piecesOf(
  count: number,
  tokens: (at: number) => number,
  countTokens: (text: string) => number,
): readonly string[] {
  const files = [
    ...globSync('datasets/sample/posts/*.md'),
    ...globSync('node_modules/{*,@*/*}/README.md'),
  ];
  const pieces: string[] = [];
  for (const file of files) {
    let words: string[] = [];
    let length = 0;
    for (const word of readFileSync(file, 'utf8').split(/(?<=\s)/)) {
      words.push(word);
      length += countTokens(word);
      const wanted = tokens(pieces.length);
      if (length < wanted) continue;
      if (length < 2 * wanted) pieces.push(words.join(''));
      if (pieces.length === count) return pieces;
      words = [];
      length = 0;
    }
  }
  return pieces;
}

/** A copy each time, so that no work is saved because a string was seen before. */
export const copiesOf = (texts: readonly string[]): readonly string[] =>
  texts.map((text) => Buffer.from(text).toString());

export const whole = (value: number): string => Math.round(value).toLocaleString('en');
