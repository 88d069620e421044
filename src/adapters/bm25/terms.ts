import { newStemmer } from 'snowball-stemmers';
import type { Language } from './languages.ts';
import { stopWordsOf } from './stop-words.ts';

/** Stemmed words that are remembered. */
const CACHE_WORDS_MAX = 100_000;
/** Longer words are of no language. */
const STEMMED_CHARACTERS_MAX = 48;
/** Hashes, versions and numbers are of no language either; each would be a new word to the stemmer. */
const DIGIT = /\p{N}/u;

/** Letters, digits and marks, joined by what joins identifiers, versions and contractions. */
const WORD = /[\p{L}\p{N}\p{M}]+(?:[_.'’][\p{L}\p{N}\p{M}]+)*/gu;
/** The same, and hyphens. */
const HYPHENED_WORD = /[\p{L}\p{N}\p{M}]+(?:[_.'’-][\p{L}\p{N}\p{M}]+)*/gu;
/** Scripts written without spaces; their runs are taken in pairs of characters. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu;
const PARTS = /[_.]/;
/** Languages that write an article or pronoun and a noun as one word: l'index, dell'indice. */
const ELIDING: ReadonlySet<Language> = new Set(['french', 'italian', 'catalan']);
const ELIDED_PARTS = /[_.']/;
const HUMP = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;
const NUMBER = /^[\p{N}.]+$/u;
const PLAIN = /^[a-z0-9]+$/;

export type TermsOptions = {
  readonly language: Language;
  /** Whether `max-tokens` is a term too, beside `max` and `tokens`. */
  readonly keepsHyphened: boolean;
};

/**
 * Terms of a text, in order: lower case, stemmed, without the language's stop words. An identifier
 * (`getUser`, `max_tokens`, `fs.readFile`, `max-tokens`) gives its parts and then itself whole; a
 * number with dots stays one term. Takes time in proportion to the text's length, whatever the text.
 */
export function createTerms(options: TermsOptions): (text: string) => readonly string[] {
  const { language, keepsHyphened } = options;
  const stem = createStem(language);
  const pattern = keepsHyphened ? HYPHENED_WORD : WORD;
  const parts = ELIDING.has(language) ? ELIDED_PARTS : PARTS;
  const lower = language === 'turkish' ? lowerTurkish : lowerPlain;
  return (text) => {
    const terms: string[] = [];
    const push = (word: string) => {
      const term = stem(lower(word));
      if (term !== '') terms.push(term);
    };
    for (const [word] of text.normalize('NFKC').matchAll(pattern)) {
      if (PLAIN.test(word)) push(word);
      else for (const part of partsOf(word.replaceAll('’', "'"), parts)) push(part);
    }
    return terms;
  };
}

const lowerPlain = (word: string): string => word.toLowerCase();
/** Turkish has two letters i, of which the dotless one is the small I. */
const lowerTurkish = (word: string): string => word.toLocaleLowerCase('tr');

/** A word's stem; `''` for a stop word. */
function createStem(language: Language): (word: string) => string {
  const stemmer = newStemmer(language);
  const stopWords = stopWordsOf(language);
  const cache = new Map<string, string>();
  return (word) => {
    if (word.length > STEMMED_CHARACTERS_MAX || DIGIT.test(word)) return word;
    let stemmed = cache.get(word);
    if (stemmed === undefined) {
      stemmed = stopWords.has(word) ? '' : stemmer.stem(word);
      if (cache.size >= CACHE_WORDS_MAX) cache.clear();
      cache.set(word, stemmed);
    }
    return stemmed;
  };
}

/** What a word stands for in the index: itself, and the parts that it is written together from. */
function partsOf(word: string, separators: RegExp): readonly string[] {
  if (word.includes('-')) {
    const parts = word.split('-').flatMap((part) => partsOf(part, separators));
    return isElided(word, separators) ? parts : [...parts, word];
  }
  if (NUMBER.test(word)) return [word];
  const pairs = pairsOf(word);
  if (pairs !== null) return pairs;
  const parts = word.split(separators).flatMap((part) => part.split(HUMP));
  // An article written together with its noun makes no name that anyone looks for.
  const isName = PARTS.test(word) || parts.length > word.split(separators).length;
  return isName ? [...parts, word] : parts;
}

/** Whether a word is several by the language's own spelling: qu'est-ce. */
const isElided = (word: string, separators: RegExp): boolean =>
  separators === ELIDED_PARTS && word.includes("'");

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
