import { type BlockFacts, LABEL_LEVEL } from './template-hash.ts';

/** Fewer words in the middle of a page may be what its own text needs. */
const MIDDLE_WORDS_MIN = 10;

/**
 * Blocks of the page's own that the run at its beginning or end may hold (a date, a byline, the
 * titles of the posts before and after), and the words that each may have.
 */
const GAPS_MAX = 2;
const GAP_WORDS_MAX = 8;

/** A block in its place, as far as removal looks at it. */
export type PlacedBlock = BlockFacts & {
  /** Whether it repeats across the site's pages. */
  readonly repeats: boolean;
};

/**
 * Which blocks of a page go, when those that repeat are given:
 *
 * - prose of ten words or more, wherever it stands;
 * - from the beginning, and from the end, what repeats, up to the first block that is the page's
 *   own; at most two short ones (of eight words) are stepped over and stay;
 * - a heading whose section had text and goes as a whole; at the end also one without any text that
 *   repeats. A heading with text of its own never goes, nor what stands behind it by position alone;
 * - a rule next to what goes at the beginning or the end.
 *
 * Code never goes. What is left has nothing more to go. Linear.
 */
export function placesToRemove(blocks: readonly PlacedBlock[]): Uint8Array {
  const goes = Uint8Array.from(blocks, (block) => Number(goesAnywhere(block)));
  peelEnd(blocks, goes);
  peelBeginning(blocks, goes);
  return goes;
}

const goesAnywhere = ({ repeats, kind, words }: PlacedBlock): boolean =>
  repeats && (kind === 'text' || kind === 'quote') && words >= MIDDLE_WORDS_MIN;

/** From the end, so that of every heading it is known what is left of its section. */
function peelEnd(blocks: readonly PlacedBlock[], goes: Uint8Array): void {
  const sections = createSections();
  const edge = createEdge();
  for (let at = blocks.length - 1; at >= 0; at -= 1) {
    const block = blocks[at];
    if (block === undefined) continue;
    if (block.kind === 'heading') {
      const section = sections.of(block.level);
      const isEmpty = section === 'empty' && block.repeats && edge.isOpen();
      if (section === 'gone' || isEmpty) goes[at] = 1;
      else edge.close();
    } else if (goes[at] === 1 || edge.takes(block)) goes[at] = 1;
    if (goes[at] === 1) edge.took();
    sections.pass(block, goes[at] === 1);
  }
}

function peelBeginning(blocks: readonly PlacedBlock[], goes: Uint8Array): void {
  const edge = createEdge();
  for (const [at, block] of blocks.entries()) {
    if (goes[at] === 0) {
      if (block.kind === 'heading') return;
      if (edge.takes(block)) goes[at] = 1;
    }
    if (goes[at] === 1) edge.took();
    if (!edge.isOpen()) return;
  }
}

/** One end of a page, followed inwards. */
function createEdge() {
  let open = true;
  let gaps = 0;
  let removed = 0;
  return {
    isOpen: () => open,
    close: () => {
      open = false;
    },
    took: () => {
      removed += 1;
    },
    /** Whether a block that is no heading goes; one that does not may be stepped over or ends it. */
    takes({ kind, words, repeats }: PlacedBlock): boolean {
      if (!open || kind === 'code') {
        open = false;
        return false;
      }
      if (repeats || (kind === 'rule' && removed > 0 && gaps === 0)) return true;
      gaps += 1;
      open = gaps <= GAPS_MAX && words <= GAP_WORDS_MAX;
      return false;
    },
  };
}

type Section = 'empty' | 'gone' | 'kept';

/** What is left between a place and the next heading of each level or above, from the end on. */
function createSections() {
  const left: Section[] = Array.from({ length: LABEL_LEVEL + 1 }, () => 'empty');
  return {
    of: (level: number): Section => left[level] ?? 'empty',
    pass({ kind, level }: PlacedBlock, isGone: boolean): void {
      for (let above = 1; above <= LABEL_LEVEL; above += 1) {
        if (kind === 'heading' && above >= level) left[above] = 'empty';
        else if (!isGone) left[above] = 'kept';
        else if (left[above] === 'empty') left[above] = 'gone';
      }
    },
  };
}
