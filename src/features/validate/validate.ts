import type { ErrorCode } from '#domain/errors.ts';
import type { CleanPost } from '../clean/clean.ts';
import { isSameLanguage } from '../clean/language.ts';
import { type ErrorPageLimits, errorSignOf } from './error-pages.ts';
import { type LoginWallLimits, wallSignOf } from './login-walls.ts';
import { countHeadings, longestPassage } from './passages.ts';
import { faultOf } from './revision-schema.ts';

type Rejected = {
  readonly kind: 'rejected';
  readonly code: ErrorCode;
  readonly message: string;
};

export type Verdict = { readonly kind: 'accepted' } | Rejected;

/** Thresholds of the rules, each in the unit of its measure. */
export type QualityLimits = ErrorPageLimits &
  LoginWallLimits & {
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
    /** Headings that link to other pages of the site, and their share, that make a listing. */
    readonly linkedHeadingsMin: number;
    readonly linkedHeadingShareMin: number;
  };

export const QUALITY_LIMITS: QualityLimits = {
  wordsMin: 40,
  codeLengthMin: 200,
  linkShareMax: 0.6,
  linkShareOfListing: 0.15,
  passageWordsMin: 60,
  linkedHeadingsMin: 5,
  linkedHeadingShareMin: 0.8,
  clearWordsMax: 200,
  vagueWordsMax: 100,
  passwordWordsMax: 60,
  wallWordsMax: 250,
};

export type QualityRules = {
  readonly limits?: QualityLimits;
  /** BCP 47 primary tags of the languages that are wanted; none takes all. */
  readonly languages?: readonly string[];
};

type Rule = (post: CleanPost, rules: Required<QualityRules>) => Rejected | null;

/** Whether a page is a post; the reason names the rule, what was measured, and the threshold. */
export function judge(
  post: CleanPost,
  { limits = QUALITY_LIMITS, languages = [] }: QualityRules = {},
): Verdict {
  for (const rule of RULES) {
    const rejected = rule(post, { limits, languages });
    if (rejected !== null) return rejected;
  }
  return { kind: 'accepted' };
}

const reject = (code: ErrorCode, message: string): Rejected => ({
  kind: 'rejected',
  code,
  message,
});

const percent = (share: number): string => `${Math.round(share * 100)}%`;

const isErrorPage: Rule = (post, { limits }) => {
  const sign = errorSignOf(post, limits);
  if (sign === null) return null;
  const { url, words } = post;
  return reject('error_page', `${url} ${sign} and has ${words} words: it tells of an error`);
};

const isLoginWall: Rule = (post, { limits }) => {
  const sign = wallSignOf(post, limits);
  if (sign === null) return null;
  const { url, words } = post;
  return reject('login_wall', `${url} ${sign} and has ${words} words: the rest is held back`);
};

const isTooShort: Rule = ({ url, words, codeLength }, { limits }) =>
  words < limits.wordsMin && codeLength < limits.codeLengthMin
    ? reject('no_content', `${url} has ${words} words, and a post has ${limits.wordsMin}`)
    : null;

const isMostlyLinks: Rule = ({ url, linkShare }, { limits: { linkShareMax } }) => {
  if (linkShare <= linkShareMax) return null;
  const measured = `${percent(linkShare)} of its words are links`;
  return reject('mostly_links', `${url}: ${measured}; at most ${percent(linkShareMax)} may be`);
};

const isListing: Rule = ({ url, linkShare, markdown }, { limits }) => {
  if (linkShare < limits.linkShareOfListing) return null;
  const passage = longestPassage(markdown);
  if (passage >= limits.passageWordsMin) return null;
  return reject(
    'navigation_only',
    `${url} only lists other pages: ${percent(linkShare)} of its words are links, and at most ` +
      `${passage} stand in a row without one; a post has ${limits.passageWordsMin}`,
  );
};

const isIndex: Rule = ({ url, markdown }, { limits }) => {
  const { headings, links } = countHeadings(markdown, url);
  const { linkedHeadingsMin, linkedHeadingShareMin } = limits;
  if (links < linkedHeadingsMin || links < headings * linkedHeadingShareMin) return null;
  return reject(
    'navigation_only',
    `${url} only introduces other pages: ${links} of its ${headings} headings link to them, and ` +
      `of ${linkedHeadingsMin} or more less than ${percent(linkedHeadingShareMin)} may`,
  );
};

/** A language that is not known is not known to be wrong. */
const isUnwanted: Rule = ({ url, metadata: { language } }, { languages }) => {
  if (languages.length === 0 || language === null) return null;
  if (languages.some((wanted) => isSameLanguage(wanted, language))) return null;
  return reject(
    'wrong_language',
    `${url} is in "${language}"; its source takes ${languages.join(', ')}`,
  );
};

const isFaulty: Rule = (post) => {
  const fault = faultOf(post);
  return fault === null ? null : reject('malformed', `${post.url} cannot be stored: ${fault}`);
};

/** The first that holds is the reason: those that say most of a page come first. */
const RULES: readonly Rule[] = [
  isErrorPage,
  isLoginWall,
  isTooShort,
  isMostlyLinks,
  isListing,
  isIndex,
  isUnwanted,
  isFaulty,
];
