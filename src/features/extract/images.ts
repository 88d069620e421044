import type { DomElement } from './dom.ts';

/** Levels above an image in which a text that says the same is looked for. */
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
    const inCaption = lettersOf(image.getAttribute('title') ?? '').includes(letters);
    if (!isNew || inCaption || isSaid(letters, image)) image.setAttribute('alt', '');
    said.add(letters);
  }
}

/** Tells whether letters are in the text around an image, or, when they are many, anywhere. */
function createTextSearch(main: DomElement): (letters: string, image: DomElement) => boolean {
  let all: string | null = null;
  const captions = new Map<DomElement, string | null>();
  let searchedLength = 0;

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
    if (letters.length < SENTENCE_LENGTH_MIN) return false;
    all ??= lettersOf(main.textContent);
    searchedLength += all.length;
    return searchedLength <= SEARCHED_LENGTH_MAX && all.includes(letters);
  };
}

const lettersOf = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');

/** Attributes in which pages keep an image's address until it is scrolled to; they win over `src`. */
const LATER_SOURCES = ['data-src', 'data-lazy-src', 'data-original', 'data-original-src'];
const SOURCE_SETS = ['srcset', 'data-srcset'];
const SOURCE_LENGTH_MAX = 2_048;

/** Where an `<img>` says that its picture is, relative or absolute; empty when it does not. */
export function imageSource(attributes: Readonly<Record<string, string>>): string {
  const sets = SOURCE_SETS.map((name) => firstOfSet(attributes[name] ?? ''));
  const sources = [...LATER_SOURCES.map((name) => attributes[name]), attributes.src, ...sets];
  const usable = sources.find((source = '') => {
    const length = source.trim().length;
    return length > 0 && length <= SOURCE_LENGTH_MAX && !/^\s*(?:data|blob|about):/i.test(source);
  });
  return usable?.trim() ?? '';
}

const firstOfSet = (set: string): string =>
  /^[\s,]*(\S+)/.exec(set.slice(0, SOURCE_LENGTH_MAX))?.[1]?.replace(/,+$/, '') ?? '';
