import { type DomElement, elementsNamed } from './dom.ts';
import { nameTokens } from './name-tokens.ts';

/** A longer text beside an image is no caption. */
const CAPTION_LENGTH_MAX = 1_000;
/** Levels above a caption in which its image is. */
const LEVELS_MAX = 3;
/** Text that may be beside an image and its caption in what holds them. */
const OTHER_LENGTH_MAX = 200;

const CAPTION_TOKENS: ReadonlySet<string> = new Set(['caption', 'captions', 'credit', 'credits']);
const PLACES: ReadonlySet<string> = new Set('p div span small dd cite em'.split(' '));
/** A caption that is more than a line or two of text is content: code, a table, a list. */
const CONTENT = ['pre', 'table', 'ul', 'ol', 'blockquote', 'h1', 'h2', 'h3', 'h4'];

/**
 * Moves captions and credits to their images, as `title`: Markdown has no other place for what
 * belongs to a picture and is no part of the text. One whose picture is gone (a film, a drawing)
 * becomes the alternative text of an image without a source.
 */
export function captionImages(main: DomElement): void {
  for (const figure of [...main.getElementsByTagName('figure')]) {
    for (const caption of [...figure.getElementsByTagName('figcaption')]) {
      if (figure.getElementsByTagName('pre').length > 0) continue;
      if (figure.getElementsByTagName('table').length > 0) continue;
      moveCaption(caption, lastImageOf(figure));
    }
  }
  for (const element of elementsNamed(main, PLACES)) {
    if (!nameTokens(element).some((token) => CAPTION_TOKENS.has(token))) continue;
    const image = imageBeside(element, main);
    if (image !== null) moveCaption(element, image);
  }
}

function moveCaption(caption: DomElement, image: DomElement | null): void {
  const text = caption.textContent.replace(/\s+/g, ' ').trim();
  if (text.length > CAPTION_LENGTH_MAX) return;
  if (CONTENT.some((name) => caption.getElementsByTagName(name).length > 0)) return;
  const own = lastImageOf(caption);
  if (text === '') return;
  if (image === null && own === null) {
    const picture = caption.ownerDocument.createElement('img');
    picture.setAttribute('alt', text);
    caption.replaceWith(picture);
    return;
  }
  const target = own ?? image;
  const said = target?.getAttribute('title') ?? '';
  if (!said.includes(text)) target?.setAttribute('title', said === '' ? text : `${said} ${text}`);
  if (own === null) caption.remove();
  else caption.replaceWith(own);
}

const lastImageOf = (element: DomElement): DomElement | null =>
  [...element.getElementsByTagName('img')].at(-1) ?? null;

/** The image that an element stands beside, with little else around the two. */
function imageBeside(element: DomElement, main: DomElement): DomElement | null {
  const own = element.textContent.length;
  let around = element.parentNode;
  for (let level = 0; level < LEVELS_MAX && around !== null && around !== main; level += 1) {
    if (around.textContent.length > own + OTHER_LENGTH_MAX) return null;
    const image = lastImageOf(around);
    if (image !== null) return image;
    around = around.parentNode;
  }
  return null;
}
