import type { PostMetadata } from '#domain/document.ts';
import type { StageSpec } from '#domain/feature-view.ts';
import type { ExtractedPage } from '#ports/page-reader.ts';
import { canonicalUrl } from '../discover/url.ts';
import { createFenceReader } from '../extract/code-fences.ts';

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
  /** The page asks for a password and shows little else. */
  readonly asksPassword: boolean;
};

export const CLEANER: StageSpec = { name: 'markdown', version: 2 };

/**
 * Unicode in NFC, lines ended by `\n`, no control characters, and outside of code fences no
 * invisible ones, no trailing space but hard breaks, at most one blank line, no tracking parameters
 * in links. Code keeps every space. What is clean stays as it is. Never throws.
 */
export function clean(page: ExtractedPage): CleanPost {
  const { url, metadata, words, linkShare, codeLength, asksPassword } = page;
  return {
    stage: 'clean',
    url,
    markdown: cleanMarkdown(page.markdown),
    metadata: cleanMetadata(metadata, url),
    words,
    linkShare,
    codeLength,
    asksPassword,
  };
}

/** Line breaks and tabs are text; the other control characters are not, nor can Postgres store NUL. */
const CONTROL = /(?![\t\n])\p{Cc}/gu;
/** Soft hyphen, zero-width space, word joiner, byte-order mark, direction marks. */
const INVISIBLE = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g;

export function cleanMarkdown(markdown: string): string {
  const fences = createFenceReader();
  const kept: string[] = [];
  for (const line of plainText(markdown).split('\n')) {
    const prose = cleanLine(line);
    const kind = fences.read(line, () => prose);
    if (kind === 'code') kept.push(line);
    else if (prose !== '') kept.push(prose);
    else endParagraph(kept);
  }
  endParagraph(kept);
  return kept.join('\n').trimEnd();
}

/** A paragraph is ended by one blank line, and not by a hard break. */
function endParagraph(kept: string[]): void {
  const last = kept.pop();
  if (last === undefined) return;
  kept.push(last.trimEnd());
  if (last !== '') kept.push('');
}

/** Composed last: what is dropped may have stood between a letter and its accent. */
const plainText = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(CONTROL, '')
    .normalize('NFC');

/** Two blanks at the end are Markdown's line break; other ones are nothing. */
function cleanLine(line: string): string {
  const seen = line.replace(INVISIBLE, '').normalize('NFC');
  const text = seen
    .replaceAll('\u00a0', ' ')
    .replace(/\]\((https?:[^\s()<>]+)\)/g, (_all, href: string) => `](${withoutTracking(href)})`)
    .replace(/\]\(<(https?:[^\s<>]+)>\)/g, (_all, href: string) => `](<${withoutTracking(href)}>)`)
    .trimEnd();
  return text !== '' && seen.endsWith('  ') ? `${text}  ` : text;
}

/** What cannot be read as a URL stays as it is written. */
function withoutTracking(href: string): string {
  if (!href.includes('?')) return href;
  const canonical = canonicalUrl(href, href);
  return canonical === null ? href : canonical + (URL.parse(href)?.hash ?? '');
}

function cleanMetadata(metadata: PostMetadata, url: string): PostMetadata {
  const line = (text: string) => plainText(text.replace(INVISIBLE, '')).replace(/\s+/g, ' ').trim();
  const optional = (text: string | null) => (text === null ? null : line(text) || null);
  return {
    ...metadata,
    title: line(metadata.title) || url,
    author: optional(metadata.author),
    siteName: optional(metadata.siteName),
    description: optional(metadata.description),
    tags: [...new Set(metadata.tags.map(line))].filter((tag) => tag !== ''),
  };
}
