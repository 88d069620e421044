import { type StatedEntry, type StatedText, TAG_LENGTH_MAX, TAGS_MAX } from './feed-entry.ts';
import { isFullText, type Stated, statedOf, titleOf } from './feed-text.ts';
import { isoDate } from './iso-date.ts';
import { plainText } from './plain-text.ts';
import { canonicalUrl } from './url.ts';
import type { XmlElement } from './xml-element.ts';

type Link = { readonly href: string; readonly base: string };

/** What is known of an entry while it is open. The first of each kind counts, of dates the last. */
export type Draft = {
  readonly element: XmlElement;
  id: string | null;
  title: Stated | null;
  dublinTitle: Stated | null;
  link: Link | null;
  /** An alternate that says it is something else than HTML. */
  otherLink: Link | null;
  permalink: Link | null;
  author: string | null;
  creator: string | null;
  publishedAt: string | null;
  issuedAt: string | null;
  modifiedAt: string | null;
  /** What the entry says of itself in words, not by `xml:lang`. */
  language: string | null;
  readonly tags: Set<string>;
  content: Stated | null;
  summary: Stated | null;
  /** `description` and `summary` both: the second one is the longer one by custom. */
  secondSummary: Stated | null;
};

export const draftOf = (element: XmlElement): Draft => ({
  element,
  id: idOf(element.attributes['rdf:about'] ?? '', element.base),
  title: null,
  dublinTitle: null,
  // The Channel Definition Format has the link as an attribute.
  link: linkOf(element.attributes.href ?? '', element),
  otherLink: null,
  permalink: urlLinkOf(element.attributes['rdf:about'] ?? '', element),
  author: null,
  creator: null,
  publishedAt: null,
  issuedAt: null,
  modifiedAt: isoDate(element.attributes.lastmod ?? ''),
  language: null,
  tags: new Set(),
  content: null,
  summary: null,
  secondSummary: null,
});

const TEXTS: ReadonlySet<string> = new Set(
  'content fullitem body description summary abstract'.split(' '),
);

/** Whether a child of an entry is a text whose markup counts; `isCore` as in `fill`. */
export function isText({ name, space }: XmlElement, isCore: boolean): boolean {
  if (space === 'content') return name === 'encoded';
  if (space === 'xhtml') return name === 'body' || name === 'div';
  return isCore ? TEXTS.has(name) : space === 'dc' && name === 'description';
}

/** Takes in a child of the entry that has just closed; `isCore` as against another vocabulary's. */
export function fill(draft: Draft, element: XmlElement, isCore: boolean): void {
  const { space } = element;
  if (isText(element, isCore)) fillText(draft, element);
  else if (isCore) fillCore(draft, element);
  else if (space === 'dc' || space === 'dcterms') fillDublinCore(draft, element);
}

function fillText(draft: Draft, element: XmlElement): void {
  const isSummary = /^(?:description|summary|abstract)$/.test(element.name);
  // Content that stands elsewhere is a film or a picture more often than a page.
  if (!isSummary && element.attributes.src !== undefined) return;
  const stated = statedOf(element);
  if (!isSummary) draft.content ??= stated;
  else if (draft.summary === null) draft.summary = stated;
  else draft.secondSummary ??= stated;
}

function fillCore(draft: Draft, element: XmlElement): void {
  const { attributes, base, name, text } = element;
  switch (name) {
    case 'title':
      draft.title ??= titleOf(element);
      return;
    case 'link':
      fillLink(draft, element);
      return;
    case 'guid':
      fillGuid(draft, element);
      return;
    case 'id':
      draft.id ??= idOf(text, base);
      return;
    case 'author':
      // Atom's has a name in it, and more.
      if (element.space !== 'atom') draft.author ??= personOf(text);
      return;
    case 'category':
      addTag(draft, attributes.label ?? attributes.term ?? text);
      return;
    default:
      fillDate(draft, name, text);
  }
}

function fillDate(draft: Draft, name: string, text: string): void {
  const date = isoDate(text);
  if (date === null) return;
  if (name === 'pubdate' || name === 'published') draft.publishedAt = date;
  else if (name === 'issued' || name === 'created') draft.issuedAt = date;
  else if (name === 'updated' || name === 'modified') draft.modifiedAt = date;
}

function fillDublinCore(draft: Draft, { name, text, base, language }: XmlElement): void {
  const said = plainText(text);
  if (name === 'title' && said !== '') draft.dublinTitle ??= { text: said, base, language };
  else if (name === 'creator') draft.creator ??= personOf(text);
  else if (name === 'subject') addTag(draft, text);
  else if (name === 'language') draft.language ??= said;
  else if (name === 'identifier') draft.id ??= said || null;
  else if (name === 'modified') draft.modifiedAt = isoDate(text) ?? draft.modifiedAt;
  else if (name === 'date' || name === 'issued' || name === 'created') {
    draft.issuedAt = isoDate(text) ?? draft.issuedAt;
  }
}

