import { sha256 } from '#domain/hash.ts';

const KINDS = ['rule', 'text', 'item', 'quote', 'table', 'html', 'code'] as const;

export type BlockKind = (typeof KINDS)[number] | 'heading';

/** What a block's hash tells of it. */
export type BlockFacts = {
  readonly kind: BlockKind;
  /** 1–6 of a heading, `LABEL_LEVEL` of a line that serves as one, else 0. */
  readonly level: number;
  /** Words that readers see, about; at most 4,095. */
  readonly words: number;
};

/** A paragraph such as “**Example**” or “Share this:” heads what follows, below every heading. */
export const LABEL_LEVEL = 7;

const WORDS_BITS = 12;
const WORDS_MAX = 2 ** WORDS_BITS - 1;
const KIND_BITS = 4;
/** 48 bits: two of ten million texts share them with a probability of 1 in 6. */
const TEXT_HEX = 12;

/**
 * 64 bits of a block: 48 of a hash of its text, 4 of its kind, 12 of its words. So hashes alone
 * tell what repeats across pages and whether it may go.
 */
export function blockHash(text: string, { kind, level, words }: BlockFacts): bigint {
  const place = kind === 'heading' ? level : LABEL_LEVEL + 1 + KINDS.indexOf(kind);
  const facts = (place << WORDS_BITS) | Math.min(words, WORDS_MAX);
  const hashed = BigInt(`0x${sha256(text).slice(0, TEXT_HEX)}`);
  return (hashed << BigInt(KIND_BITS + WORDS_BITS)) | BigInt(facts);
}

/** Reads a hash; one that no block can have is taken for code, which is never removed. */
export function factsOf(hash: bigint): BlockFacts {
  const facts = Number(hash & 0xffffn);
  const words = facts & WORDS_MAX;
  const place = facts >> WORDS_BITS;
  if (place > 0 && place <= LABEL_LEVEL) return { kind: 'heading', level: place, words };
  return { kind: KINDS[place - LABEL_LEVEL - 1] ?? 'code', level: 0, words };
}
