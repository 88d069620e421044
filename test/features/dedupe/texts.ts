import { createRandom } from '../clean/template-site.ts';

/** Words of a language that nobody speaks, frequent ones more often. */
export function createWriter(seed: number) {
  const random = createRandom(seed);
  const word = () => `w${Math.floor(30_000 * random() ** 3)}`;
  const words = (count: number) => Array.from({ length: count }, word);
  /** A copy in which that share of the words is another, one by one. */
  const reword = (text: readonly string[], share: number) =>
    text.map((old) => (random() < share ? word() : old));
  /** A copy with a block of that share of its words put in somewhere. */
  const add = (text: readonly string[], share: number) => {
    const at = Math.floor(random() * text.length);
    return text.toSpliced(at, 0, ...words(Math.round(text.length * share)));
  };
  return { random, words, reword, add };
}
