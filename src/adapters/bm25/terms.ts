import { newStemmer } from 'snowball-stemmers';
import { STOP_WORDS } from './stop-words.ts';

/** Stemmed words that are remembered. */
const CACHE_WORDS_MAX = 100_000;
/** Longer words are no English. */
const STEMMED_CHARACTERS_MAX = 48;
/** Hashes, versions and numbers are no English either; each would be a new word to the stemmer. */
const DIGIT = /\p{N}/u;

/** Letters, digits and marks, joined by what joins identifiers, versions and contractions. */
const WORD = /[\p{L}\p{N}\p{M}]+(?:[_.'’][\p{L}\p{N}\p{M}]+)*/gu;
/** Scripts written without spaces; their runs are taken in pairs of characters. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu;
const PARTS = /[_.]/;
const HUMP = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;
const NUMBER = /^[\p{N}.]+$/u;
const PLAIN = /^[a-z0-9]+$/;

/**
 * Terms of a text, in order: lower case, stemmed, without stop words. An identifier
 * (`getUser`, `max_tokens`, `fs.readFile`) gives its parts and then itself whole; a number with dots
 * stays one term. Takes time in proportion to the text's length, whatever the text.
 */
export function createTerms(): (text: string) => readonly string[] {
  const stemmer = newStemmer('english');
  const cache = new Map<string, string>();
  /** `''` for a stop word. */
  const stem = (word: string): string => {
    if (word.length > STEMMED_CHARACTERS_MAX || DIGIT.test(word)) return word;
    let stemmed = cache.get(word);
    if (stemmed === undefined) {
      stemmed = STOP_WORDS.has(word) ? '' : stemmer.stem(word);
      if (cache.size >= CACHE_WORDS_MAX) cache.clear();
      cache.set(word, stemmed);
    }
    return stemmed;
  };
  return (text) => {
    const terms: string[] = [];
    const push = (word: string) => {
      const term = stem(word.toLowerCase());
      if (term !== '') terms.push(term);
    };
    for (const [word] of text.normalize('NFKC').matchAll(WORD)) {
      if (PLAIN.test(word)) push(word);
      else for (const part of partsOf(word)) push(part);
    }
    return terms;
  };
}

/** What a word stands for in the index: itself, and the parts that it is written together from. */
function partsOf(word: string): readonly string[] {
  const spelled = word.replaceAll('’', "'");
  if (NUMBER.test(spelled)) return [spelled];
  const pairs = pairsOf(spelled);
  if (pairs !== null) return pairs;
  const parts = spelled.split(PARTS).flatMap((part) => part.split(HUMP));
  return parts.length === 1 ? parts : [...parts, spelled];
}

function pairsOf(word: string): readonly string[] | null {
  const runs = word.match(UNSPACED);
  if (runs === null) return null;
  const rest = word.split(UNSPACED).filter((part) => part !== '');
  const pairs = runs.flatMap((run) => {
    const characters = Array.from(run);
    if (characters.length === 1) return [run];
    return characters.slice(1).map((character, at) => `${characters[at]}${character}`);
  });
  return [...pairs, ...rest];
}
