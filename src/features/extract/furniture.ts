import {
  childrenOf,
  classesOf,
  type DomElement,
  elementsNamed,
  hasText,
  isElement,
} from './dom.ts';
import { nameTokens } from './name-tokens.ts';
import { countWords } from './words.ts';

/** What stands beside a text, by the words of its classes, and how much of it there may be. */
type Furniture = {
  readonly name: string;
  readonly tokens: ReadonlySet<string>;
  /** More words are something else that has the class. */
  readonly wordsMax: number;
  /** Elements in it that stay. */
  readonly keeps?: string;
};

const tokens = (words: string): ReadonlySet<string> => new Set(words.split(' '));

const FURNITURE: readonly Furniture[] = [
  {
    name: 'share bar',
    tokens: tokens('share sharing sharebar sharedaddy sharethis addtoany addthis social'),
    wordsMax: 40,
  },
  {
    name: 'related posts',
    tokens: tokens(
      'related recirc recirculation recommended recommendation recommendations trending ' +
        'outbrain taboola zergnet readmore relatedposts crosspost',
    ),
    wordsMax: 300,
  },
  {
    name: 'sign-up or offer',
    tokens: tokens(
      'newsletter newsletters subscribe subscription signup optin promo promos promotion cta ' +
        'paywall donate donation',
    ),
    wordsMax: 120,
  },
  {
    name: 'advertisement',
    tokens: tokens('ad ads adsense advert adverts advertisement advertising sponsored sponsor'),
    wordsMax: 60,
  },
  { name: 'cookie notice', tokens: tokens('cookie cookies gdpr consent'), wordsMax: 150 },
  { name: 'comments', tokens: tokens('comments disqus commentlist'), wordsMax: 5_000 },
  { name: 'breadcrumbs', tokens: tokens('breadcrumb breadcrumbs'), wordsMax: 40 },
  { name: 'pages', tokens: tokens('pagination pager'), wordsMax: 40 },
  {
    name: 'byline',
    tokens: tokens('byline bylines dateline timestamp author authors bio postmeta meta'),
    wordsMax: 120,
  },
  { name: 'tags', tokens: tokens('tags taglist hashtags'), wordsMax: 60 },
  { name: 'notice', tokens: tokens('disclaimer disclosure'), wordsMax: 120 },
  {
    name: 'gallery controls',
    tokens: tokens('gallery slideshow carousel lightbox'),
    wordsMax: 40,
    keeps: 'img',
  },
  {
    name: 'words for screen readers',
    tokens: tokens('sr visually visuallyhidden'),
    wordsMax: 40,
  },
];

/** The share of a content's words that one piece of furniture may have. */
const SHARE_MAX = 0.3;

const PLACES: ReadonlySet<string> = tokens('div section ul ol p span header form small a time');

/** Drops what stands beside the text in a main content, as its classes tell. */
export function dropFurniture(main: DomElement): void {
  const wordsMax = countWords(main.textContent) * SHARE_MAX;
  for (const element of elementsNamed(main, PLACES)) {
    const found = nameTokens(element);
    if (found.length === 0) continue;
    const kind = FURNITURE.find(({ tokens: names }) => found.some((token) => names.has(token)));
    if (kind === undefined || CONTENT.some((name) => hasElement(element, name))) continue;
    const words = countWords(element.textContent);
    if (words <= Math.min(kind.wordsMax, wordsMax)) removeBut(element, kind.keeps);
  }
}

/** A wrapper that holds one paragraph and nothing else gives it its names: Readability drops such. */
export function handDownNames(body: DomElement): void {
  for (const wrapper of elementsNamed(body, WRAPPERS)) {
    const only = classesOf(wrapper).length === 0 ? null : onlyParagraph(wrapper);
    if (only === null || classesOf(only).length > 0) continue;
    only.setAttribute('class', classesOf(wrapper).join(' '));
  }
}

const WRAPPERS: ReadonlySet<string> = tokens('div section');

function onlyParagraph(wrapper: DomElement): DomElement | null {
  let only: DomElement | null = null;
  for (const child of childrenOf(wrapper)) {
    if (!hasText(child)) continue;
    if (only !== null || !isElement(child) || child.localName !== 'p') return null;
    only = child;
  }
  return only;
}

/** What is content whatever it is in. */
const CONTENT = ['pre', 'blockquote', 'table', 'math'];

const hasElement = (element: DomElement, name: string): boolean =>
  element.getElementsByTagName(name).length > 0;

function removeBut(element: DomElement, kept: string | undefined): void {
  const left = kept === undefined ? [] : [...element.getElementsByTagName(kept)];
  for (const one of left) element.parentNode?.insertBefore(one, element);
  element.remove();
}
