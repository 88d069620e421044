import { z } from 'zod';
import { ENTRIES_MAX, type Feed, type FeedEntry } from './feed-entry.ts';
import { isoDate } from './iso-date.ts';
import { canonicalUrl } from './url.ts';

/** A field that is wrong counts as absent: one bad entry does not cost the feed. */
const text = z.string().optional().catch(undefined);

const feedShape = z.object({
  version: z.string().regex(/^https?:\/\/(?:www\.)?jsonfeed\.org\/version\//),
  next_url: text,
  items: z.array(z.unknown()),
});
const entryShape = z.object({
  id: text,
  url: text,
  external_url: text,
  title: text,
  date_published: text,
  date_modified: text,
});

/** JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1); `null` for what is none. Never throws. */
export function parseJsonFeed(body: string, base: string): Feed | null {
  const feed = feedShape.safeParse(parseJson(body)).data;
  if (feed === undefined) return null;
  const entries: FeedEntry[] = [];
  for (const stated of feed.items.slice(0, ENTRIES_MAX)) {
    const entry = entryShape.safeParse(stated).data;
    const url = entry === undefined ? null : urlOf(entry, base);
    if (entry === undefined || url === null) continue;
    entries.push({
      url,
      title: entry.title?.replace(/\s+/g, ' ').trim() || null,
      publishedAt: isoDate(entry.date_published ?? ''),
      modifiedAt: isoDate(entry.date_modified ?? ''),
    });
  }
  const next = feed.next_url === undefined ? null : canonicalUrl(feed.next_url, base);
  const refused = Math.max(0, feed.items.length - ENTRIES_MAX);
  return { entries, pages: next === null ? [] : [next], refused };
}

/** An id that is a URL is the entry's own, as the specification recommends. */
function urlOf(entry: z.infer<typeof entryShape>, base: string): string | null {
  const isUrl = /^https?:\/\//i.test(entry.id ?? '');
  for (const href of [entry.url, entry.external_url, isUrl ? entry.id : undefined]) {
    const url = href === undefined || href.trim() === '' ? null : canonicalUrl(href, base);
    if (url !== null) return url;
  }
  return null;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body.replace(/^\ufeff/, ''));
  } catch {
    return null;
  }
}
