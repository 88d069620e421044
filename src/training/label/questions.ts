import { oneLine, plainText } from './inline.ts';
import { INLINE_CHARACTERS_MAX, type Section, sourceOf } from './sections.ts';

export type QuestionAnswer = { readonly question: string; readonly answer: string };

/** Where a question was found, and where the words after it begin in the Markdown. */
type Found = { readonly question: string; readonly answerStart: number };

export const isQuestion = (text: string): boolean => /\p{L}.*[?？]$/u.test(text);

/**
 * Questions inside a section with the text under each: a paragraph that opens with a bold question,
 * or with `Q:` (then the answer may open with `A:`). An answer runs to the next question or
 * heading.
 */
export function questionsOf(markdown: string, section: Section): readonly QuestionAnswer[] {
  const found: (Found & { readonly block: number })[] = [];
  section.blocks.forEach(({ kind, text, start }, block) => {
    if (kind !== 'paragraph') return;
    const at = boldQuestion(text) ?? lineQuestion(text);
    if (at !== null) found.push({ ...at, answerStart: start + at.answerStart, block });
  });
  return found.flatMap(({ question, answerStart, block }, index) => {
    const next = found[index + 1]?.block ?? section.blocks.length;
    const source = sourceOf(markdown, section.blocks.slice(block, next));
    const start = section.blocks[block]?.start ?? answerStart;
    const answer = withoutMark(source.slice(answerStart - start)).trim();
    return answer === '' ? [] : [{ question, answer }];
  });
}

function boldQuestion(text: string): Found | null {
  const mark = text.startsWith('**') ? '**' : text.startsWith('__') ? '__' : null;
  const close = mark === null ? -1 : text.indexOf(mark, 2);
  if (mark === null || close < 0 || close > INLINE_CHARACTERS_MAX) return null;
  const question = plainText(text.slice(2, close)).replace(QUESTION_MARK, '');
  return isQuestion(question) ? { question, answerStart: close + 2 } : null;
}

const QUESTION_MARK = /^(?:Q|Question)\s?:\s*/i;
const BARE_MARK = /^(?:\*\*|__)?(?:Q|Question)\s?:(?:\*\*|__)?\s*/i;
const ANSWER_MARK = /^\s*(?:\*\*|__)?(?:A|Answer|R|Réponse)\s?:(?:\*\*|__)?\s*/i;

/** `Q: …?` on a line of its own, or up to its question mark when the answer follows on the line. */
function lineQuestion(text: string): Found | null {
  const opening = BARE_MARK.exec(text)?.[0];
  if (opening === undefined) return null;
  const end = text.slice(0, INLINE_CHARACTERS_MAX).search(/[?？](?:\*\*|__)?(?:\s|$)/);
  if (end < 0) return null;
  const question = plainText(oneLine(text.slice(opening.length, end + 1)));
  const bold = /^(?:\*\*|__)/.exec(text.slice(end + 1))?.[0] ?? '';
  return isQuestion(question) ? { question, answerStart: end + 1 + bold.length } : null;
}

const withoutMark = (answer: string): string => answer.replace(ANSWER_MARK, '');
