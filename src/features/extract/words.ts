/** With a few inner apostrophes, dots or hyphens; any number would overflow the engine's stack. */
const WORD = /[\p{L}\p{N}\p{M}]+(?:['’.-][\p{L}\p{N}\p{M}]+){0,8}/gu;
/** Scripts that are written without spaces. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu;
/** Characters of such a script that make a word, about. */
const UNSPACED_WORD_LENGTH = 2;

/** Words of a text, about: runs of letters and digits, or half the characters of Chinese and such. */
export function countWords(text: string): number {
  let words = 0;
  for (const [run] of text.matchAll(WORD)) {
    const unspaced = run.match(UNSPACED)?.length ?? 0;
    words += unspaced === 0 ? 1 : Math.ceil(unspaced / UNSPACED_WORD_LENGTH);
  }
  return words;
}
