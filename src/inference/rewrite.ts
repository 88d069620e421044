import type { Question } from '#domain/answer.ts';

/** Earlier questions that may go before the one that leans on them. */
const TURNS_MAX = 2;
/** A question with fewer words than this says too little to be searched for alone. */
const WORDS_MIN = 5;

/** English words that stand for something said before. Other languages lean by being short. */
const POINTERS = new Set(
  (
    'it its itself they them their theirs this that these those he him his she her hers one ones ' +
    'there then same other others else former latter above such'
  ).split(' '),
);

/**
 * The text that is searched for. A question that can stand alone is searched for as it is: earlier
 * turns would only blur it. One that leans on the conversation, because it holds a pointing word
 * ("what does *it* cost?") or fewer than five words ("and in May?"), is put after the last two
 * user turns, fewer when `fits` refuses the length. Assistant turns never take part: what a model
 * wrote must not decide what is found.
 */
export function rewrite(
  question: Pick<Question, 'text' | 'history'>,
  fits: (text: string) => boolean,
): string {
  const text = question.text.trim();
  if (!leans(text)) return text;
  const turns = question.history
    .filter(({ role, content }) => role === 'user' && content.trim() !== '')
    .slice(-TURNS_MAX)
    .map(({ content }) => content.trim());
  for (let from = 0; from < turns.length; from += 1) {
    const joined = [...turns.slice(from), text].join('\n');
    if (fits(joined)) return joined;
  }
  return text;
}

function leans(text: string): boolean {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.length < WORDS_MIN || words.some((word) => POINTERS.has(word));
}
