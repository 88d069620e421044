import { AppError } from '#domain/errors.ts';
import { createLongestPiece, type LongestPiece } from './longest-piece.ts';

/** What of a `tokenizer.json` WordPiece with the BERT normaliser needs. */
export type WordPieceSpec = {
  readonly vocabulary: Readonly<Record<string, number>>;
  readonly unknownToken: string;
  readonly continuingPrefix: string;
  readonly wordCharactersMax: number;
  readonly cleanText: boolean;
  readonly handleChinese: boolean;
  readonly stripAccents: boolean;
  readonly lowercase: boolean;
  /** Tokens that are taken out of the text before it is normalised, such as `[PAD]`. */
  readonly addedTokens: ReadonlyMap<string, number>;
};

/** Token ids of a text, in order, without special tokens. Valid until the next call. */
export type Tokenize = (text: string) => { readonly ids: Int32Array; readonly length: number };

/** Words that are remembered; natural text needs far fewer. */
const CACHE_WORDS_MAX = 200_000;
/** Longer words are unlikely to come again. */
const CACHE_CHARACTERS_MAX = 48;
/** No id of a vocabulary. */
const NOT_KNOWN = -1;

/**
 * Tokenises as Hugging Face's BertNormalizer → BertPreTokenizer → WordPiece do. Nearly every
 * character is normalised by itself, so text is cut into words at sight and the ids of each are
 * remembered. What is not (see `ODD`) is read together with all that stands around it unbroken.
 */
export function createWordPiece(spec: WordPieceSpec): Tokenize {
  const encode = createEncoder(spec);
  const kindOf = createKinds(spec);
  const words = new Map<string, readonly number[]>();
  const singles = new Int32Array(0x1_0000).fill(NOT_KNOWN);
  const ids = createIdList();

  const pushWord = (word: string) => {
    let pieces = words.get(word);
    if (pieces === undefined) {
      pieces = encode(word);
      if (word.length <= CACHE_CHARACTERS_MAX) {
        if (words.size >= CACHE_WORDS_MAX) words.clear();
        words.set(word, pieces);
      }
    }
    ids.pushAll(pieces);
  };

  const pushSingle = (code: number) => {
    const known = singles[code] as number;
    if (known !== NOT_KNOWN) {
      ids.push(known);
      return;
    }
    const pieces = encode(String.fromCharCode(code));
    if (pieces.length === 1) singles[code] = pieces[0] as number;
    ids.pushAll(pieces);
  };

  /** Pushes what stands unbroken from `start` on; gives the offset after it. */
  const pushStretch = (text: string, start: number): number => {
    const before = ids.length();
    for (let at = start; ; ) {
      const kind = at < text.length ? kindOf(text.charCodeAt(at)) : BLANK;
      if (kind === BLANK) return at;
      if (kind === SINGLE) pushSingle(text.charCodeAt(at++));
      else if (kind === WORD) {
        const from = at++;
        while (at < text.length && kindOf(text.charCodeAt(at)) === WORD) at++;
        pushWord(text.slice(from, at));
      } else {
        while (at < text.length && kindOf(text.charCodeAt(at)) !== BLANK) at++;
        ids.cutTo(before);
        pushWord(text.slice(start, at));
        return at;
      }
    }
  };

  const splitAdded = addedTokenSplitter(spec.addedTokens);
  return (text) => {
    ids.cutTo(0);
    for (const part of splitAdded(text)) {
      if (typeof part !== 'string') ids.push(part.id);
      else for (let at = 0; at < part.length; at++) at = pushStretch(part, at);
    }
    return ids.read();
  };
}

function createIdList() {
  let ids = new Int32Array(1_024);
  let length = 0;
  const push = (id: number) => {
    if (length === ids.length) {
      const wider = new Int32Array(length * 2);
      wider.set(ids);
      ids = wider;
    }
    ids[length++] = id;
  };
  return {
    push,
    pushAll: (all: readonly number[]) => {
      for (let at = 0; at < all.length; at++) push(all[at] as number);
    },
    length: () => length,
    cutTo: (shorter: number) => {
      length = shorter;
    },
    read: () => ({ ids, length }),
  };
}

/** Goes on a word. */
const WORD = 1;
/** Stands for itself: punctuation, an ideograph. */
const SINGLE = 2;
const BLANK = 3;
/**
 * Changes with its neighbours, or joins them by going away: controls, halves of a pair, combining
 * marks that stay, and the capital sigma, whose lower case depends on where it stands.
 */
const ODD = 4;
type Kind = typeof WORD | typeof SINGLE | typeof BLANK | typeof ODD;

/** Kinds of code units, each looked up once. */
function createKinds(spec: WordPieceSpec): (code: number) => Kind {
  const kinds = new Uint8Array(0x1_0000);
  return (code) => {
    const known = kinds[code] as Kind | 0;
    if (known !== 0) return known;
    const kind = classify(String.fromCharCode(code), spec);
    kinds[code] = kind;
    return kind;
  };
}

