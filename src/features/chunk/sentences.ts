export const isWhiteAt = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  if (code < 128) return code === 32 || (code >= 9 && code <= 13);
  return /\s/.test(text.charAt(at));
};

/** Offset of the first character from `from` on that is not white; `to` when there is none. */
export function visibleFrom(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && isWhiteAt(text, at)) at++;
  return at;
}

const CLOSERS = ')]}"\'”’»*_';
const STOPS = '.!?…';
const WIDE_STOPS = '。！？';

/** The last end of a sentence in (from, to], or −1. */
export function lastSentenceEnd(text: string, from: number, to: number): number {
  for (let at = to; at > from; at--) if (isSentenceEnd(text, from, at)) return at;
  return -1;
}

/** Whether a sentence that goes back no further than `from` ends at `at`. */
export function isSentenceEnd(text: string, from: number, at: number): boolean {
  if (WIDE_STOPS.includes(text.charAt(at - 1))) return true;
  if (at < text.length && !isWhiteAt(text, at)) return false;
  let stop = at - 1;
  while (stop > from && CLOSERS.includes(text.charAt(stop))) stop--;
  return STOPS.includes(text.charAt(stop)) && !startsLower(text, at);
}

/** Whether the next word starts in lower case: then the stop belonged to an abbreviation. */
function startsLower(text: string, from: number): boolean {
  const next = text.charAt(visibleFrom(text, from, text.length));
  return next !== next.toUpperCase();
}

const MARKER = /[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]/y;

/**
 * Where sentences of `text.slice(start, end)` begin, from the last one back. A list item begins one,
 * and so does a paragraph, though what is before them may have no stop.
 */
export function* sentenceStarts(text: string, start: number, end: number): Generator<number> {
  let last = end;
  for (let at = end - 1; at > start; at--) {
    if (!begins(text, start, at)) continue;
    const from = visibleFrom(text, at, end);
    if (from >= last) continue;
    last = from;
    yield text.charCodeAt(at - 1) === 10 ? at : from;
  }
  if (last > start) yield start;
}

function begins(text: string, start: number, at: number): boolean {
  if (text.charCodeAt(at - 1) === 10) {
    MARKER.lastIndex = at;
    if (MARKER.test(text) || text.charCodeAt(at - 2) === 10) return true;
  }
  return isSentenceEnd(text, start, at);
}
