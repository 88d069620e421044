import type { RawPage } from '#ports/page-fetcher.ts';
import { maskHtml } from '../clean/pii/mask-page.ts';
import { maskText } from '../clean/pii/pii.ts';
import type { FeedEntry } from '../discover/feed-entry.ts';
import { type PageReading, readPage } from '../read-post.ts';
import { type CrawlContext, count } from './crawl-context.ts';

/** UTF-16 units of feeds' full texts that one crawl holds; entries beyond are read on their pages. */
const TEXT_LENGTH_MAX = 64_000_000;
/** A feed's text is taken rather than its page's when it has this much more words. */
const FULLER_FACTOR = 1.2;

/**
 * Holds the entries of a feed that come with their full text, and stores them, so that a feed that
 * has not changed can still tell them. Gives their key in the blob store; `null` when there are none.
 */
export async function holdFeedPosts(
  context: CrawlContext,
  entries: readonly FeedEntry[],
): Promise<string | null> {
  const told = entries.filter(({ content }) => content !== null);
  if (told.length === 0) return null;
  const storable = context.source.rules.pii === 'mask' ? told.map(maskEntry) : told;
  hold(context, storable);
  return context.deps.blobs.put(new TextEncoder().encode(JSON.stringify(storable)));
}

function maskEntry(entry: FeedEntry): FeedEntry {
  const mask = (text: string | null) => (text === null ? null : maskText(text).text);
  const content = entry.content === null ? null : maskHtml(entry.content);
  const summary = entry.summary === null ? null : maskHtml(entry.summary);
  return { ...entry, content, summary, title: mask(entry.title), author: mask(entry.author) };
}

/** Holds the entries that were stored under a key when their feed was read. */
export async function recallFeedPosts(context: CrawlContext, key: string | null): Promise<void> {
  if (key === null) return;
  const bytes = await context.deps.blobs.get(key);
  // Our own writing: the key is the hash of what was stored.
  hold(context, JSON.parse(new TextDecoder().decode(bytes)) as readonly FeedEntry[]);
}

function hold(context: CrawlContext, entries: readonly FeedEntry[]): void {
  const { feedPosts } = context;
  let held = 0;
  for (const { content } of feedPosts.values()) held += content?.length ?? 0;
  for (const entry of entries) {
    if (feedPosts.has(entry.url)) continue;
    held += entry.content?.length ?? 0;
    if (held > TEXT_LENGTH_MAX) {
      count(context, 'feedTextsBeyondLimits');
      return;
    }
    feedPosts.set(entry.url, entry);
  }
}

/** The page that a feed's full text makes; `null` when no feed tells it. */
export function feedPageOf({ feedPosts }: CrawlContext, url: string): RawPage | null {
  const entry = feedPosts.get(url);
  if (entry === undefined || entry.content === null) return null;
  return {
    stage: 'raw',
    url,
    status: 200,
    body: new TextEncoder().encode(htmlOf(entry, entry.content)),
    contentType: 'text/html; charset=utf-8',
    etag: null,
    lastModified: null,
    robotsTag: '',
  };
}

/** What a feed tells of a page, when that is more than the page itself gives; else the page. */
export async function fullerReading(
  context: CrawlContext,
  url: string,
  ofPage: PageReading,
): Promise<PageReading> {
  const told = feedPageOf(context, url);
  const { extracted } = ofPage;
  if (told === null || told.body.length < extracted.markdown.length) return ofPage;
  const { deps, source, signal } = context;
  const ofFeed = await readPage(deps.reader, told, source.rules.pii, signal);
  if (ofFeed.extracted.words <= extracted.words * FULLER_FACTOR) return ofPage;
  const { metadata } = ofFeed.extracted;
  return {
    ...ofFeed,
    extracted: {
      ...ofFeed.extracted,
      metadata: {
        ...metadata,
        author: metadata.author ?? extracted.metadata.author,
        publishedAt: metadata.publishedAt ?? extracted.metadata.publishedAt,
        modifiedAt: metadata.modifiedAt ?? extracted.metadata.modifiedAt,
        siteName: metadata.siteName ?? extracted.metadata.siteName,
        description: metadata.description ?? extracted.metadata.description,
        tags: metadata.tags.length > 0 ? metadata.tags : extracted.metadata.tags,
      },
    },
  };
}

function htmlOf(entry: FeedEntry, content: string): string {
  const meta = (name: string, value: string | null) =>
    value === null ? '' : `<meta property="${name}" content="${escaped(value)}">`;
  return [
    `<!doctype html><html${entry.language === null ? '' : ` lang="${escaped(entry.language)}"`}>`,
    `<head><title>${escaped(entry.title ?? entry.url)}</title>`,
    `<base href="${escaped(entry.contentBase ?? entry.url)}">`,
    meta('og:title', entry.title),
    meta('article:author', entry.author),
    meta('article:published_time', entry.publishedAt),
    meta('article:modified_time', entry.modifiedAt),
    ...entry.tags.map((tag) => meta('article:tag', tag)),
    `</head><body><article>${content}</article></body></html>`,
  ].join('');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? '');
