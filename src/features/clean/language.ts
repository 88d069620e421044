import { createFenceReader } from '../extract/code-fences.ts';

/** A language as its text shows it. */
export type DetectedLanguage = {
  /** BCP 47 primary tag, one of the sixty that the detector knows. */
  readonly language: string;
  /** Share of the text's parts that are in it, 0.6–1. */
  readonly confidence: number;
};

/** Characters of prose that are looked at, in parts of what the detector reads at a time. */
const PART_LENGTH = 1_000;
const PARTS_MAX = 8;
/** Letters below which a text may be in any language; signs of Chinese and such say more. */
const LETTERS_MIN = 60;
const SIGNS_MIN = 20;
/** Share of the parts that have to agree. */
const AGREED_MIN = 0.6;

type Detector = typeof import('eld/extrasmall').eld;

let loading: Promise<Detector> | null = null;

/**
 * The detector by n-grams (eld) with its smallest tables, which know the same sixty languages as
 * its largest and are as right on whole sentences. A megabyte and a tenth of a second, so they are
 * loaded when the first text is looked at, and once.
 */
const loadDetector = (): Promise<Detector> => {
  loading ??= import('eld/extrasmall').then(({ eld }) => eld);
  return loading;
};

/**
 * The language of a Markdown text by its prose: without code, URLs and markup. `null` when there is
 * too little of it, when the detector is not sure, or when its parts are in several languages.
 */
export async function detectLanguage(markdown: string): Promise<DetectedLanguage | null> {
  const parts = sampleOf(proseOf(markdown));
  if (parts.length === 0) return null;
  const detector = await loadDetector();
  const votes = new Map<string, number>();
  for (const part of parts) {
    const found = detector.detect(part);
    if (!found.isReliable()) continue;
    votes.set(found.language, (votes.get(found.language) ?? 0) + 1);
  }
  const [best] = [...votes].sort(([, a], [, b]) => b - a);
  if (best === undefined) return null;
  const [language, count] = best;
  const confidence = count / parts.length;
  return confidence >= AGREED_MIN ? { language, confidence } : null;
}

const CYRILLIC = 'kk ky tt mn tg ba cv uz os';
const ARABIC = 'ps sd ug ckb';
/** Languages that the detector does not know, by those for which it takes them. */
const RELATIVES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    no: 'nb nn',
    ms: 'id jv su',
    hr: 'bs sr sh cnr',
    sr: 'bs hr sh cnr mk',
    bg: `mk ${CYRILLIC}`,
    be: CYRILLIC,
    ru: CYRILLIC,
    uk: CYRILLIC,
    ar: ARABIC,
    fa: `prs ${ARABIC}`,
    ur: ARABIC,
    pt: 'gl',
    es: 'gl ast an',
    ca: 'oc',
    it: 'co scn vec nap la',
    de: 'lb gsw nds bar',
    nl: 'af fy li',
    tl: 'fil ceb',
    tr: 'tk',
    hi: 'ne bho sa',
    mr: 'ne kok',
    ku: 'ckb kmr',
    he: 'iw yi',
    zh: 'cmn yue wuu',
  }),
);

/** Whether two primary tags may be of one language, or of two that are taken for each other. */
export const isSameLanguage = (one: string, other: string): boolean =>
  one === other || relates(one, other) || relates(other, one);

const relates = (one: string, other: string): boolean =>
  RELATIVES.get(one)?.split(' ').includes(other) === true;

/**
 * The language of a post: the one that its page declares, unless its text is reliably in another
 * one. Sites copy `lang="en"` with their template, whatever they write in; what the text shows wins
 * then. A declared language that the detector does not know is not contradicted by its relatives.
 */
export function languageOf(
  declared: string | null,
  detected: DetectedLanguage | null,
): string | null {
  if (detected === null) return declared;
  if (declared === null || !isSameLanguage(declared, detected.language)) return detected.language;
  return declared;
}

/** A link's or image's address, an URL, inline code, an HTML tag. */
const NO_PROSE = /\]\([^()\s]*\)|(?:https?:\/\/|www\.)\S+|`[^`\n]*`|<[a-z/!][^<>\n]*>/gi;
const PROSE_LENGTH_MAX = 64 * PART_LENGTH;

/** The first prose of a text, so far as it can be needed. */
function proseOf(markdown: string): string {
  const fences = createFenceReader();
  const lines: string[] = [];
  let length = 0;
  for (const line of markdown.split('\n')) {
    if (length > PROSE_LENGTH_MAX) break;
    if (fences.read(line) !== 'prose') continue;
    const prose = line
      .slice(0, PROSE_LENGTH_MAX)
      .replace(NO_PROSE, ' ')
      .replace(/[^\p{L}\p{M}'’]+/gu, ' ');
    if (prose === ' ' || prose === '') continue;
    lines.push(prose);
    length += prose.length;
  }
  return lines.join(' ').replace(/ +/g, ' ').trim();
}

/** Parts from all over a text; none when it is too short. */
function sampleOf(prose: string): readonly string[] {
  const signs = prose.match(
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu,
  );
  const letters = prose.match(/\p{L}/gu)?.length ?? 0;
  if (letters < LETTERS_MIN && (signs?.length ?? 0) < SIGNS_MIN) return [];
  const count = Math.min(PARTS_MAX, Math.max(1, Math.floor(prose.length / PART_LENGTH)));
  const step = Math.max(PART_LENGTH, Math.floor(prose.length / count));
  return Array.from({ length: count }, (_none, at) => {
    const start = at * step;
    return prose.slice(start, start + PART_LENGTH);
  });
}
