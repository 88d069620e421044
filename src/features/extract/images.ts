import type { DomElement } from './dom.ts';

/** Levels above an image in which its caption is looked for. */
const LEVELS_MAX = 4;
/** More text than this around an image is the post, not its caption. */
const CAPTION_LENGTH_MAX = 2_000;
/** Letters that no two texts share by chance: what the post says anywhere is not said again. */
const SENTENCE_LENGTH_MIN = 25;
/** Letters that are looked through for one page. */
const SEARCHED_LENGTH_MAX = 100_000_000;

/** Names of files, and slugs, that editors leave where a description should be. */
const FILE_NAME = /^\S+\.(?:avif|gif|jpe?g|png|svg|webp)$|^[^\s_-]+[_-][^\s_-]+[_-]\S+$/i;

/**
 * Removes alternative texts that say nothing new: file names, the title, a text that another image
 * had before, one that the image's own caption says as well, or a sentence of the post. What is
 * left stands for its image.
 */
export function dropRepeatedAlts(main: DomElement, title: string): void {
  const said = new Set(['', lettersOf(title)]);
  const isSaid = createTextSearch(main);
  for (const image of main.getElementsByTagName('img')) {
    const alt = image.getAttribute('alt') ?? '';
    const letters = lettersOf(alt);
    const isNew = !said.has(letters) && !FILE_NAME.test(alt.trim());
    if (!isNew || isSaid(letters, image)) image.setAttribute('alt', '');
    said.add(letters);
  }
}

/** Tells whether letters are in the text around an image, or, when they are many, anywhere. */
function createTextSearch(main: DomElement): (letters: string, image: DomElement) => boolean {
  const whole = lettersOf(main.textContent);
  const captions = new Map<DomElement, string | null>();
  let searchesLeft = Math.floor(SEARCHED_LENGTH_MAX / (whole.length + 1));

  const captionOf = (around: DomElement): string | null => {
    const text = around.textContent;
    return text.length > CAPTION_LENGTH_MAX ? null : lettersOf(text);
  };
  return (letters, image) => {
    let around = image.parentNode;
    for (let level = 0; level < LEVELS_MAX && around !== null; level += 1) {
      const caption = captions.get(around);
      const known: string | null = caption === undefined ? captionOf(around) : caption;
      captions.set(around, known);
      if (known === null) break;
      if (known.includes(letters)) return true;
      around = around === main ? null : around.parentNode;
    }
    if (letters.length < SENTENCE_LENGTH_MIN || searchesLeft <= 0) return false;
    searchesLeft -= 1;
    return whole.includes(letters);
  };
}

const lettersOf = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');

/** Puts the alternative texts in the place of their images. */
export function writeImages(main: DomElement): void {
  for (const image of [...main.getElementsByTagName('img')]) {
    const alt = (image.getAttribute('alt') ?? '').trim();
    if (alt === '') image.remove();
    else image.replaceWith(main.ownerDocument.createTextNode(` ${alt} `));
  }
}
