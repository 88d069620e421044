/** Words after which a full stop ends nothing. Without the stop; as they are written. */
const ALWAYS = new Set(
  'e.g i.e vs cf ca approx resp al Dr Mr Mrs Ms Prof St z.B d.h bzw'.split(' '),
);
/** Words after which it ends nothing when a number follows: `No. 5`, `Fig. 2`, `Jan. 3`. */
const BEFORE_NUMBERS = new Set(
  (
    'no No nr Nr p pp vol Vol fig Fig figs Figs eq Eq sec Sec ch Ch art Art ' +
    'Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec'
  ).split(' '),
);
/** No abbreviation is longer. */
const WORD_LENGTH_MAX = 12;
const CODE_SPAN = /`[^`\n]+`/g;
/** A terminator, closing quotes and brackets, blanks, and what can begin a sentence. */
const END = /[.!?…]["'”’»)\]*_]*\s+(?=["'“‘«([*_`]*[\p{Lu}\p{Lt}\p{N}`])/gu;

/**
 * Sentences of one paragraph, each a slice of it without the blanks around. No end is seen after an
 * abbreviation, an initial or a list number, inside inline code, or before a small letter.
 */
export function splitSentences(paragraph: string): readonly string[] {
  const code = [...paragraph.matchAll(CODE_SPAN)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
  const sentences: string[] = [];
  let from = 0;
  for (const match of paragraph.matchAll(END)) {
    const at = match.index;
    if (code.some(({ start, end }) => start < at && at < end)) continue;
    const next = at + match[0].length;
    if (paragraph[at] === '.' && isAbbreviation(paragraph.slice(from, at), paragraph[next] ?? '')) {
      continue;
    }
    sentences.push(paragraph.slice(from, next).trim());
    from = next;
  }
  const rest = paragraph.slice(from).trim();
  if (rest !== '') sentences.push(rest);
  return sentences;
}

function isAbbreviation(before: string, next: string): boolean {
  // The last word alone: a regular expression over the whole would be quadratic in its length.
  const word = /[\p{L}\p{N}.]*$/u.exec(before.slice(-WORD_LENGTH_MAX))?.[0] ?? '';
  const isInitial = /^(?:\p{Lu}\.)*\p{Lu}$/u.test(word);
  const isListNumber = /^\d{1,3}$/.test(word) && word.length === before.trim().length;
  const isBeforeNumber = BEFORE_NUMBERS.has(word) && /\d/.test(next);
  return isInitial || isListNumber || isBeforeNumber || ALWAYS.has(word);
}
