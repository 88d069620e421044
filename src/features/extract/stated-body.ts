import { Parser } from 'htmlparser2';
import type { DomDocument, DomElement } from './dom.ts';

/** What a page itself calls its text, and how long that is, in characters without white space. */
export type StatedBody = {
  /** JSON-LD's `articleBody`, as plain paragraphs. */
  readonly paragraphs: readonly string[];
  readonly length: number;
};

/** A content of less of what is stated is not the whole of it. */
const WHOLE_SHARE_MIN = 0.7;
/** An element with much more than is stated is not the text alone. */
const ELEMENT_SHARE_MAX = 2;
/** A shorter text of JSON-LD is an excerpt, or says too little to replace what is seen. */
const LENGTH_MIN = 1_000;

/** What microdata and JSON-LD say that the text is; must be asked before the page is taken apart. */
export function readStatedBody(marked: readonly DomElement[], linked: string | null): StatedBody {
  const paragraphs = linked === null ? [] : paragraphsOf(linked);
  const seen = marked.map(({ textContent }) => lengthOf(textContent));
  const said = lengthOf(paragraphs.join(''));
  return { paragraphs, length: Math.max(0, ...seen, said < LENGTH_MIN ? 0 : said) };
}

/**
 * A better content than the one that was found, when that holds too little of what the page says
 * its text is: the smallest element that holds it, else the text that JSON-LD has.
 */
export function betterContent(
  found: DomElement | null,
  stated: StatedBody,
  readAgain: () => DomDocument,
): DomElement | null {
  const { length, paragraphs } = stated;
  if (length === 0 || lengthOf(found?.textContent ?? '') >= length * WHOLE_SHARE_MIN) return null;
  const document = readAgain();
  const holding = candidatesIn(document.body)
    .map((element) => ({ element, size: lengthOf(element.textContent) }))
    .filter(({ size }) => size >= length * WHOLE_SHARE_MIN && size <= length * ELEMENT_SHARE_MAX)
    .sort((a, b) => a.size - b.size);
  const [smallest] = holding;
  if (smallest !== undefined) return smallest.element;
  if (lengthOf(paragraphs.join('')) < LENGTH_MIN) return null;
  const content = document.createElement('div');
  for (const text of paragraphs) {
    const paragraph = document.createElement('p');
    paragraph.appendChild(document.createTextNode(text));
    content.appendChild(paragraph);
  }
  return content;
}

const lengthOf = (text: string): number => text.replace(/\s+/g, '').length;

const PLACES = ['article', 'main', 'section', 'div'];

const isMarked = (element: DomElement): boolean =>
  (element.getAttribute('itemprop') ?? '').toLowerCase().split(/\s+/).includes('articlebody');

const candidatesIn = (body: DomElement): readonly DomElement[] => [
  ...PLACES.flatMap((name) => [...body.getElementsByTagName(name)]).filter(isMarked),
  ...body.getElementsByTagName('article'),
  ...body.getElementsByTagName('main'),
];

/** Text of HTML or of nothing but text, by lines. */
function paragraphsOf(text: string): readonly string[] {
  let plain = '';
  const parser = new Parser({
    ontext: (piece) => {
      plain += piece;
    },
    onopentag: (name) => {
      if (/^(?:p|div|br|li|h[1-6])$/.test(name)) plain += '\n';
    },
  });
  parser.end(text);
  return plain.split(/\s*\n\s*/).filter((line) => line !== '');
}
