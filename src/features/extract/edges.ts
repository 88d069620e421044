import type { PostMetadata } from '#domain/document.ts';
import { type Block, blocksOf } from './blocks.ts';
import { dateWords } from './date-words.ts';
import type { DomElement } from './dom.ts';
import { countWords } from './words.ts';

type Known = Pick<PostMetadata, 'title' | 'author' | 'siteName'>;

/** Blocks at either end that are looked at. */
const EDGE_MAX = 10;

/**
 * Drops what stands before and after the text of a post: title, byline and date, the description
 * that is kept beside it, notices, sign-ups, the author's life; and between its paragraphs the
 * words of players, advertisements and credits.
 */
export function trimEdges(main: DomElement, known: Known): void {
  const blocks = blocksOf(main).filter(({ isMixed }) => !isMixed);
  const between = blocks.filter(isStray);
  for (const { element } of between) element.remove();
  const left = blocks.filter((block) => !between.includes(block));
  const masthead = mastheadOf(left, known);
  for (const { element } of masthead) element.remove();
  for (const { element } of tailOf(left.slice(masthead.length), known)) element.remove();
}

const lettersOf = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');

const isHeading = ({ element }: Block): boolean => /^h[1-6]$/.test(element.localName);

/** Blocks that are such a word and nothing else, which no sentence is. */
const STRAY: ReadonlySet<string> = new Set(
  [
    'ad, ads, advert, advertisement, advertisements, advertising, sponsored, sponsored content',
    'anzeige, werbung, publicité, publicidad, publicidade, pubblicità, advertentie, annons, iklan',
    'reklama, реклама, reklam, mainos, annonse, annonce, adverteren',
    'continue reading below, story continues below, story continues below advertisement',
    'article continues below, article continues after advertisement, advertisement continue reading',
    'advertisement scroll to continue, this slideshow requires javascript, loading, loading content',
    'please enable javascript, enlarge image, view gallery, view image, image, photo, caption, close',
    'hide caption, toggle caption, enlarge this image, play, play video, watch video, pause, mute',
    'share, share this, tweet, pin it, email, print, save, copy link, link copied, share on facebook',
    'share on twitter, share via email, get short url, skip to content, skip to main content',
    'read more, subscribe, sign up, sign in, log in, comments, view comments, leave a comment',
    'view author archive, email the author, follow on twitter, back to top, embed, new call to action',
    'getty images, reuters, shutterstock, istock, istockphoto, courtesy, file photo, afp, ap photo',
  ].flatMap((line) => line.split(', ').map(lettersOf)),
);

const STRAY_LENGTH_MAX = 160;

/** Who took a picture, where nothing else is said. */
const CREDIT =
  /^\W*(?:(?:image|photo|picture|video|foto|bild|fotos|photos|images)\s*(?:credits?|copyright|by|courtesy(?: of)?|via|source)?\s*[:©]|(?:image|photo) (?:copyright|credit|courtesy|by)\b|©|getty images\b)/i;
const CREDIT_WORDS_MAX = 12;

function isStray(block: Block): boolean {
  const { element, text } = block;
  if (isHeading(block) || /^(?:li|t[dh]|d[td])$/.test(element.localName)) return false;
  if (text.length > STRAY_LENGTH_MAX) return false;
  if (STRAY.has(lettersOf(text))) return true;
  return CREDIT.test(text) && countWords(text) <= CREDIT_WORDS_MAX;
}

const WORDS = /\p{L}[\p{L}\p{M}]*/gu;
/** A year, an hour, a day by numbers, or how long ago. */
const DATED =
  /\b(?:19|20)\d\d\b|\b\d{1,2}[:.]\d\d\b|\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b|\b\d+ \p{L}+ (?:ago|read)\b|\bmin/iu;
const META_LENGTH_MAX = 160;
/** Words of a line with a date that are not known, such as a section's name or a town's. */
const STRANGE_WORDS_MAX = 2;
/** Words of a line above the date that is no sentence: section, kicker, name. */
const KICKER_WORDS_MAX = 8;

/** The blocks before the text begins. */
function mastheadOf(blocks: readonly Block[], known: Known): readonly Block[] {
  let end = 0;
  const title = lettersOf(known.title);
  for (let at = 0; at < Math.min(EDGE_MAX, blocks.length - 1); at += 1) {
    const block = blocks[at];
    if (block === undefined) break;
    if (isTitle(block.text, title) || isDateLine(block.text, known)) end = at + 1;
    else if (!isKicker(block)) break;
  }
  return blocks.slice(0, end);
}

