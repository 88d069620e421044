import type { PostMetadata } from '#domain/document.ts';
import type { StageSpec } from '#domain/feature-view.ts';
import { canonicalUrl } from '../discover/url.ts';
import type { ExtractedPage } from '../extract/extract.ts';

/** A post whose text is as it will be stored. */
export type CleanPost = {
  readonly stage: 'clean';
  readonly url: string;
  readonly markdown: string;
  readonly metadata: PostMetadata;
  /** Words outside code blocks, and the share of them that is in links, 0–1. */
  readonly words: number;
  readonly linkShare: number;
  /** Characters of code blocks that are no white space. */
  readonly codeLength: number;
};

export const CLEANER: StageSpec = { name: 'markdown', version: 1 };

/**
 * Unicode in NFC, lines ended by `\n`, no control characters, and outside of code fences no
 * invisible ones, no trailing space, at most one blank line, no tracking parameters in links. Code
 * keeps every space. Never throws.
 */
export function clean(page: ExtractedPage): CleanPost {
  const { url, metadata, words, linkShare, codeLength } = page;
  return {
    stage: 'clean',
    url,
    markdown: cleanMarkdown(page.markdown),
    metadata: cleanMetadata(metadata),
    words,
    linkShare,
    codeLength,
  };
}

/** Line breaks and tabs are text; the other control characters are not, nor can Postgres store NUL. */
const CONTROL = /(?![\t\n])\p{Cc}/gu;
/** Soft hyphen, zero-width space, word joiner, byte-order mark, direction marks. */
const INVISIBLE = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g;
const FENCE = /^\s*(`{3,}|~{3,})/;

export function cleanMarkdown(markdown: string): string {
  const lines = plainText(markdown).split('\n');
  const kept: string[] = [];
  let fence: string | null = null;
  for (const line of lines) {
    const marker = FENCE.exec(line)?.[1];
    const isCode = fence !== null;
    if (marker !== undefined) fence = nextFence(fence, marker, line);
    if (isCode && fence !== null) {
      kept.push(line);
      continue;
    }
    const prose = cleanLine(line);
    if (prose !== '' || (kept.length > 0 && kept.at(-1) !== '')) kept.push(prose);
  }
  return kept.join('\n').trimEnd();
}

/** A fence is closed by its own character, at least as often, and nothing after it. */
function nextFence(open: string | null, marker: string, line: string): string | null {
  if (open === null) return marker;
  const closes = marker.startsWith(open) && line.trim() === marker;
  return closes ? null : open;
}

const plainText = (text: string): string =>
  text
    .toWellFormed()
    .normalize('NFC')
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(CONTROL, '');

const cleanLine = (line: string): string =>
  line
    .replace(INVISIBLE, '')
    .replaceAll('\u00a0', ' ')
    .replace(/\]\((https?:[^\s()<>]+)\)/g, (_whole, href: string) => `](${withoutTracking(href)})`)
    .trimEnd();

function withoutTracking(href: string): string {
  if (!href.includes('?')) return href;
  const { hash } = new URL(href, 'http://unused.invalid');
  return (canonicalUrl(href, href) ?? href) + hash;
}

function cleanMetadata(metadata: PostMetadata): PostMetadata {
  const line = (text: string) => plainText(text).replace(INVISIBLE, '').replace(/\s+/g, ' ').trim();
  const optional = (text: string | null) => (text === null ? null : line(text) || null);
  return {
    ...metadata,
    title: line(metadata.title),
    author: optional(metadata.author),
    siteName: optional(metadata.siteName),
    description: optional(metadata.description),
    tags: metadata.tags.map(line).filter((tag) => tag !== ''),
  };
}
