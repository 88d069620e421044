import { createFenceReader } from '../../extract/code-fences.ts';

/** Sorted, disjoint stretches of a text. */
export type Ranges = readonly (readonly [start: number, end: number])[];

/** Whether an offset is in one of the ranges. */
export function createLookup(ranges: Ranges): (at: number) => boolean {
  return (at) => {
    let [low, high] = [0, ranges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ranges[middle]?.[1] ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return (ranges[low]?.[0] ?? Number.POSITIVE_INFINITY) <= at;
  };
}

const INLINE_CODE = /`[^`\n]+`/g;

/** Code of a Markdown text: fenced blocks with their fences, and what is between backticks. */
export function codeRanges(markdown: string): Ranges {
  if (!/`|~~~/.test(markdown)) return [];
  const ranges: [number, number][] = [];
  const fences = createFenceReader();
  let start = 0;
  for (const line of markdown.split('\n')) {
    if (fences.read(line) === 'prose') {
      for (const { index, 0: code } of line.matchAll(INLINE_CODE)) {
        ranges.push([start + index, start + index + code.length]);
      }
    } else ranges.push([start, start + line.length]);
    start += line.length + 1;
  }
  return ranges;
}

const URL_RUN = /(?:https?|ftp|wss?):\/\/[^\s<>"'`()[\]{}]+/gi;

/** URLs of a text, up to the first character that ends one. */
export const urlRanges = (text: string): Ranges =>
  text.includes('://')
    ? Array.from(
        text.matchAll(URL_RUN),
        ({ index, 0: url }) => [index, index + url.length] as const,
      )
    : [];
