import type { ErrorCode } from '#domain/errors.ts';
import type { CleanPost } from '../clean/clean.ts';

export type Verdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'rejected'; readonly code: ErrorCode; readonly message: string };

/** Thresholds of the rules, each in the unit of its measure. */
export type QualityLimits = {
  /** Words outside code that make a post. */
  readonly wordsMin: number;
  /** Characters of code that make one without them. */
  readonly codeLengthMin: number;
  /** Share of the words that may be in links. */
  readonly linkShareMax: number;
  /** From this share on a page must hold a passage of prose of its own. */
  readonly linkShareOfListing: number;
  /** Words in a row, without a link, that are such a passage. */
  readonly passageWordsMin: number;
};

export const QUALITY_LIMITS: QualityLimits = {
  wordsMin: 40,
  codeLengthMin: 200,
  linkShareMax: 0.6,
  linkShareOfListing: 0.15,
  passageWordsMin: 60,
};

/** Whether a page is a post; the reason names the rule, what was measured, and the threshold. */
export function judge(post: CleanPost, limits: QualityLimits = QUALITY_LIMITS): Verdict {
  const { url, words, linkShare, codeLength } = post;
  if (words < limits.wordsMin && codeLength < limits.codeLengthMin) {
    return rejected('no_content', `${url} has ${words} words, and a post has ${limits.wordsMin}`);
  }
  if (linkShare > limits.linkShareMax) {
    const measured = `${percent(linkShare)} of its words are links`;
    return rejected(
      'navigation_only',
      `${url}: ${measured}; at most ${percent(limits.linkShareMax)} may be`,
    );
  }
  if (linkShare < limits.linkShareOfListing) return { kind: 'accepted' };
  const passage = longestPassage(post.markdown);
  if (passage >= limits.passageWordsMin) return { kind: 'accepted' };
  return rejected(
    'navigation_only',
    `${url} only lists other pages: ${percent(linkShare)} of its words are links, and at most ` +
      `${passage} stand in a row without one; a post has ${limits.passageWordsMin}`,
  );
}

const rejected = (code: ErrorCode, message: string): Verdict => ({
  kind: 'rejected',
  code,
  message,
});

const percent = (share: number): string => `${Math.round(share * 100)}%`;

/** A link of Markdown; brackets in its text are in pairs or escaped. */
const LINK = /\[(?:[^[\]\\\n]|\\.|\[[^[\]\n]{0,500}\]){0,2000}\]\((?:<[^<>\n]*>|[^)\s<>]*)\)/;

/** Words of the longest stretch of Markdown between two links. */
function longestPassage(markdown: string): number {
  let longest = 0;
  for (const stretch of markdown.split(LINK)) {
    longest = Math.max(longest, stretch.split(/\s+/).filter(Boolean).length);
  }
  return longest;
}
