import type { Citation, Hit } from '#domain/answer.ts';

/** `[2]` or `[1, 3]`, but not a link's text `[1](…)`. */
const MARKER = /\[(\d{1,4}(?:\s?,\s?\d{1,4})*)\](?!\()/g;
/** Fenced and inline code: what is bracketed there is code. An unclosed fence runs to the end. */
const CODE = /(```|~~~)[\s\S]*?(?:\1|$)|`[^`\n]+`/g;
/** Where a sentence ends: a terminator, closing quotes, white space; or a line's end. */
const BOUNDARY = /[.!?…]["'”’)\]]*\s+|\n+/g;

type Span = { readonly start: number; readonly end: number };
type Marker = Span & { readonly numbers: readonly number[] };

/**
 * The claims of an answer: for each marker the words that it stands behind, back to the sentence's
 * beginning or to the marker before; markers in a row share their words. `start` and `end` span
 * those words, without the marker. A marker that names no hit stays in the text, since streamed
 * text cannot be taken back, and cites nothing. `hits[n − 1]` is passage n.
 */
export function cite(text: string, hits: readonly Hit[]): readonly Citation[] {
  const citations: Citation[] = [];
  const plainHits = new Map<number, string>();
  let from = 0;
  let claim = { start: 0, end: 0 };
  const code = codeOf(text);
  for (const marker of markersOf(text, code)) {
    const found = claimBefore(text, { start: from, end: marker.start }, code);
    // No words between two markers: the second cites the words of the first.
    if (/[\p{L}\p{N}]/u.test(text.slice(found.start, found.end))) claim = found;
    from = marker.end;
    for (const number of new Set(marker.numbers)) {
      const hit = hits[number - 1];
      if (hit === undefined || claim.end <= claim.start) continue;
      const source = plainHits.get(number) ?? plain(hit.text);
      plainHits.set(number, source);
      citations.push({
        number,
        ...claim,
        pointId: hit.pointId,
        documentId: hit.documentId,
        url: hit.url,
        title: hit.title,
        verbatim: source.includes(plain(text.slice(claim.start, claim.end))),
      });
    }
  }
  return citations;
}

const codeOf = (text: string): readonly Span[] =>
  [...text.matchAll(CODE)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));

function markersOf(text: string, code: readonly Span[]): readonly Marker[] {
  return [...text.matchAll(MARKER)]
    .filter((match) => !code.some(({ start, end }) => start <= match.index && match.index < end))
    .map((match) => ({
      start: match.index,
      end: match.index + match[0].length,
      numbers: (match[1] ?? '').split(',').map(Number),
    }));
}

/** The last sentence, or listing, of a span of the text, without the blanks around it. */
function claimBefore(text: string, span: Span, code: readonly Span[]): Span {
  const words = text.slice(span.start, span.end).trimEnd();
  const end = span.start + words.length;
  const listing = code.find((one) => one.end === end && text.startsWith('\n', end));
  if (listing !== undefined && listing.start >= span.start) return listing;
  let begin = 0;
  for (const match of words.matchAll(BOUNDARY)) {
    const next = match.index + match[0].length;
    if (next < words.length) begin = next;
  }
  // Punctuation that closes the sentence before belongs to that one; a list mark to none.
  const lead = /^[\s.,;:!?…]*(?:(?:[-*+•]|\d{1,3}[.)])\s+)?/.exec(words.slice(begin))?.[0] ?? '';
  return { start: Math.min(span.start + begin + lead.length, end), end };
}

/** Text without link targets and runs of blanks: a quotation may leave both out. */
const plain = (text: string): string =>
  text
    .replace(/\]\([^()\s]*(?:\s"[^"]*")?\)/g, ']')
    .replace(/[[\]]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
