/**
 * Words as they are compared: compatibility forms and case aside, thousands without their commas,
 * per cent and currency signs as words of their own, and no citation marks.
 */
function answerWords(text: string): readonly string[] {
  const plain = text
    .replace(/\[\d+\]/g, ' ')
    .normalize('NFKC')
    .toLowerCase();
  const words = plain.match(/[\p{L}\p{M}\p{N}]+(?:[.,]\p{N}+)*|[%\p{Sc}]/gu) ?? [];
  return words.map((word) => word.replace(/,(?=\p{N}{3}(?!\p{N}))/gu, ''));
}

/** Whether the golden answer's words occur in the text, one after the other and whole. */
export function holdsAnswer(text: string, golden: string): boolean {
  const joined = (words: readonly string[]) => ` ${words.join(' ')} `;
  const wanted = answerWords(golden);
  return wanted.length > 0 && joined(answerWords(text)).includes(joined(wanted));
}
