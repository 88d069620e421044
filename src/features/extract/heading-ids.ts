import { type DomDocument, type DomElement, elementsNamed } from './dom.ts';

export const HEADING_NAMES: ReadonlySet<string> = new Set('h1 h2 h3 h4 h5 h6'.split(' '));

/**
 * Removes the ids that are made of headings' own words. Readability takes an id for a hint of what
 * is in an element, and would drop sections on comments, metadata or sharing.
 */
export function dropHeadingIds(document: DomDocument): void {
  for (const heading of elementsNamed(document.body, HEADING_NAMES)) {
    heading.removeAttribute('id');
    const section = heading.parentNode;
    if (section !== null && isNamedAfter(section, heading)) section.removeAttribute('id');
  }
}

function isNamedAfter(section: DomElement, heading: DomElement): boolean {
  const id = lettersOf(section.getAttribute('id') ?? '');
  return id !== '' && id === lettersOf(heading.textContent);
}

const lettersOf = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
