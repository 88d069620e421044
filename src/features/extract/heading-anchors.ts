import { type DomElement, elementsNamed, hasText } from './dom.ts';
import { HEADING_NAMES } from './heading-ids.ts';

/** Signs for "link to this place"; zero-width ones hold the place of an icon. */
const SIGNS = /^(?:[\s#¶§∞⚓🔗\u200b\u2060\ufeff]|\ufe0f){0,20}$/u;
const WORDS =
  /^\[?(?:anchor|copy link|edit|(?:direct |perma)?link(?: to this (?:heading|section))?)\]?$/i;

/** Removes what headings hold for the mouse: links to themselves, by a sign or in words. */
export function dropHeadingAnchors(root: DomElement): void {
  for (const heading of elementsNamed(root, HEADING_NAMES)) {
    for (const link of [...heading.getElementsByTagName('a')]) {
      if (isAnchor(link)) link.remove();
    }
  }
}

function isAnchor(link: DomElement): boolean {
  const text = link.textContent;
  if (SIGNS.test(text)) return hasText(link) || link.getElementsByTagName('img').length === 0;
  return WORDS.test(text.trim()) && (link.getAttribute('href') ?? '#').includes('#');
}
