import type { PostMetadata } from './document.ts';
import { hashOf, uuidOf } from './hash.ts';

/** How Markdown is cut. Token counts are those of the view's own embedder. */
export type ChunkerSpec = {
  readonly name: 'markdown';
  readonly version: number;
  readonly tokensMax: number;
  /**
   * Most tokens of whole sentences that a chunk repeats from the end of the one before it in the
   * same section; at most half of `tokensMax`. Absent for none.
   */
  readonly overlapTokens?: number;
};

/**
 * Whole lines that are read around a span because the block that it is part of was cut: a fence is
 * closed and opened again with its language, a table's rows have its head. `''` for none.
 */
export type ChunkFrame = { readonly before: string; readonly after: string };

/** A span of a revision: `markdown.slice(start, end) === text` (UTF-16 code units). */
export type Chunk = {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Headings above the span, outermost first. */
  readonly headingPath: readonly string[];
  /** Tokens of `framedText`. */
  readonly tokens: number;
  /** Absent for a span that reads well by itself. */
  readonly frame?: ChunkFrame;
};

/** A chunk as embedders and models read it: its text within its frame. */
export function framedText({ text, frame }: Pick<Chunk, 'text' | 'frame'>): string {
  if (frame === undefined) return text;
  return [frame.before, text, frame.after].filter((part) => part !== '').join('\n');
}

/** What of a revision's metadata travels with every point, for citations and filters. */
export type ChunkContext = {
  readonly documentId: string;
  readonly revisionId: string;
  readonly url: string;
  readonly sourceName: string;
  readonly title: string;
  readonly language: string | null;
  readonly publishedAt: string | null;
  readonly tags: readonly string[];
};

/**
 * A chunk's membership of a view: visible to readers at epoch e when `from <= e < to`.
 * `from = to` was never visible to anyone.
 */
export type ChunkMember = {
  /** Point id in the index; unique over documents, contents and epochs. */
  readonly id: string;
  readonly key: string;
  readonly chunk: Chunk;
  readonly context: ChunkContext;
  readonly from: number;
  readonly to: number;
};

/**
 * Identity of a chunk's content within its document: the text, its frame and headings, and the
 * metadata that is stored with the point. `occurrence` counts equal chunks of one document from 0.
 */
export function chunkKeyOf(chunk: Chunk, context: ChunkContext, occurrence: number): string {
  return hashOf({
    text: chunk.text,
    ...(chunk.frame && { frame: chunk.frame }),
    headingPath: chunk.headingPath,
    url: context.url,
    title: context.title,
    language: context.language,
    publishedAt: context.publishedAt,
    tags: context.tags,
    occurrence,
  });
}

/**
 * A point's identity: content and the epoch of its birth. Deterministic, so that a run taken up
 * again finds its own work; a text that returns after it was closed is a new point, so that the
 * older epochs keep theirs.
 */
export const pointIdOf = (viewId: string, documentId: string, key: string, from: number): string =>
  uuidOf('point', viewId, documentId, key, String(from));

export const contextOf = (
  revision: { readonly id: string; readonly documentId: string; readonly url: string },
  metadata: PostMetadata,
  sourceName: string,
): ChunkContext => ({
  documentId: revision.documentId,
  revisionId: revision.id,
  url: revision.url,
  sourceName,
  title: metadata.title,
  language: metadata.language,
  publishedAt: metadata.publishedAt,
  tags: metadata.tags,
});