const isTitle = (text: string, letters: string): boolean =>
  text.length < 2 * letters.length + 20 && lettersOf(text) === letters;

const isKicker = ({ text }: Block): boolean =>
  countWords(text) <= KICKER_WORDS_MAX && !/[.!?:…]["”’)]*$/.test(text);

function isDateLine(text: string, { author, siteName }: Known): boolean {
  if (text.length > META_LENGTH_MAX) return false;
  const names = new Set(`${author ?? ''} ${siteName ?? ''}`.toLowerCase().match(WORDS) ?? []);
  const words = text.toLowerCase().match(WORDS) ?? [];
  const strange = words.filter((word) => !dateWords().has(word) && !names.has(word));
  if (author !== null && strange.length === 0 && words.some((word) => names.has(word))) return true;
  return DATED.test(text) && strange.length <= STRANGE_WORDS_MAX;
}

const TAIL_WORDS_MAX = 40;

/** What the blocks after a text say. */
const TAIL: readonly RegExp[] = [
  // sign-ups
  /\b(?:newsletters?|subscribe|sign up|your inbox|mailing list|abonnieren|inscrivez-vous)\b/i,
  // elsewhere
  /\b(?:follow|like|join|find|add) (?:us|me|him|her|them|@?\w+|\w+ \w+)(?:'s)? (?:\w+ )?(?:on|at) (?:twitter|facebook|instagram|linkedin|youtube|mastodon|bluesky|telegram|x)\b/i,
  /^(?:click here|get (?:the|our) app|download (?:the|our) app|have a (?:news )?tip|got a tip|listen (?:live )?to)\b/i,
  // rights
  /\b(?:all rights reserved|subject to copyright|may not be (?:reproduced|published)|without (?:the )?(?:written|prior) permission)\b|^\W*(?:©|copyright\b|\(c\))|©\s*(?:19|20)\d\d/i,
  // comments
  /\b(?:leave a (?:comment|reply)|post a comment|comments? (?:are|is) (?:closed|moderated|off)|join the (?:conversation|discussion)|what do you think|tell us what you think|comment policy)\b/i,
  // filing
  /^(?:filed (?:under|in)|posted (?:in|on|by)|tags?\b|tagged|topics?\b|categor(?:y|ies)|labels|schlagw[oö]rter|etiquetas|étiquettes|permalink|bookmark)\b/i,
  /^(?:share (?:this|on|via)|more (?:from|on|about|stories)|read (?:more|next|also)|you may also like|related\b|see also|about the author|written by|print this)/i,
  // notices
  /\b(?:this (?:site|website|page) uses cookies|affiliate (?:and\/or referral )?links?|opt[- ]out if you wish|privacy policy)\b/i,
];

/** The blocks after the text has ended. */
function tailOf(blocks: readonly Block[], known: Known): readonly Block[] {
  let start = blocks.length;
  for (let at = blocks.length - 1; at >= Math.max(1, blocks.length - EDGE_MAX); at -= 1) {
    const block = blocks[at];
    if (block === undefined) break;
    if (isTail(block, known) || isDateLine(block.text, known)) start = at;
    else if (!isKicker(block) || block.element.localName === 'li') break;
  }
  return blocks.slice(start);
}

function isTail({ element, text }: Block, { author }: Known): boolean {
  const words = countWords(text);
  if (element.localName === 'li' || words > LIFE_WORDS_MAX) return false;
  if (isLife(text, author)) return true;
  return words <= TAIL_WORDS_MAX && TAIL.some((pattern) => pattern.test(text));
}

const LIFE_WORDS_MAX = 120;
const LIFE =
  /^(?:,[^.]{2,80},)? ?(?:is|was|has|covers|writes|lives|works|joined|specialises|specializes|reports|can be reached|may be reached|contributed|['’]s)\b/i;

/** `Ann Bee is a writer in Leeds.` */
function isLife(text: string, author: string | null): boolean {
  if (author === null) return false;
  const [first = ''] = author.split(/\s+/);
  const name = [author, first].find((one) => one.length > 2 && text.startsWith(one));
  return name !== undefined && LIFE.test(text.slice(name.length).trimStart());
}