function classify(character: string, spec: WordPieceSpec): Kind {
  if (/[ \t\n\r]/.test(character)) return BLANK;
  if (/\p{C}|\ufffd|\p{Mc}|\p{Me}|Σ/u.test(character)) return ODD;
  if (/\p{Mn}/u.test(character)) return spec.stripAccents ? WORD : ODD;
  if (/\p{White_Space}/u.test(character)) return BLANK;
  if (/[!-/:-@[-`{-~]|\p{P}/u.test(character)) return SINGLE;
  if (spec.handleChinese && character.search(CHINESE) >= 0) return SINGLE;
  const read = normalise(character, spec).match(WORDS) ?? [];
  return read.length === 1 && !/[!-/:-@[-`{-~]|\p{P}/u.test(read[0]) ? WORD : ODD;
}

/** Cuts added tokens out of a text, leftmost first and the longest of those at one place. */
function addedTokenSplitter(
  added: ReadonlyMap<string, number>,
): (text: string) => readonly (string | { readonly id: number })[] {
  const contents = [...added.keys()].filter((content) => content !== '');
  if (contents.length === 0) return (text) => [text];
  const escaped = contents
    .sort((a, b) => b.length - a.length)
    .map((content) => content.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`(${escaped.join('|')})`);
  return (text) => {
    if (!pattern.test(text)) return [text];
    return text.split(pattern).map((part) => {
      const id = added.get(part);
      return id === undefined ? part : { id };
    });
  };
}

/** Ids of a stretch without blanks. */
function createEncoder(spec: WordPieceSpec): (stretch: string) => readonly number[] {
  const vocabulary = createVocabulary(spec);
  return (stretch) => {
    const ids: number[] = [];
    if (ALPHANUMERIC.test(stretch)) {
      pushPieces(spec.lowercase ? stretch.toLowerCase() : stretch, vocabulary, ids);
    } else {
      for (const word of normalise(stretch, spec).match(WORDS) ?? []) {
        pushPieces(word, vocabulary, ids);
      }
    }
    return ids;
  };
}

const ALPHANUMERIC = /^[0-9A-Za-z]*$/;
const CONTROL = /(?![\t\n\r])\p{C}|\ufffd/gu;
const SPACE = /\p{White_Space}/gu;
/** The CJK blocks of BERT's own list. */
const CHINESE =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;
const WORDS = /[!-/:-@[-`{-~]|\p{P}|(?:(?![!-/:-@[-`{-~]|\p{P}|\p{White_Space})[\s\S])+/gu;

function normalise(stretch: string, spec: WordPieceSpec): string {
  let text = stretch;
  if (spec.cleanText) text = text.replace(CONTROL, '').replace(SPACE, ' ');
  if (spec.handleChinese) text = text.replace(CHINESE, ' $& ');
  if (spec.stripAccents) text = text.normalize('NFD').replace(/\p{Mn}/gu, '');
  return spec.lowercase ? text.toLowerCase() : text;
}

type Vocabulary = {
  readonly whole: ReadonlyMap<string, number>;
  readonly starting: LongestPiece;
  /** Of pieces that go on a word, without their prefix. */
  readonly continuing: LongestPiece;
  readonly unknown: number;
  readonly wordCharactersMax: number;
};

function createVocabulary(spec: WordPieceSpec): Vocabulary {
  const { continuingPrefix: prefix, wordCharactersMax } = spec;
  const whole = new Map(Object.entries(spec.vocabulary));
  const unknown = whole.get(spec.unknownToken);
  if (unknown === undefined) {
    throw new AppError('invalid_input', `the vocabulary lacks ${spec.unknownToken}.`);
  }
  const continuing = [...whole].flatMap(([piece, id]): [string, number][] =>
    piece.startsWith(prefix) ? [[piece.slice(prefix.length), id]] : [],
  );
  return {
    whole,
    starting: createLongestPiece([...whole]),
    continuing: createLongestPiece(continuing),
    unknown,
    wordCharactersMax,
  };
}

/** Greedy longest match first; a word with any unmatched rest is unknown as a whole. */
function pushPieces(word: string, vocabulary: Vocabulary, ids: number[]): void {
  const { whole, starting, continuing, unknown, wordCharactersMax } = vocabulary;
  const isTooLong = word.length > wordCharactersMax && charactersOf(word) > wordCharactersMax;
  const known = isTooLong ? unknown : whole.get(word);
  if (known !== undefined) {
    ids.push(known);
    return;
  }
  const before = ids.length;
  for (let start = 0; start < word.length; ) {
    const { id, length } = (start === 0 ? starting : continuing)(word, start);
    if (length === 0) {
      ids.length = before;
      ids.push(unknown);
      return;
    }
    ids.push(id);
    start += length;
  }
}

function charactersOf(word: string): number {
  let count = 0;
  for (const _ of word) count++;
  return count;
}
