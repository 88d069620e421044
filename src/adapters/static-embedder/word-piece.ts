import { AppError } from '#domain/errors.ts';

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

/** Stretches between blanks that are remembered; natural text needs far fewer. */
const CACHE_WORDS_MAX = 200_000;
/** Longer stretches are unlikely to come again. */
const CACHE_CHARACTERS_MAX = 48;

const BLANKS = new Set([32, 9, 10, 13]);

/**
 * Tokenises as Hugging Face's BertNormalizer → BertPreTokenizer → WordPiece do. Every step works on
 * single characters or single words, so text is cut at plain blanks first and the ids of each
 * stretch are remembered.
 */
export function createWordPiece(spec: WordPieceSpec): Tokenize {
  const encodeStretch = createStretchEncoder(spec);
  const cache = new Map<string, Int32Array>();
  let ids = new Int32Array(1_024);
  let length = 0;

  const push = (pieces: Int32Array) => {
    if (length + pieces.length > ids.length) {
      const wider = new Int32Array((length + pieces.length) * 2);
      wider.set(ids.subarray(0, length));
      ids = wider;
    }
    for (let at = 0; at < pieces.length; at++) ids[length++] = pieces[at] as number;
  };

  const pushStretch = (stretch: string) => {
    let pieces = cache.get(stretch);
    if (pieces === undefined) {
      pieces = encodeStretch(stretch);
      if (stretch.length <= CACHE_CHARACTERS_MAX) {
        if (cache.size >= CACHE_WORDS_MAX) cache.clear();
        cache.set(stretch, pieces);
      }
    }
    push(pieces);
  };

  const pushText = (text: string) => {
    let start = 0;
    for (let at = 0; at <= text.length; at++) {
      if (at < text.length && !BLANKS.has(text.charCodeAt(at))) continue;
      if (at > start) pushStretch(text.slice(start, at));
      start = at + 1;
    }
  };

  const splitAdded = addedTokenSplitter(spec.addedTokens);
  return (text) => {
    length = 0;
    for (const part of splitAdded(text)) {
      if (typeof part === 'string') pushText(part);
      else push(Int32Array.of(part.id));
    }
    return { ids, length };
  };
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
  const sure = new Set(contents.map((content) => content[0]));
  return (text) => {
    if (![...sure].some((character) => character !== undefined && text.includes(character))) {
      return [text];
    }
    return text.split(pattern).map((part) => {
      const id = added.get(part);
      return id === undefined ? part : { id };
    });
  };
}

function createStretchEncoder(spec: WordPieceSpec): (stretch: string) => Int32Array {
  const vocabulary = new Map(Object.entries(spec.vocabulary));
  const unknown = vocabulary.get(spec.unknownToken);
  if (unknown === undefined) {
    throw new AppError('invalid_input', `the vocabulary lacks ${spec.unknownToken}.`);
  }
  return (stretch) => {
    const ids: number[] = [];
    for (const word of words(normalise(stretch, spec))) {
      pieces(word, { vocabulary, unknown, spec, ids });
    }
    return Int32Array.from(ids);
  };
}

const CONTROL = /(?![\t\n\r])\p{C}|\ufffd/gu;
const BLANK = /\p{White_Space}/gu;
/** The CJK blocks of BERT's own list. */
const CHINESE =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;
const PLAIN = /^[!-~]*$/;

function normalise(stretch: string, spec: WordPieceSpec): string {
  if (PLAIN.test(stretch)) return spec.lowercase ? stretch.toLowerCase() : stretch;
  let text = stretch;
  if (spec.cleanText) text = text.replace(CONTROL, '').replace(BLANK, ' ');
  if (spec.handleChinese) text = text.replace(CHINESE, ' $& ');
  if (spec.stripAccents) text = text.normalize('NFD').replace(/\p{Mn}/gu, '');
  return spec.lowercase ? text.toLowerCase() : text;
}

const WORD = /[!-/:-@[-`{-~]|\p{P}|(?:(?![!-/:-@[-`{-~]|\p{P}|\p{White_Space})[\s\S])+/gu;

const words = (text: string): readonly string[] => text.match(WORD) ?? [];

type Target = {
  readonly vocabulary: ReadonlyMap<string, number>;
  readonly unknown: number;
  readonly spec: WordPieceSpec;
  readonly ids: number[];
};

/** Greedy longest match first; a word with any unmatched rest is unknown as a whole. */
function pieces(word: string, { vocabulary, unknown, spec, ids }: Target): void {
  const whole = vocabulary.get(word);
  const characters = Array.from(word);
  if (characters.length > spec.wordCharactersMax) {
    ids.push(unknown);
    return;
  }
  if (whole !== undefined) {
    ids.push(whole);
    return;
  }
  const found: number[] = [];
  for (let start = 0; start < characters.length; ) {
    let end = characters.length;
    let id: number | undefined;
    for (; end > start; end--) {
      const piece = characters.slice(start, end).join('');
      id = vocabulary.get(start === 0 ? piece : spec.continuingPrefix + piece);
      if (id !== undefined) break;
    }
    if (id === undefined) {
      ids.push(unknown);
      return;
    }
    found.push(id);
    start = end;
  }
  ids.push(...found);
}
