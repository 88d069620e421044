import { type DomElement, hasText } from './dom.ts';

/** Levels above an image in which its caption is looked for. */
const LEVELS_MAX = 4;
/** More text than this around an image is the post, not its caption. */
const CAPTION_LENGTH_MAX = 2_000;

const FILE_NAME = /^\S+\.(?:avif|gif|jpe?g|png|svg|webp)$/i;

/**
 * Removes alternative texts that say nothing new: file names, the title, a text that another image
 * had before, or one that the image's own caption says as well. What is left stands for its image.
 */
export function dropRepeatedAlts(main: DomElement, title: string): void {
  const said = new Set(['', lettersOf(title)]);
  for (const image of main.getElementsByTagName('img')) {
    const alt = image.getAttribute('alt') ?? '';
    const letters = lettersOf(alt);
    const isNew = !said.has(letters) && !FILE_NAME.test(alt.trim());
    if (!isNew || isInCaption(letters, image)) image.setAttribute('alt', '');
    said.add(letters);
  }
}

function isInCaption(letters: string, image: DomElement): boolean {
  let around = image.parentNode;
  for (let level = 0; level < LEVELS_MAX && around !== null; level += 1) {
    if (hasText(around)) {
      const text = around.textContent;
      if (text.length > CAPTION_LENGTH_MAX) return false;
      if (lettersOf(text).includes(letters)) return true;
    }
    around = around.parentNode;
  }
  return false;
}

const lettersOf = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
