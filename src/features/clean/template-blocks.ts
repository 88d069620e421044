import { rootPrefix } from '../chunk/block-parts.ts';
import { scanBlocks } from '../chunk/scan-blocks.ts';
import { readBlock } from './template-block.ts';
import type { BlockFacts } from './template-hash.ts';
import {
  countOf,
  type HashedPage,
  hearPages,
  isEverywhere,
  pagesMin,
  readSite,
} from './template-pages.ts';
import { placesToRemove } from './template-places.ts';

/** A block of Markdown in whole lines, `markdown.slice(start, end)`; lists are given by item. */
export type Block = BlockFacts & {
  readonly start: number;
  readonly end: number;
  /** Of its text as readers see it, case and white space aside, its kind and its words. */
  readonly hash: bigint;
  /** Number of the list that an item is of, from 0; of other blocks −1. */
  readonly list: number;
};

/** Blocks of a text in order; between them is white space only. Linear; never throws. */
export function blocksOf(markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  let lists = 0;
  const scanned = scanBlocks(markdown, { from: 0, to: markdown.length, skipPrefix: rootPrefix });
  for (const block of scanned) {
    const isList = block.kind === 'list';
    for (const part of isList ? block.items : [block]) {
      const { start, end } = part;
      blocks.push({ ...readBlock(markdown, part), start, end, list: isList ? lists : -1 });
    }
    if (isList) lists += 1;
  }
  return blocks;
}

/** Bytes of one hash, the most significant first. */
const HASH_BYTES = 8;

/** Hashes as bytes, eight each, in order. */
export function packHashes(hashes: Iterable<bigint>): Uint8Array {
  const list = [...hashes];
  const bytes = new Uint8Array(list.length * HASH_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [at, hash] of list.entries()) view.setBigUint64(at * HASH_BYTES, hash);
  return bytes;
}

/** Hashes out of their bytes; throws a `RangeError` for a length that no hashes have. */
export function unpackHashes(bytes: Uint8Array): BigUint64Array {
  if (bytes.length % HASH_BYTES !== 0) {
    throw new RangeError(`packed hashes have ${HASH_BYTES} bytes each, not ${bytes.length} in all`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hashes = new BigUint64Array(bytes.length / HASH_BYTES);
  for (let at = 0; at < hashes.length; at += 1) hashes[at] = view.getBigUint64(at * HASH_BYTES);
  return hashes;
}

/** Pages with text of their own that must speak for a block against each page that has none. */
const VOICES_MIN = 10;

/**
 * Hashes of the blocks that are the site's rather than a page's: those that would go, by
 * `placesToRemove`, on enough pages (`pagesMin`, never less than four) that otherwise have text of
 * their own. A block of most pages needs no more; one of fewer must also stand in a run of at most
 * 300 repeated words, and on ten times as many such pages as on those that hold nothing else: copies
 * and listings of one post repeat what is its own.
 *
 * A function of the set of pages, in whatever order. Linear in their blocks.
 */
export function findTemplateBlocks(pages: Iterable<HashedPage>): ReadonlySet<bigint> {
  const site = readSite(pages);
  const { hashes, facts, sequences, pagesWith } = site;
  const enough = Uint32Array.from(facts, ({ words }) => pagesMin(sequences.length, words));
  const isCandidate = (block: number) => countOf(pagesWith, block) >= countOf(enough, block);
  const { voices, silent } = hearPages(site, isCandidate);
  const isTemplate = (block: number): boolean => {
    const heard = countOf(voices, block);
    if (heard < countOf(enough, block)) return false;
    return isEverywhere(site, block) || heard >= VOICES_MIN * countOf(silent, block);
  };
  return new Set(hashes.filter((_, block) => isTemplate(block)));
}

/** What is cut may bring to an end what only it had kept there. */
const ROUNDS_MAX = 8;

/**
 * A text without the blocks that repeat across its site, where `placesToRemove` says that they go.
 * The text itself when nothing goes, and `''` when all does. Removing twice removes nothing more.
 */
export function removeTemplateBlocks(markdown: string, templates: ReadonlySet<bigint>): string {
  let text = markdown;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const less = removeOnce(text, templates);
    if (less === text) break;
    text = less;
  }
  return text;
}

function removeOnce(markdown: string, templates: ReadonlySet<bigint>): string {
  const blocks = blocksOf(markdown);
  if (!blocks.some(({ hash }) => templates.has(hash))) return markdown;
  const goes = placesToRemove(
    blocks.map((block) => ({ ...block, repeats: templates.has(block.hash) })),
  );
  if (!goes.includes(1)) return markdown;
  const pieces: string[] = [];
  let before: { readonly block: Block; readonly at: number } | null = null;
  for (const [at, block] of blocks.entries()) {
    if (goes[at] === 1) continue;
    if (before !== null) {
      const isNext = before.at === at - 1;
      const gap = markdown.slice(before.block.end, block.start);
      pieces.push(isNext ? gap : separatorOf(gap, before.block, block));
    }
    pieces.push(markdown.slice(block.start, block.end));
    before = { block, at };
  }
  return pieces.join('');
}

/** Items of one list stay one, with or without blank lines as they were; other blocks stay two. */
const separatorOf = (gap: string, a: Block, b: Block): string =>
  a.list >= 0 && a.list === b.list && !/\n[ \t]*\n/.test(gap) ? '\n' : '\n\n';
