import { z } from 'zod';
import { idOf, languageOf, personOf } from './feed-draft.ts';
import {
  ENTRIES_MAX,
  type StatedEntry,
  type StatedFeed,
  type StatedText,
  TAG_LENGTH_MAX,
  TAGS_MAX,
} from './feed-entry.ts';
import { isoDate } from './iso-date.ts';
import { canonicalUrl } from './url.ts';
import { escapeText, MARKUP_LENGTH_MAX } from './xml-markup.ts';

/** A field that is wrong counts as absent: one bad entry does not cost the feed. */
const text = z.string().optional().catch(undefined);
const list = z.array(z.unknown()).optional().catch(undefined);
const person = z.object({ name: text }).optional().catch(undefined);

const feedShape = z.object({
  version: z.string().regex(/^https?:\/\/(?:www\.)?jsonfeed\.org\/version\//),
  title: text,
  language: text,
  author: person,
  authors: list,
  next_url: text,
  items: z.array(z.unknown()),
});
const entryShape = z.object({
  // 1.0 lets ids be numbers.
  id: z
    .union([z.string(), z.number().transform(String)])
    .optional()
    .catch(undefined),
  url: text,
  external_url: text,
  title: text,
  author: person,
  authors: list,
  language: text,
  tags: list,
  content_html: text,
  content_text: text,
  summary: text,
  date_published: text,
  date_modified: text,
});
type Shape = z.infer<typeof entryShape>;

/** JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1); `null` for what is none. Never throws. */
export function readJsonFeed(body: string, base: string): StatedFeed | null {
  const feed = feedShape.safeParse(parseJson(body)).data;
  if (feed === undefined) return null;
  const entries: StatedEntry[] = [];
  let textsRefused = 0;
  for (const stated of feed.items.slice(0, ENTRIES_MAX)) {
    const entry = entryShape.safeParse(stated).data;
    if (entry === undefined) continue;
    const read = entryOf(entry, base);
    if (read.content === null && contentOf(entry) !== null) textsRefused += 1;
    const language = read.language ?? languageOf(feed.language ?? null);
    entries.push({ ...read, author: read.author ?? authorOf(feed), language });
  }
  const next = feed.next_url === undefined ? null : canonicalUrl(feed.next_url, base);
  return {
    title: lineOf(feed.title),
    entries,
    pages: next === null ? [] : [next],
    refused: Math.max(0, feed.items.length - ENTRIES_MAX),
    textsRefused,
  };
}

function entryOf(entry: Shape, base: string): StatedEntry {
  const url = urlOf(entry, base);
  const language = languageOf(entry.language ?? null);
  const stated = (text: string | null): StatedText | null =>
    text === null || text.length > MARKUP_LENGTH_MAX ? null : { text, base: url ?? base, language };
  return {
    url,
    id: idOf(entry.id ?? '', base),
    title: stated(lineOf(entry.title)),
    author: authorOf(entry),
    publishedAt: isoDate(entry.date_published ?? ''),
    modifiedAt: isoDate(entry.date_modified ?? ''),
    language,
    tags: tagsOf(entry.tags),
    content: stated(contentOf(entry)),
    summary: stated(escapeText(entry.summary?.trim() ?? '') || null),
  };
}

function contentOf({ content_html: html, content_text: plain }: Shape): string | null {
  if (html?.trim()) return html.trim();
  if (!plain?.trim()) return null;
  // Lines are all the form that a plain text has.
  const paragraphs = plain.trim().split(/\r?\n[ \t]*\r?\n\s*/);
  return paragraphs.map((one) => `<p>${escapeText(one).replace(/\r?\n/g, '<br>')}</p>`).join('');
}

const lineOf = (said: string | undefined): string | null =>
  said?.replace(/\s+/g, ' ').trim() || null;

/** 1.1 has `authors`, 1.0 had `author`. */
function authorOf({ author, authors }: Pick<Shape, 'author' | 'authors'>): string | null {
  for (const one of [...(authors ?? []), author]) {
    const name = personOf(person.parse(one)?.name ?? '');
    if (name !== null) return name;
  }
  return null;
}

function tagsOf(stated: readonly unknown[] | undefined): readonly string[] {
  const lines = (stated ?? []).map((tag) => (typeof tag === 'string' ? lineOf(tag) : null));
  const tags = lines.filter((tag) => tag !== null && tag.length <= TAG_LENGTH_MAX);
  return [...new Set(tags)].filter((tag) => tag !== null).slice(0, TAGS_MAX);
}

/** An id that is a URL is the entry's own, as the specification recommends. */
function urlOf(entry: Shape, base: string): string | null {
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
    // What is no JSON is no feed, which is all that is asked here.
    return null;
  }
}
