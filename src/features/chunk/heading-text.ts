/** A longer heading is no heading; its path entry ends at a word and says so with an ellipsis. */
const CHARACTERS_MAX = 160;

/** No more of the source is looked at. */
const SOURCE_CHARACTERS_MAX = 4_096;

/**
 * A heading's words: without its marks (`#`, underline), emphasis, code marks, link targets, image
 * marks and tags.
 */
export function headingText(source: string): string {
  const body = source
    .slice(0, SOURCE_CHARACTERS_MAX)
    .replace(/^ {0,3}#{1,6}(?=[ \t]|$)/, '')
    .replace(/\n[ \t>]*(?:=+|-+)$/, '')
    .trim();
  const words = stripInline(withoutClosingMarks(body)).split(/\s+/).filter(Boolean).join(' ');
  if (words.length <= CHARACTERS_MAX) return words;
  const cut = words.lastIndexOf(' ', CHARACTERS_MAX);
  return `${words.slice(0, cut > 0 ? cut : codePointBefore(words, CHARACTERS_MAX))}…`;
}

const codePointBefore = (text: string, at: number): number =>
  (text.codePointAt(at - 1) ?? 0) > 0xffff ? at - 1 : at;

/** `## Title ##` → `## Title`; `C#` stays. */
function withoutClosingMarks(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === '#') end--;
  if (end === text.length) return text;
  return end === 0 || /\s/.test(text.charAt(end - 1)) ? text.slice(0, end) : text;
}

const PUNCTUATION = /[!-/:-@[-`{-~]/;
const WORD = /[\p{L}\p{N}]/u;

function stripInline(text: string): string {
  const lastParenthesis = text.lastIndexOf(')');
  const lastAngle = text.lastIndexOf('>');
  let out = '';
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    const next = text.charAt(at + 1);
    if (character === '\\' && PUNCTUATION.test(next)) {
      out += next;
      at++;
    } else if (character === ']' && next === '(' && lastParenthesis > at) {
      at = text.indexOf(')', at);
    } else if (character === '<' && /[a-z/]/i.test(next) && lastAngle > at) {
      at = text.indexOf('>', at);
    } else if (character === '!' && next === '[') {
      // An image's mark; its alternative text stays.
    } else if (!isMark(character, out.at(-1) ?? ' ', next)) out += character;
  }
  return out;
}

/** Whether a character is inline markup. `_` and `*` between two letters, or alone, are text. */
function isMark(character: string, before: string, after: string): boolean {
  if (character === '`' || character === '[' || character === ']' || character === '~') return true;
  if (character === '*') return !(before === ' ' && (after === ' ' || after === ''));
  return character === '_' && !(WORD.test(before) && WORD.test(after)) && before + after !== '  ';
}
