import { sameSite } from '../discover/url.ts';
import { type Block, blocksOf } from './blocks.ts';
import type { DomElement } from './dom.ts';
import { countWords } from './words.ts';

/** Share of a block's characters in links from which on it is nothing but links. */
const LINK_SHARE_MIN = 0.9;
/** Words of what may introduce links to other posts. */
const LABEL_WORDS_MAX = 10;
/** Words of a link that is another post's title and not a reference. */
const TITLE_WORDS_MIN = 4;
/** Share of a content's characters outside of blocks of links, without which it is a list. */
const PROSE_SHARE_MIN = 0.6;

/** How links to other posts are introduced. */
const LABEL =
  /^(?:\W*)(?:(?:also|more|related|recommended|similar|popular|latest|trending|further reading|see also|read (?:also|more|next)|also read|see more|watch|don.?t miss|you (?:may|might) (?:also )?(?:like|enjoy|be interested)|what to read next|up next|continue reading|click here|must read|story timeline|holiday gift guides?)\b)/i;

export type Place = { readonly base: string; readonly url: string };

/**
 * Drops links to other posts: those that are introduced as such, paragraphs that are one link to
 * the same site, and lists of such links at the end. A page that lists posts is left as it is.
 */
export function dropLinkBlocks(main: DomElement, place: Place): void {
  const blocks = blocksOf(main);
  if (isListing(blocks, place)) return;
  const dropped = new Set<Block>();
  let isIntroduced = false;
  for (const [at, block] of blocks.entries()) {
    const isLinks = isLinkBlock(block);
    const next = blocks[at + 1];
    const introduces = !isLinks && isLabel(block) && next !== undefined && isLinkBlock(next);
    const isOne = isLabelledLink(block) || (isLinks && isOtherPost(block, place));
    isIntroduced = introduces || (isIntroduced && isLinks);
    if (isIntroduced || isOne) dropped.add(block);
  }
  for (const block of linksAtEnd(blocks, place)) dropped.add(block);
  for (const block of dropped) if (!block.isMixed) block.element.remove();
}

/** Blocks in which a listing's first headline is. */
const LISTING_START = 4;
const HEADLINES_MIN = 2;

/** Whether it is mostly links, or begins with a headline that leads to a post and has more such. */
function isListing(blocks: readonly Block[], place: Place): boolean {
  const total = blocks.reduce((sum, { length }) => sum + length, 0);
  const linked = blocks.filter(isLinkBlock).reduce((sum, { length }) => sum + length, 0);
  if (total - linked < total * PROSE_SHARE_MIN) return true;
  const headlines = blocks.filter((block) => isHeadline(block, place));
  const [first] = headlines;
  return (
    headlines.length >= HEADLINES_MIN &&
    first !== undefined &&
    blocks.indexOf(first) < LISTING_START
  );
}

/** A heading that is one link to another page of the site. */
function isHeadline(block: Block, place: Place): boolean {
  const [href] = block.hrefs;
  if (href === undefined || !/^h[1-6]$/.test(block.element.localName)) return false;
  const self = URL.parse(place.url)?.href;
  return isLinkBlock(block) && leadsTo(href, place) && URL.parse(href, place.base)?.href !== self;
}

const isLinkBlock = ({ length, linkLength, hrefs }: Block): boolean =>
  linkLength >= length * LINK_SHARE_MIN && !hrefs.every((href) => href.startsWith('#'));

const isLabel = ({ text }: Block): boolean =>
  LABEL.test(text) && countWords(text) <= LABEL_WORDS_MAX && !/[.!]$/.test(text);

/** `Related: another post`. */
function isLabelledLink({ text, length, linkLength, hrefs }: Block): boolean {
  if (hrefs.length === 0 || linkLength === 0 || !LABEL.test(text)) return false;
  const said = length - linkLength;
  return said <= 30 && linkLength >= length * 0.5 && !/[.]$/.test(text);
}

/** A paragraph that is one link to another page of the site. */
function isOtherPost({ element, text, hrefs }: Block, place: Place): boolean {
  return (
    element.localName === 'p' &&
    element.parentNode?.localName !== 'li' &&
    hrefs.length === 1 &&
    countWords(text) >= TITLE_WORDS_MIN &&
    !/[.:]$/.test(text) &&
    leadsTo(hrefs[0] ?? '', place)
  );
}

function leadsTo(href: string, { base, url }: Place): boolean {
  const target = URL.parse(href, base)?.href;
  return target !== undefined && sameSite(target, url);
}

/** Lists of the site's own pages after all else, and their heading. */
function linksAtEnd(blocks: readonly Block[], place: Place): readonly Block[] {
  let start = blocks.length;
  while (start > 0 && isOwnList(blocks[start - 1], place)) start -= 1;
  if (blocks.length - start < 2) return [];
  const label = blocks[start - 1];
  return blocks.slice(label !== undefined && isHeading(label) ? start - 1 : start);
}

const isHeading = ({ element, text }: Block): boolean =>
  /^h[1-6]$/.test(element.localName) || (countWords(text) <= LABEL_WORDS_MAX && /:$/.test(text));

const isOwnList = (block: Block | undefined, place: Place): boolean =>
  block !== undefined && isLinkBlock(block) && block.hrefs.every((href) => leadsTo(href, place));
