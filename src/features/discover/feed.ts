import type { RawPage } from '#ports/page-fetcher.ts';
import {
  type Draft,
  draftOf,
  entryOf,
  fill,
  isOverlong,
  isText,
  languageOf,
  personOf,
} from './feed-draft.ts';
import {
  ENTRIES_MAX,
  FEED_TEXT_LENGTH_MAX,
  type Feed,
  linkedEntry,
  type StatedEntry,
  type StatedFeed,
} from './feed-entry.ts';
import { markupKindOf, titleOf } from './feed-text.ts';
import { readJsonFeed } from './json-feed.ts';
import { canonicalUrl } from './url.ts';
import type { XmlElement } from './xml-element.ts';
import { walkXml } from './xml-events.ts';
import type { MarkupKind } from './xml-markup.ts';
import { decodeXmlText } from './xml-text.ts';

const PAGES_MAX = 8;

/** RSS 0.9x–2.0, RDF, Atom 0.3 and 1.0, JSON Feed; `null` for what is none. Never throws. */
export function parseFeed(page: RawPage): Feed | null {
  const feed = readFeed(page);
  if (feed === null) return null;
  const entries = feed.entries.map(linkedEntry).filter((entry) => entry !== null);
  return { ...feed, entries };
}

/** As `parseFeed`, with the entries that lead to no page, and with all that is said of texts. */
export function readFeed({ body, contentType, url }: RawPage): StatedFeed | null {
  const text = decodeXmlText(body, contentType);
  const feed = text.trimStart().startsWith('{') ? readJsonFeed(text, url) : readXml(text, url);
  return feed === null ? null : bounded(feed);
}

/** Texts beyond what a feed may hold are left out, those of the last entries first. */
function bounded(feed: StatedFeed): StatedFeed {
  let length = 0;
  let textsRefused = 0;
  const entries = feed.entries.map((entry) => {
    const own = (entry.content?.text.length ?? 0) + (entry.summary?.text.length ?? 0);
    length += own;
    if (own === 0 || length <= FEED_TEXT_LENGTH_MAX) return entry;
    textsRefused += 1;
    return { ...entry, content: null, summary: null };
  });
  return { ...feed, entries, textsRefused: feed.textsRefused + textsRefused };
}

const ROOTS: ReadonlySet<string> = new Set(['rss', 'rdf', 'feed', 'channel']);
const FEED_PARENTS: ReadonlySet<string> = new Set(['channel', 'feed']);
const PAGING: ReadonlySet<string> = new Set(['next', 'prev-archive']);

/** What is known of a feed while it is read. */
type Reading = {
  root: XmlElement | null;
  draft: Draft | null;
  title: string | null;
  author: string | null;
  language: string | null;
  readonly entries: StatedEntry[];
  readonly pages: Set<string>;
  refused: number;
  textsRefused: number;
};

function readXml(text: string, url: string): StatedFeed | null {
  const reading: Reading = {
    root: null,
    draft: null,
    title: null,
    author: null,
    language: null,
    entries: [],
    pages: new Set(),
    refused: 0,
    textsRefused: 0,
  };
  const isWhole = walkXml(text, url, {
    open: (element) => open(reading, element),
    keep: (element) => keep(reading, element),
    close: (element) => close(reading, element),
  });
  const { root, title, author, entries, pages, refused, textsRefused } = reading;
  if (root === null || (!isWhole && entries.length === 0)) return null;
  const language = languageOf(reading.language);
  const completed = entries.map((entry) => ({
    ...entry,
    author: entry.author ?? author,
    language: entry.language ?? language,
  }));
  return { title, entries: completed, pages: [...pages], refused, textsRefused };
}

function open(reading: Reading, element: XmlElement): void {
  // Servers write warnings ahead of their feeds.
  if (reading.root === null && element.depth === 1 && ROOTS.has(element.name)) {
    reading.root = element;
  }
  const isEntry = element.name === 'item' || element.name === 'entry';
  if (reading.draft !== null || !isEntry || element.depth === 1) return;
  if (isCore(reading, element)) reading.draft = draftOf(element);
}

/** Whether an element is of the feed's own vocabulary, whatever the feed says that is. */
const isCore = ({ root }: Reading, { space }: XmlElement): boolean =>
  root !== null && (space === '' || space === 'atom' || space === root.space);

function keep(reading: Reading, element: XmlElement): MarkupKind | null {
  const { draft, root } = reading;
  if (draft === null || element.parent !== draft.element) return null;
  if (!isText(element, isCore(reading, element))) return null;
  const isAtom1 = root?.name === 'feed' && root.attributes.version === undefined;
  return markupKindOf(element, isAtom1);
}

function close(reading: Reading, element: XmlElement): void {
  const { draft } = reading;
  if (draft === null) {
    closeOfFeed(reading, element);
    return;
  }
  const { parent } = element;
  if (parent === draft.element) fill(draft, element, isCore(reading, element));
  else if (isAuthorName(element) && parent?.parent === draft.element) {
    draft.author ??= personOf(element.text);
  }
  if (element !== draft.element) return;
  reading.draft = null;
  if (reading.entries.length >= ENTRIES_MAX) {
    reading.refused += 1;
    return;
  }
  reading.entries.push(entryOf(draft));
  if (isOverlong(draft)) reading.textsRefused += 1;
}

const isAuthorName = ({ name, parent }: XmlElement): boolean =>
  name === 'name' && parent?.name === 'author';

/** What a feed says of itself outside of its entries. */
function closeOfFeed(reading: Reading, element: XmlElement): void {
  const { name, parent, space, text } = element;
  if (isAuthorName(element) && FEED_PARENTS.has(parent?.parent?.name ?? '')) {
    reading.author ??= personOf(text);
  }
  if (parent === null || !FEED_PARENTS.has(parent.name)) return;
  if (name === 'link') addPage(reading.pages, element);
  if (name === 'title' && isCore(reading, element))
    reading.title ??= titleOf(element)?.text ?? null;
  if (name === 'language' && (space === 'dc' || isCore(reading, element))) {
    reading.language ??= text;
  }
}

function addPage(pages: Set<string>, { attributes, base }: XmlElement): void {
  if (!PAGING.has((attributes.rel ?? '').trim().toLowerCase()) || pages.size >= PAGES_MAX) return;
  const url = canonicalUrl(attributes.href ?? '', base);
  if (url !== null) pages.add(url);
}
