import {
  BLOCKS,
  childrenOf,
  type DomDocument,
  type DomElement,
  hasText,
  isElement,
  isText,
} from './dom.ts';

/** A note that the text refers to. */
export type Footnote = {
  /** As it stands in the text: `[^1]`. */
  readonly mark: string;
  /** Apart from the document, without the links back to the text. */
  readonly element: DomElement;
};

const NOTES_MAX = 1_000;
const NOTE_LENGTH_MAX = 10_000;
/** Signs that refer to notes: `1`, `[12]`, `*`, `†`, `iv`, `note 3`. */
const REFERENCE = /^\s*[[(]?(?:(?:note|fn|nb)?\s?\d{1,4}|[*†‡§¶]{1,3}|[a-z]{1,4})[\])]?\s*$/i;
/** Between a link back and a link back: `^`, `a b c`, an arrow. */
const BACK_SIGN = /^[\s^↑↩⤴\p{L}\p{M}\d.,:[\]()]{0,20}$/u;

/**
 * Takes footnotes out of a document, and leaves marks where the text refers to them. A note is what
 * a sign in the text links to and that links back to it, or that is said to be one.
 */
export function takeFootnotes(
  document: DomDocument,
  links: readonly DomElement[],
): readonly Footnote[] {
  const references = links.filter(({ textContent }) => REFERENCE.test(textContent));
  if (references.length === 0) return [];
  const byId = elementsById(document.body);
  const order = orderOf(document.body);
  const taken = new Map<DomElement, Footnote>();
  for (const reference of references) {
    const target = byId.get(targetId(reference));
    if (target === undefined || !isBefore(reference, target, order)) continue;
    const note = noteAround(target);
    if (note === null) continue;
    const known = taken.get(note);
    if (known === undefined) {
      if (taken.size >= NOTES_MAX || !isNote(note, reference)) continue;
    }
    const mark = known?.mark ?? `[^${taken.size + 1}]`;
    taken.set(note, { mark, element: note });
    replaceReference(document, reference, mark);
  }
  const notes = [...taken.values()];
  for (const { element } of notes) detach(element, document.body);
  return notes;
}

const targetId = (link: DomElement): string => {
  const id = (link.getAttribute('href') ?? '').slice(1);
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
};

type Order = ReadonlyMap<DomElement, number>;

function orderOf(body: DomElement): Order {
  const order = new Map<DomElement, number>();
  walk(body, (element) => order.set(element, order.size));
  return order;
}

function elementsById(body: DomElement): ReadonlyMap<string, DomElement> {
  const byId = new Map<string, DomElement>();
  walk(body, (element) => {
    const id = element.getAttribute('id');
    if (id !== null && !byId.has(id)) byId.set(id, element);
  });
  return byId;
}

function walk(element: DomElement, visit: (element: DomElement) => void): void {
  visit(element);
  for (const child of childrenOf(element)) if (isElement(child)) walk(child, visit);
}

const isBefore = (one: DomElement, other: DomElement, order: Order): boolean =>
  (order.get(one) ?? Number.POSITIVE_INFINITY) < (order.get(other) ?? 0);

const NOTE_NAMES: ReadonlySet<string> = new Set(['li', 'p', 'div', 'dd', 'aside', 'tr']);

/** The block that a target is or is in. */
function noteAround(target: DomElement): DomElement | null {
  let element: DomElement | null = target;
  while (element !== null && !BLOCKS.has(element.localName)) element = element.parentNode;
  // The paragraph of a list's entry is not the whole of the note.
  if (element?.localName === 'p' && element.parentNode?.localName === 'li') {
    element = element.parentNode;
  }
  if (element === null || !NOTE_NAMES.has(element.localName)) return null;
  return element.textContent.length <= NOTE_LENGTH_MAX ? element : null;
}

const SAID = /(?:^|[\s_-])(?:foot|end)note/i;

function isNote(note: DomElement, reference: DomElement): boolean {
  if (isWithin(reference, note)) return false;
  const said = `${note.getAttribute('role') ?? ''} ${note.getAttribute('class') ?? ''}`;
  if (SAID.test(said)) return true;
  const ids = new Set<string>();
  let element: DomElement | null = reference;
  for (let level = 0; level < 3 && element !== null; level += 1) {
    const id = element.getAttribute('id');
    if (id !== null && !BLOCKS.has(element.localName)) ids.add(id);
    element = element.parentNode;
  }
  // Some put an anchor beside the link and not around it.
  for (const child of childrenOf(reference)) {
    if (isElement(child)) ids.add(child.getAttribute('id') ?? '');
  }
  return backLinksOf(note).some((link) => ids.has(targetId(link)));
}

function isWithin(element: DomElement, around: DomElement): boolean {
  for (let up: DomElement | null = element; up !== null; up = up.parentNode) {
    if (up === around) return true;
  }
  return false;
}

const backLinksOf = (note: DomElement): readonly DomElement[] =>
  [...note.getElementsByTagName('a')].filter(
    (link) => (link.getAttribute('href') ?? '').startsWith('#') && BACK_SIGN.test(link.textContent),
  );

/** The sign goes with the `<sup>` and the like that hold nothing else. */
function replaceReference(document: DomDocument, reference: DomElement, mark: string): void {
  let outer = reference;
  for (let up = reference.parentNode; up !== null; up = up.parentNode) {
    if (BLOCKS.has(up.localName) || lengthOf(up) > lengthOf(reference) + 2) break;
    outer = up;
  }
  outer.replaceWith(document.createTextNode(mark));
}

const lengthOf = ({ textContent }: DomElement): number => textContent.trim().length;

const NOTES_HEADING = /^(?:foot|end)?notes?:?$|^references:?$|^fu(?:ß|ss)noten$|^notas$/i;

/** Takes a note out; and what held notes when that was the last, with its heading and rule. */
function detach(note: DomElement, body: DomElement): void {
  for (const link of backLinksOf(note)) link.remove();
  let holder = note.parentNode;
  note.remove();
  while (holder !== null && holder !== body && !hasText(holder)) {
    const before = previousOf(holder);
    const above = holder.parentNode;
    holder.remove();
    if (before !== null) removeSeparator(before);
    holder = above;
  }
}

/** The rule above notes, and their heading. */
function removeSeparator(element: DomElement): void {
  const isNotes =
    /^h[1-6]$/.test(element.localName) && NOTES_HEADING.test(element.textContent.trim());
  const rule = isNotes ? previousOf(element) : element;
  if (isNotes) element.remove();
  if (rule?.localName === 'hr') rule.remove();
}

function previousOf(element: DomElement): DomElement | null {
  let before: DomElement | null = null;
  for (const child of childrenOf(element.parentNode ?? element)) {
    if (child === element) return before;
    if (isElement(child)) before = child;
    else if (isText(child) && hasText(child)) before = null;
  }
  return null;
}

/** GitHub-flavoured Markdown of the notes whose marks are in a text, to be put after it. */
export function writeFootnotes(
  text: string,
  notes: readonly Footnote[],
  write: (element: DomElement) => string,
): string {
  const used = notes.filter(({ mark }) => text.includes(mark));
  const definitions = used.map(({ mark, element }) => {
    const content = write(element)
      .replace(/^(?:[-*]|\d+\.)\s+/, '')
      .replace(/^\\?[[(]?\d{1,4}[\])]?[.:]?\s+|^[\s^*†‡.:[\]()]+(?=\S)/, '');
    return `${mark}: ${content.trim().replace(/\n(?=[^\n])/g, '\n    ')}`;
  });
  return [text, ...definitions].filter((part) => part !== '').join('\n\n');
}
