import { isWhiteAt, lastSentenceEnd } from './sentences.ts';

/** Where to cut, and how many tokens the text before the cut has. */
export type Cut = { readonly end: number; readonly tokens: number };

export type CutOptions = {
  readonly start: number;
  readonly end: number;
  readonly tokensMax: number;
  readonly charactersMax: number;
  /** Expected characters of a token; `TOKEN_CHARACTERS` when nothing is known. */
  readonly tokenCharacters: number;
  /** False for lines of code and table rows, where a full stop means nothing. */
  readonly prose: boolean;
  readonly countTokens: (text: string) => number;
};

/** Characters of a token in English prose. */
export const TOKEN_CHARACTERS = 4;
/** A prefix this full is not worth another count. */
const FULL = 0.9;
const TRIES_MAX = 8;

/**
 * The longest prefix found of `text.slice(start, end)` within both limits: all of it, else up to
 * the end of a sentence or else of a line in its second half, else between words, else between code points. `null`
 * when not even one code point fits. Counts a few windows of the prefix's own size, so that cutting
 * a text up takes time linear in it.
 */
export function cutText(text: string, options: CutOptions): Cut | null {
  if (options.tokensMax < 1) return null;
  const longest = longestPrefix(text, options);
  if (longest === null || longest.end === options.end || !options.prose) return longest;
  const { start } = options;
  const half = start + ((longest.end - start) >> 1);
  const sentence = lastSentenceEnd(text, half, longest.end);
  const end = sentence < 0 ? half + text.slice(half, longest.end + 1).lastIndexOf('\n') : sentence;
  if (end <= half) return longest;
  const tokens = options.countTokens(text.slice(start, end));
  return tokens <= options.tokensMax ? { end, tokens } : longest;
}

function longestPrefix(text: string, options: CutOptions): Cut | null {
  const { start, end, tokensMax, charactersMax, countTokens } = options;
  let best: Cut | null = null;
  /** Known not to fit; one more than the limit at first, so that the limit itself is tried. */
  let tooLong = Math.min(end, start + charactersMax) + 1;
  let size = Math.ceil(tokensMax * FULL * options.tokenCharacters);
  let withinWord = false;
  for (let tries = 0; tries < TRIES_MAX || best === null; tries++) {
    const low: number = best?.end ?? start;
    const wanted = Math.min(start + size, tooLong - 1);
    const target = wanted > low ? wanted : (low + tooLong) >> 1;
    let at = wordEndNear(text, { low, target, tooLong, end });
    if (at < 0) {
      if (best !== null && !withinWord) return best;
      withinWord = true;
      at = codePointBoundary(text, low, Math.min(target, tooLong - 1));
      if (at >= tooLong) return best;
    }
    const tokens = countTokens(text.slice(start, at));
    if (tokens <= tokensMax) {
      best = { end: at, tokens };
      if (at === end || tokens >= tokensMax * FULL) return best;
      size = Math.ceil((at - start) * Math.min(4, Math.max(1.1, (0.97 * tokensMax) / tokens)));
    } else {
      tooLong = at;
      size = Math.floor((at - start) * Math.min(0.9, (0.97 * tokensMax) / tokens));
    }
  }
  return best;
}

type Window = {
  readonly low: number;
  readonly target: number;
  readonly tooLong: number;
  readonly end: number;
};

/** How far past the target a word may go on. */
const WORD_CHARACTERS = 64;

/** The last end of a word in (low, target], else the first after it, below `tooLong`; else −1. */
function wordEndNear(text: string, { low, target, tooLong, end }: Window): number {
  if (target >= end) return end < tooLong ? end : -1;
  const isEnd = (at: number) => at === end || (isWhiteAt(text, at) && !isWhiteAt(text, at - 1));
  for (let at = target; at > low; at--) if (isEnd(at)) return at;
  const last = Math.min(tooLong - 1, target + Math.max(WORD_CHARACTERS, target - low));
  for (let at = target + 1; at <= last; at++) if (isEnd(at)) return at;
  return -1;
}

/** `at` moved off the middle of a surrogate pair, and at least one code point after `low`. */
function codePointBoundary(text: string, low: number, at: number): number {
  const least = low + ((text.codePointAt(low) ?? 0) > 0xffff ? 2 : 1);
  if (at <= least) return least;
  return isLow(text.charCodeAt(at)) && isHigh(text.charCodeAt(at - 1)) ? at - 1 : at;
}

const isHigh = (code: number): boolean => (code & 0xfc00) === 0xd800;
const isLow = (code: number): boolean => (code & 0xfc00) === 0xdc00;
