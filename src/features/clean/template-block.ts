import type { Block as ScannedBlock } from '../chunk/scan-blocks.ts';
import { visibleText } from '../dedupe/visible-text.ts';
import { countWords } from '../extract/words.ts';
import { type BlockFacts, type BlockKind, blockHash, LABEL_LEVEL } from './template-hash.ts';

const IMAGE_TARGET = /!\[[^[\]\n]*\]\(([^()\s]*)/g;
const MARKER = /^(?:[-*+]|\d{1,9}[.)])(?:\s+|$)/;

/** What there is to know of a block but its place. */
export function readBlock(
  markdown: string,
  scanned: ScannedBlock,
): BlockFacts & { readonly hash: bigint } {
  const source = markdown.slice(scanned.start, scanned.end).trim();
  const seen = visibleText(source);
  const words = countWords(seen);
  const facts = { ...placeOf(scanned, source, { seen, words }), words };
  // What readers see of an image is what it shows.
  const images = [...source.matchAll(IMAGE_TARGET)].map(([, target]) => target).join(' ');
  const text = seen.replace(MARKER, '').normalize('NFC').toLowerCase().replace(/\s+/g, ' ');
  const hash = blockHash(facts.kind === 'rule' ? '' : `${text}\n${images}`, facts);
  return { ...facts, hash };
}

const LABEL_WORDS_MAX = 8;
const BOLD = /^(?:\*\*[^*\n]+\*\*|__[^_\n]+__):?$/;
const CODE_SPAN = /`[^`]*`/g;
const FENCE_OR_TAG = /`{3}|~{3}|<(?:pre|code)\b/i;

type Seen = { readonly seen: string; readonly words: number };

function placeOf(
  { kind, level }: ScannedBlock,
  source: string,
  { seen, words }: Seen,
): { readonly kind: BlockKind; readonly level: number } {
  switch (kind) {
    case 'heading':
      return { kind, level };
    case 'rule':
      return { kind, level: 0 };
    case 'fence':
    case 'code':
      return { kind: 'code', level: 0 };
    case 'text': {
      if (isCode(source)) return { kind: 'code', level: 0 };
      const isLabel = words <= LABEL_WORDS_MAX && (BOLD.test(source) || /[:：]\**$/.test(seen));
      return isLabel && words > 0 ? { kind: 'heading', level: LABEL_LEVEL } : { kind, level: 0 };
    }
    case 'list':
      return { kind: 'item', level: 0 };
    default:
      return { kind: isCode(source) ? 'code' : kind, level: 0 };
  }
}

/** Whether a block holds lines of code, or nothing but code. */
const isCode = (source: string): boolean =>
  FENCE_OR_TAG.test(source) ||
  (source.includes('`') && countWords(source.replace(CODE_SPAN, ' ')) === 0);
