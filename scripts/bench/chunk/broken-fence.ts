/** What may stand before a fence: indentation, quote marks, list markers. */
const MARGIN = /^(?:[\s>]|[-*+]\s|\d{1,9}[.)]\s)*/;
const RUN = /^(`{3,}|~{3,})(.*)$/;

/**
 * Whether a reader of this text alone comes to its end within a code fence: one opens and never
 * closes, or what was meant to close one opens it. Reads lines, and knows nothing of our scanner.
 */
export function hasBrokenFence(text: string): boolean {
  let open = '';
  for (const line of text.split(/\r?\n/)) {
    const [, run = '', rest = ''] = RUN.exec(line.replace(MARGIN, '')) ?? [];
    if (run === '') continue;
    if (open === '') {
      const isSpan = run.startsWith('`') && rest.includes('`');
      if (!isSpan) open = run;
    } else if (run.startsWith(open) && rest.trim() === '') open = '';
  }
  return open !== '';
}
