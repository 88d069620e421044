import type { DomElement } from './dom.ts';

type PageMeta = {
  /** `name`, `property`, `itemprop` or `http-equiv`, in lower case. */
  readonly name: string;
  readonly content: string;
};

type PageLink = {
  readonly rel: readonly string[];
  readonly href: string;
  /** In lower case, without parameters. */
  readonly type: string;
};

/** What a page says beside its text. */
export type PageFacts = {
  /** What its references are relative to (`<base href>`, else its own URL). */
  readonly base: string;
  readonly language: string | null;
  /** The first `<title>`, as it stands. */
  readonly title: string;
  readonly metas: readonly PageMeta[];
  /** `<link>` elements. */
  readonly links: readonly PageLink[];
  /** Sources of JSON-LD scripts. */
  readonly jsonLd: readonly string[];
  /** `href` of `<a>` and `<area>`, also of hidden ones. */
  readonly anchors: readonly string[];
  /** Elements of the document by what they say. */
  readonly headings: readonly DomElement[];
  readonly times: readonly DomElement[];
  readonly authors: readonly DomElement[];
  readonly tags: readonly DomElement[];
  readonly dates: readonly DomElement[];
  readonly bodies: readonly DomElement[];
};

type Marked = 'headings' | 'times' | 'authors' | 'tags' | 'dates' | 'bodies';

export type FactsReader = {
  /** An element that is not dropped; it may be hidden. */
  open(name: string, attributes: Attributes): void;
  openDropped(name: string, attributes: Attributes): void;
  kept(name: string, attributes: Attributes, node: DomElement): void;
  close(name: string): void;
  /** Takes text that is no part of the document. Says whether it did. */
  text(piece: string): boolean;
  facts(): PageFacts;
};

type Attributes = Readonly<Record<string, string>>;

/** Most of each kind that is kept, and longest text of each. */
const FACTS_MAX = 500;
const ANCHORS_MAX = 50_000;
const TITLE_LENGTH_MAX = 2_048;
const CONTENT_LENGTH_MAX = 8_192;
const JSON_LENGTH_MAX = 1_048_576;

export function createFactsReader(url: string): FactsReader {
  let base: string | null = null;
  let language: string | null = null;
  let title: string | null = null;
  let json: string | null = null;
  let inTitle = false;
  const metas: PageMeta[] = [];
  const links: PageLink[] = [];
  const jsonLd: string[] = [];
  const anchors: string[] = [];
  const marked: Record<Marked, DomElement[]> = {
    headings: [],
    times: [],
    authors: [],
    tags: [],
    dates: [],
    bodies: [],
  };

  return {
    open(name, attributes) {
      if (name === 'html') language ??= attributes.lang ?? attributes['xml:lang'] ?? null;
      const href = name === 'a' || name === 'area' ? attributes.href : undefined;
      if (href !== undefined && anchors.length < ANCHORS_MAX) anchors.push(href);
    },
    openDropped(name, attributes) {
      if (name === 'title') [inTitle, title] = [title === null, title ?? ''];
      if (name === 'base' && attributes.href !== undefined) {
        base ??= URL.parse(attributes.href.trim(), url)?.href ?? null;
      }
      if (name === 'area' && attributes.href !== undefined) anchors.push(attributes.href);
      if (name === 'meta') addTo(metas, metasOf(attributes));
      if (name === 'link') addTo(links, linkOf(attributes));
      if (name === 'script') json = isJsonLd(attributes) ? '' : null;
    },
    kept(name, { rel = '', itemprop = '' }, node) {
      const rels = tokensOf(rel);
      const props = tokensOf(itemprop);
      if (name === 'h1') addTo(marked.headings, [node]);
      if (name === 'time') addTo(marked.times, [node]);
      if (rels.includes('author') || props.includes('author')) addTo(marked.authors, [node]);
      if (name === 'a' && rels.includes('tag')) addTo(marked.tags, [node]);
      if (props.includes('datepublished') || props.includes('datemodified')) {
        addTo(marked.dates, [node]);
      }
      if (props.includes('articlebody')) addTo(marked.bodies, [node]);
    },
    close(name) {
      if (name === 'title') inTitle = false;
      if (name !== 'script' || json === null) return;
      addTo(jsonLd, [json]);
      json = null;
    },
    text(piece) {
      if (json !== null) {
        if (json.length < JSON_LENGTH_MAX) json += piece;
        return true;
      }
      if (!inTitle) return false;
      title = ((title ?? '') + piece).slice(0, TITLE_LENGTH_MAX);
      return true;
    },
    facts: () => ({
      base: base ?? url,
      language,
      title: title ?? '',
      metas,
      links,
      jsonLd,
      anchors,
      ...marked,
    }),
  };
}

function addTo<Fact>(facts: Fact[], found: readonly Fact[]): void {
  if (facts.length < FACTS_MAX) facts.push(...found);
}

const tokensOf = (text: string): readonly string[] =>
  text === '' ? [] : text.slice(0, CONTENT_LENGTH_MAX).toLowerCase().split(/\s+/);

const isJsonLd = ({ type = '' }: Attributes): boolean =>
  type.split(';')[0]?.trim().toLowerCase() === 'application/ld+json';

function metasOf(attributes: Attributes): readonly PageMeta[] {
  const { content } = attributes;
  if (content === undefined || content.length > CONTENT_LENGTH_MAX) return [];
  const names = ['name', 'property', 'itemprop', 'http-equiv'].flatMap((key) => {
    const name = attributes[key];
    return name === undefined ? [] : tokensOf(name.trim());
  });
  return [...new Set(names)].map((name) => ({ name, content: content.trim() }));
}

function linkOf({ rel, href, type = '' }: Attributes): readonly PageLink[] {
  if (rel === undefined || href === undefined || href.length > CONTENT_LENGTH_MAX) return [];
  const [kind = ''] = type.toLowerCase().split(';');
  return [{ rel: tokensOf(rel), href, type: kind.trim() }];
}
