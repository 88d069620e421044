import { type BlockFacts, factsOf } from './template-hash.ts';
import { placesToRemove } from './template-places.ts';

/** Fewer pages do not tell what is the site's from what is a page's. */
const PAGES_MIN = 4;
/** From this many words on, no two authors write the same by chance. */
const LONG_WORDS_MIN = 25;
/**
 * What a page must have of its own, as a share of its words, for its other blocks to be the site's:
 * copies of one post, and listings of whole posts, have in common what is nobody's template.
 */
const OWN_SHARE_MIN = 0.25;
/** Words of a run of repeated blocks; a longer one is a post inside a listing. */
const RUN_WORDS_MAX = 300;

/** A page's block hashes, in order. */
export type HashedPage = { readonly hashes: readonly bigint[] | BigUint64Array };

/** The pages of a site that have any block; a block is the position of its hash. */
export type Site = {
  readonly hashes: readonly bigint[];
  readonly facts: readonly BlockFacts[];
  readonly sequences: readonly Uint32Array[];
  /** Pages that hold a block. */
  readonly pagesWith: Uint32Array;
};

export const countOf = (counts: Uint32Array, block: number): number => counts[block] ?? 0;

export function readSite(pages: Iterable<HashedPage>): Site {
  const blocks = new Map<bigint, number>();
  const sequences: Uint32Array[] = [];
  for (const { hashes } of pages) {
    if (hashes.length === 0) continue;
    const sequence = new Uint32Array(hashes.length);
    for (const [place, hash] of hashes.entries()) {
      const block = blocks.get(hash) ?? blocks.size;
      if (block === blocks.size) blocks.set(hash, block);
      sequence[place] = block;
    }
    sequences.push(sequence);
  }
  const pagesWith = new Uint32Array(blocks.size);
  for (const sequence of sequences) {
    for (const block of new Set(sequence)) pagesWith[block] = countOf(pagesWith, block) + 1;
  }
  const hashes = [...blocks.keys()];
  return { hashes, facts: hashes.map(factsOf), sequences, pagesWith };
}

/**
 * Pages of `count` that a block of so many words must be on to be the site's: a fifth. From 50 pages
 * on 1.5 √count do, or √count for 25 words or more, but not less than ten: the lead of one post
 * stands on as many listings as the post has tags.
 */
export function pagesMin(count: number, words: number): number {
  const grown = Math.sqrt(count) * (words >= LONG_WORDS_MIN ? 1 : 1.5);
  return Math.max(PAGES_MIN, Math.ceil(Math.min(count / 5, Math.max(10, grown))));
}

/** Whether most pages hold a block: no post is on most of them. */
export const isEverywhere = ({ pagesWith, sequences }: Site, block: number): boolean =>
  countOf(pagesWith, block) > sequences.length / 2;

export type Heard = {
  /** Pages with text of their own on which a block would go. */
  readonly voices: Uint32Array;
  /** Pages without on which it would. */
  readonly silent: Uint32Array;
};

/** Counts the pages that speak for each block, when those that repeat are given. */
export function hearPages(site: Site, repeats: (block: number) => boolean): Heard {
  const { hashes, facts, sequences } = site;
  const voices = new Uint32Array(hashes.length);
  const silent = new Uint32Array(hashes.length);
  const placed = facts.map((fact, block) => ({ ...fact, repeats: repeats(block) }));
  for (const sequence of sequences) {
    const page = [...sequence].flatMap((block) => placed[block] ?? []);
    const runs = runsOf(page, placesToRemove(page));
    const total = page.reduce((sum, { words }) => sum + words, 0);
    const own = total - runs.reduce((sum, { words }) => sum + words, 0);
    const hasOwn = own > 0 && own >= OWN_SHARE_MIN * total;
    const heard = new Set<number>();
    for (const { from, to, words } of runs) {
      for (const block of sequence.subarray(from, to)) {
        if (!hasOwn || words <= RUN_WORDS_MAX || isEverywhere(site, block)) heard.add(block);
      }
    }
    const counts = hasOwn ? voices : silent;
    for (const block of heard) counts[block] = countOf(counts, block) + 1;
  }
  return { voices, silent };
}

type Run = { readonly from: number; readonly to: number; readonly words: number };

/** Stretches of blocks that go, with the words of each. */
function runsOf(page: readonly BlockFacts[], goes: Uint8Array): readonly Run[] {
  const runs: Run[] = [];
  for (let from = 0; from < page.length; from += 1) {
    if (goes[from] === 0) continue;
    let to = from;
    let words = 0;
    for (; goes[to] === 1; to += 1) words += page[to]?.words ?? 0;
    runs.push({ from, to, words });
    from = to;
  }
  return runs;
}
