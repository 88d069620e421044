import type { Chunk, ChunkerSpec } from '#domain/chunk.ts';
import { AppError } from '#domain/errors.ts';
import { type Part, partOf, rootPrefix } from './block-parts.ts';
import { createHeadingPath } from './heading-path.ts';
import { createPacker, type Packer } from './packer.ts';
import { type Block, scanBlocks } from './scan-blocks.ts';

export type ChunkOptions = {
  readonly spec: ChunkerSpec;
  /** The view's own embedder's count. */
  readonly countTokens: (text: string) => number;
};

/**
 * No chunk is longer than this many characters for each of its tokens: text that a tokenizer knows
 * nothing of (one endless word, white space) must not become one endless chunk.
 */
const TOKEN_CHARACTERS_MAX = 32;

/** Heading paths get at most this share of `tokensMax`, so that embedding a chunk can plan for them. */
const HEADING_PATH_SHARE = 0.25;
const HEADING_PATH_TOKENS_LEAST = 32;

/** Headings of these levels always start a chunk; deeper sections may share one. */
const SECTION_LEVEL_MAX = 2;

/** Most tokens of a chunk's heading path, separators included. */
export const headingPathTokensMax = (tokensMax: number): number =>
  Math.max(HEADING_PATH_TOKENS_LEAST, Math.floor(tokensMax * HEADING_PATH_SHARE));

/** What a spec of this chunker says besides its sizes. */
export const CHUNKER = { name: 'markdown', version: 2 } as const;

/**
 * Cuts Markdown into chunks: exact spans, in order, that together hold everything but white space,
 * none over `spec.tokensMax` with its frame. Sections of level 1 and 2 never share a chunk, so a
 * change in one leaves the others' chunks as they were; deeper ones share one when they fit whole.
 * Blocks are kept whole when they fit, the first of a section when it fits beside its heading; a
 * fence that is cut is closed and opened again, and a cut table's rows have its head (see
 * `ChunkFrame`). A heading starts a chunk and never ends one, unless nothing follows it, or it fills
 * three quarters of a chunk by itself. Spans overlap only when the spec asks for it: then a chunk
 * that goes on with a section begins with the last sentences of the one before it.
 *
 * Throws `invalid_input` when `tokensMax` is no positive integer, or too small for a single
 * character, and when `overlapTokens` is more than half of it.
 */
export function chunkMarkdown(markdown: string, options: ChunkOptions): readonly Chunk[] {
  const { spec, countTokens } = options;
  const { tokensMax, overlapTokens = 0 } = spec;
  if (!Number.isSafeInteger(tokensMax) || tokensMax < 1) {
    throw new AppError('invalid_input', `tokensMax must be a positive integer, not ${tokensMax}`, {
      param: 'tokensMax',
    });
  }
  if (!Number.isSafeInteger(overlapTokens) || overlapTokens < 0 || overlapTokens * 2 > tokensMax) {
    throw new AppError(
      'invalid_input',
      `overlapTokens must be an integer from 0 to half of tokensMax, not ${overlapTokens}`,
      { param: 'overlapTokens' },
    );
  }
  const path = createHeadingPath(headingPathTokensMax(tokensMax), countTokens);
  const packer = createPacker({
    markdown,
    tokensMax,
    overlapTokens,
    charactersMax: tokensMax * TOKEN_CHARACTERS_MAX,
    countTokens,
    headingPath: path.current,
  });
  const blocks = scanBlocks(markdown, { from: 0, to: markdown.length, skipPrefix: rootPrefix });
  const parts = blocks.map((block) => partOf(markdown, block));
  for (const [at, block] of blocks.entries()) {
    const part = parts[at];
    if (part === undefined) continue;
    if (block.kind === 'heading') {
      // Headings in a row go where the first of them went: none of them is left behind.
      const isFirst = blocks[at - 1]?.kind !== 'heading';
      if (isFirst && packer.hasContent() && !joins(packer, blocks, parts, at)) packer.flush();
      path.enter(block.level, markdown.slice(block.start, block.end));
    }
    packer.place(part);
  }
  packer.flush();
  return packer.chunks;
}

/** A section of more blocks is not looked at: it would not fit, or is one to begin a chunk with. */
const SECTION_PARTS_MAX = 64;

/**
 * Whether the section that starts at `from` may go on in the chunk at hand: it is deep, and all of
 * it fits. A section without text of its own reaches to the end of the next one that has some.
 */
function joins(packer: Packer, blocks: readonly Block[], parts: readonly Part[], from: number) {
  const section: Part[] = [];
  let hasText = false;
  for (let at = from; at < blocks.length; at++) {
    const block = blocks[at];
    const part = parts[at];
    if (block === undefined || part === undefined) break;
    if (block.kind === 'heading') {
      if (hasText) break;
      if (block.level <= SECTION_LEVEL_MAX) return false;
    } else hasText = true;
    section.push(part);
    if (section.length > SECTION_PARTS_MAX) return false;
  }
  return hasText && packer.fits(section);
}