/** `<link>url</link>` of RSS, or `<link rel="alternate" href="url"/>` of Atom. */
function fillLink(draft: Draft, element: XmlElement): void {
  const { attributes, text } = element;
  if (attributes.href === undefined) {
    draft.link ??= linkOf(text, element);
    return;
  }
  const rel = (attributes.rel ?? 'alternate').trim().toLowerCase();
  if (rel !== 'alternate' && rel !== '') return;
  const type = (attributes.type ?? 'text/html').trim().toLowerCase();
  const isPage = type === '' || type === 'text/html' || type === 'application/xhtml+xml';
  if (isPage) draft.link ??= linkOf(attributes.href, element);
  else draft.otherLink ??= linkOf(attributes.href, element);
}

/** A guid is an opaque text unless it is a whole URL, whatever `isPermaLink` is by default. */
function fillGuid(draft: Draft, element: XmlElement): void {
  const { attributes, base, text } = element;
  const isPermalink = (attributes.ispermalink ?? 'true').trim().toLowerCase() !== 'false';
  draft.id ??= isPermalink ? idOf(text, base) : text.trim() || null;
  if (isPermalink) draft.permalink ??= urlLinkOf(text, element);
}

/** A blank reference would be the feed itself. */
const linkOf = (href: string, { base }: XmlElement): Link | null =>
  href.trim() === '' ? null : { href, base };

const urlLinkOf = (text: string, element: XmlElement): Link | null =>
  /^https?:\/\//i.test(text.trim()) ? linkOf(text, element) : null;

/** An id is compared letter by letter and kept so, unless it is plainly a relative reference. */
export function idOf(text: string, base: string): string | null {
  const id = text.trim();
  if (id === '') return null;
  return /^(?:\/|\.\.?\/|[?#])/.test(id) ? (URL.parse(id, base)?.href ?? id) : id;
}

/** The name in `Jane`, `jane@blog.example (Jane)` or `Jane <jane@blog.example>`; no bare address. */
export function personOf(text: string): string | null {
  const said = plainText(text.replaceAll('<', ' &lt;'));
  const inBrackets = /^\S+@\S+ \(([^()]+)\)$/.exec(said)?.[1];
  const beforeAddress = /^([^<>]+) <[^<>\s]+@[^<>\s]+>$/.exec(said)?.[1];
  const name = (inBrackets ?? beforeAddress ?? said).trim();
  return name === '' || /^(?:mailto:)?\S+@\S+$/.test(name) ? null : name;
}

function addTag(draft: Draft, text: string): void {
  const tag = plainText(text);
  if (tag !== '' && tag.length <= TAG_LENGTH_MAX && draft.tags.size < TAGS_MAX) draft.tags.add(tag);
}

/** The entry, once its element has closed. */
export function entryOf(draft: Draft): StatedEntry {
  const { summary, tags, modifiedAt } = draft;
  const content = draft.content ?? draft.secondSummary ?? fullTextOf(draft);
  const title = draft.title ?? draft.dublinTitle;
  return {
    url: urlOf([draft.link, draft.permalink, draft.otherLink]),
    id: draft.id,
    title: statedTextOf(title),
    author: draft.creator ?? draft.author,
    publishedAt: draft.publishedAt ?? draft.issuedAt,
    modifiedAt,
    language: languageOf(nearest(content ?? summary ?? title, draft)),
    tags: [...tags],
    content: statedTextOf(content),
    summary: statedTextOf(summary),
  };
}

function statedTextOf(stated: Stated | null): StatedText | null {
  if (stated === null || stated.text === null) return null;
  const { text, base, language } = stated;
  return { text, base, language: languageOf(language) };
}

/** A text's own language, else what the entry says, else what holds for all of it. */
function nearest(text: Stated | null, { element, language }: Draft): string | null {
  const isOwn = text !== null && text.language !== element.language;
  return isOwn ? text.language : (language ?? element.language);
}

/** Whether a text of the entry was too long to be kept. */
export const isOverlong = ({ content, summary }: Draft): boolean =>
  content?.text === null || summary?.text === null;

/** The description of an RSS entry, when it is the whole post. */
function fullTextOf({ element, summary }: Draft): Stated | null {
  const isRss = element.name === 'item';
  return isRss && summary?.text != null && isFullText(summary.text) ? summary : null;
}

function urlOf(links: readonly (Link | null)[]): string | null {
  for (const link of links) {
    const url = link === null ? null : canonicalUrl(link.href, link.base);
    if (url !== null) return url;
  }
  return null;
}

const LANGUAGE_LENGTH_MAX = 35;

/** A language tag with hyphens, whatever it is written with; `null` for what can be none. */
export function languageOf(said: string | null): string | null {
  const tag = (said ?? '').trim().replaceAll('_', '-');
  const isTag = tag.length <= LANGUAGE_LENGTH_MAX && /^[a-z]{2,8}(?:-[a-z0-9]{1,8})*$/i.test(tag);
  return isTag ? tag : null;
}
