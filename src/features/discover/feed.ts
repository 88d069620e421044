import type { RawPage } from '#ports/page-fetcher.ts';
import { decodeXml } from '../extract/decode.ts';
import { ENTRIES_MAX, type Feed, type FeedEntry } from './feed-entry.ts';
import { isoDate } from './iso-date.ts';
import { parseJsonFeed } from './json-feed.ts';
import { plainText } from './plain-text.ts';
import { canonicalUrl } from './url.ts';
import { walkXml, type XmlElement } from './xml-events.ts';

const PAGES_MAX = 8;

/** RSS 0.9x–2.0, RDF, Atom 0.3 and 1.0, JSON Feed; `null` for what is none. Never throws. */
export function parseFeed(page: RawPage): Feed | null {
  const text = decodeXml(page.body, page.contentType);
  const start = text.trimStart();
  return start.startsWith('{') ? parseJsonFeed(text, page.url) : parseXmlFeed(text, page.url);
}

const ROOTS: ReadonlySet<string> = new Set(['rss', 'rdf', 'feed', 'channel']);
const FEED_PARENTS: ReadonlySet<string> = new Set(['channel', 'feed']);
const PAGING: ReadonlySet<string> = new Set(['next', 'prev-archive']);

type Link = { readonly href: string; readonly base: string };

/** What is known of an entry while it is open. The first of each kind counts. */
type Draft = {
  readonly element: XmlElement;
  title: string | null;
  dublinTitle: string | null;
  link: Link | null;
  /** An alternate that says it is something else than HTML. */
  otherLink: Link | null;
  permalink: Link | null;
  publishedAt: string | null;
  issuedAt: string | null;
  modifiedAt: string | null;
};

function parseXmlFeed(text: string, url: string): Feed | null {
  const entries: FeedEntry[] = [];
  const pages = new Set<string>();
  let root: XmlElement | null = null;
  let draft: Draft | null = null;
  let refused = 0;
  const isRead = walkXml(text, url, {
    open(element) {
      // Servers write warnings ahead of their feeds, and a DTD may hold elements.
      if (root === null && element.depth === 1 && ROOTS.has(element.name)) root = element;
      const isEntry = element.name === 'item' || element.name === 'entry';
      if (draft === null && isEntry && element.depth > 1 && root && isCore(element, root)) {
        draft = draftOf(element);
      }
    },
    close(element) {
      if (draft === null) addPage(pages, element);
      else if (element.parent === draft.element) fill(draft, element, root);
      if (element !== draft?.element) return;
      const entry = entryOf(draft);
      draft = null;
      if (entry !== null && entries.length < ENTRIES_MAX) entries.push(entry);
      else if (entry !== null) refused += 1;
    },
  });
  return isRead && root !== null ? { entries, pages: [...pages], refused } : null;
}

/** Whether an element is of the feed's own vocabulary, whatever the feed says that is. */
const isCore = ({ space }: XmlElement, root: XmlElement | null): boolean =>
  space === '' || space === 'atom' || space === root?.space;

const draftOf = (element: XmlElement): Draft => ({
  element,
  title: null,
  dublinTitle: null,
  link: null,
  otherLink: null,
  permalink: null,
  publishedAt: null,
  issuedAt: null,
  modifiedAt: null,
});

function addPage(pages: Set<string>, element: XmlElement): void {
  const { name, attributes, parent, base } = element;
  if (name !== 'link' || parent === null || !FEED_PARENTS.has(parent.name)) return;
  if (!PAGING.has((attributes.rel ?? '').trim().toLowerCase()) || pages.size >= PAGES_MAX) return;
  const url = canonicalUrl(attributes.href ?? '', base);
  if (url !== null) pages.add(url);
}

function fill(draft: Draft, element: XmlElement, root: XmlElement | null): void {
  const { space } = element;
  if (space === 'dc' || space === 'dcterms') fillDublinCore(draft, element);
  if (!isCore(element, root)) return;
  switch (element.name) {
    case 'title':
      draft.title ??= titleOf(element);
      return;
    case 'link':
      fillLink(draft, element);
      return;
    case 'guid':
      if ((element.attributes.ispermalink ?? 'true').trim().toLowerCase() !== 'false') {
        draft.permalink ??= permalinkOf(element);
      }
      return;
    case 'pubdate':
    case 'published':
      draft.publishedAt ??= isoDate(element.text);
      return;
    case 'issued':
    case 'created':
      draft.issuedAt ??= isoDate(element.text);
      return;
    case 'updated':
    case 'modified':
      draft.modifiedAt ??= isoDate(element.text);
  }
}

function fillDublinCore(draft: Draft, { name, text }: XmlElement): void {
  if (name === 'title') draft.dublinTitle ??= plainText(text) || null;
  if (name === 'modified') draft.modifiedAt ??= isoDate(text);
  if (name === 'date' || name === 'issued' || name === 'created') draft.issuedAt ??= isoDate(text);
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

/** A blank reference would be the feed itself. */
const linkOf = (href: string, { base }: XmlElement): Link | null =>
  href.trim() === '' ? null : { href, base };

/** A guid is an opaque text unless it is a whole URL, whatever `isPermaLink` is by default. */
const permalinkOf = (element: XmlElement): Link | null =>
  /^https?:\/\//i.test(element.text.trim()) ? linkOf(element.text, element) : null;

/** RSS titles are HTML by custom; Atom's are what their type says, plain text without one. */
function titleOf({ text, attributes, space }: XmlElement): string | null {
  const type = (attributes.type ?? '').toLowerCase();
  const isPlain = space === 'atom' && (type === '' || type === 'text' || type === 'text/plain');
  const isXml = space === 'atom' && (type === 'xhtml' || type === 'application/xhtml+xml');
  const title = isPlain || isXml ? text.replace(/\s+/g, ' ').trim() : plainText(text);
  return title === '' ? null : title;
}

function entryOf(draft: Draft): FeedEntry | null {
  const links = [draft.link, draft.permalink, draft.otherLink];
  for (const link of links) {
    const url = link === null ? null : canonicalUrl(link.href, link.base);
    if (url === null) continue;
    const publishedAt = draft.publishedAt ?? draft.issuedAt;
    const title = draft.title ?? draft.dublinTitle;
    return { url, title, publishedAt, modifiedAt: draft.modifiedAt };
  }
  return null;
}
