import { findPii } from './find-pii.ts';
import { countKinds, type Masked, type PiiCounts } from './kinds.ts';
import { applyEdits } from './piece-text.ts';

/** How many of each kind a text or Markdown holds. */
export const countPii = (text: string): PiiCounts => countKinds(findPii(text));

/** A text or Markdown with `[email]`, `[phone]` and so on in place of what was found. */
export function maskText(text: string): Masked {
  const spans = findPii(text);
  return { text: applyEdits(text, spans), found: countKinds(spans) };
}
