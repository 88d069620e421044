import type { PostMetadata } from '#domain/document.ts';
import { isoDate } from '../discover/iso-date.ts';
import { classesOf, type DomElement } from './dom.ts';
import { decodeEntities } from './entities.ts';
import { type LinkedPost, readLinkedPost } from './json-ld.ts';
import type { PageFacts } from './page-facts.ts';
import { pageTitle } from './page-title.ts';

const TEXT_LENGTH_MAX = 2_000;
const AUTHOR_LENGTH_MAX = 200;
const TAG_LENGTH_MAX = 100;
const TAGS_MAX = 50;

type Said = { readonly facts: PageFacts; readonly post: LinkedPost | null; readonly url: string };

/** A post's metadata as its page states it. Must run before the document is taken apart. */
export function readMetadata(
  facts: PageFacts,
  url: string,
  post: LinkedPost | null = readLinkedPost(facts.jsonLd),
): PostMetadata {
  const said: Said = { facts, post, url };
  const siteName = oneLine(meta(facts, 'og:site_name', 'application-name') ?? said.post?.siteName);
  const stated = [said.post?.headline, meta(facts, 'og:title', 'twitter:title', 'dc.title')];
  const { title, headings } = facts;
  return {
    title: pageTitle({
      title,
      headings,
      siteName,
      url,
      stated: stated.filter((text) => text !== null && text !== undefined),
    }),
    author: authorOf(said),
    ...datesOf(said),
    language: languageOf(said),
    siteName,
    description: oneLine(
      meta(facts, 'description', 'og:description', 'twitter:description') ?? said.post?.description,
    ),
    tags: tagsOf(said),
  };
}

/** Content of the first `<meta>` that says something, by the order of names. */
function meta({ metas }: PageFacts, ...names: readonly string[]): string | null {
  for (const name of names) {
    const found = metas.find((one) => one.name === name && one.content !== '');
    if (found !== undefined) return decodeEntities(found.content);
  }
  return null;
}

function oneLine(text: string | null | undefined, lengthMax = TEXT_LENGTH_MAX): string | null {
  const line = (text ?? '').replace(/\s+/g, ' ').trim();
  return line === '' || line.length > lengthMax ? null : line;
}

function authorOf({ facts, post }: Said): string | null {
  const metas = meta(facts, 'author', 'article:author', 'parsely-author', 'dc.creator', 'byl');
  const marked = facts.authors.map(({ textContent }) => textContent);
  for (const candidate of [post?.author, metas, ...marked]) {
    const name = oneLine(candidate, AUTHOR_LENGTH_MAX)?.replace(/^by:?\s+/i, '');
    if (name !== undefined && name !== '' && !/^(?:https?:)?\/\/|^@?\S+@\S+$/i.test(name)) {
      return name;
    }
  }
  return null;
}

type Dates = Pick<PostMetadata, 'publishedAt' | 'modifiedAt'>;

const PUBLISHED = [
  'article:published_time',
  'og:article:published_time',
  'datepublished',
  'date',
  'dc.date.issued',
  'dcterms.issued',
  'dcterms.created',
  'dc.date',
  'pubdate',
  'publishdate',
  'publish_date',
  'parsely-pub-date',
  'sailthru.date',
];
const MODIFIED = [
  'article:modified_time',
  'og:article:modified_time',
  'og:updated_time',
  'datemodified',
  'dcterms.modified',
  'last-modified',
];

function datesOf({ facts, post }: Said): Dates {
  const marked = datesOfElements(facts);
  return {
    publishedAt:
      firstDate([post?.datePublished, ...PUBLISHED.map((name) => meta(facts, name))]) ??
      marked.publishedAt,
    modifiedAt:
      firstDate([post?.dateModified, ...MODIFIED.map((name) => meta(facts, name))]) ??
      marked.modifiedAt,
  };
}

function firstDate(texts: readonly (string | null | undefined)[]): string | null {
  for (const text of texts) {
    const date = isoDate(text ?? '');
    if (date !== null) return date;
  }
  return null;
}

const PUBLISHED_CLASSES: ReadonlySet<string> = new Set(
  'dt-published published entry-date post-date pubdate date-published publish-date'.split(' '),
);
const MODIFIED_CLASSES: ReadonlySet<string> = new Set(
  'dt-updated updated modified date-modified last-updated'.split(' '),
);

/** Dates by microdata and class; a lone `<time>` is the page's. Of several unmarked, none is. */
function datesOfElements({ dates, times }: PageFacts): Dates {
  const found = { publishedAt: null as string | null, modifiedAt: null as string | null };
  const unmarked = new Set<string>();
  for (const element of new Set([...dates, ...times])) {
    const date = dateOf(element);
    if (date === null) continue;
    const tokens = [...classesOf(element), element.getAttribute('itemprop') ?? ''].map((token) =>
      token.toLowerCase(),
    );
    const isModified = tokens.some((one) => MODIFIED_CLASSES.has(one) || one === 'datemodified');
    const isPublished = tokens.some((one) => PUBLISHED_CLASSES.has(one) || one === 'datepublished');
    if (isPublished) found.publishedAt ??= date;
    else if (isModified) found.modifiedAt ??= date;
    else unmarked.add(date);
  }
  const [only] = unmarked;
  if (unmarked.size === 1 && only !== undefined) found.publishedAt ??= only;
  return found;
}

const dateOf = (element: DomElement): string | null =>
  firstDate([
    element.getAttribute('datetime'),
    element.getAttribute('content'),
    element.textContent,
  ]);

function languageOf({ facts, post }: Said): string | null {
  const stated = [facts.language, meta(facts, 'content-language'), post?.inLanguage];
  for (const tag of [...stated, meta(facts, 'og:locale')]) {
    const [primary = ''] = (tag ?? '').trim().toLowerCase().split(/[-_,]/);
    if (/^[a-z]{2,3}$/.test(primary) && primary !== 'und') return primary;
  }
  return null;
}

function tagsOf({ facts, post }: Said): readonly string[] {
  const metas = facts.metas.filter(({ name }) => name === 'article:tag');
  const texts = [
    ...metas.map(({ content }) => content),
    ...(post?.keywords ?? []),
    ...facts.tags.map(({ textContent }) => textContent.replace(/^\s*#/, '')),
  ];
  const tags = new Map<string, string>();
  for (const text of texts) {
    const tag = oneLine(text, TAG_LENGTH_MAX);
    if (tag === null || tags.size >= TAGS_MAX) continue;
    const key = tag.toLowerCase();
    if (!tags.has(key)) tags.set(key, tag);
  }
  return [...tags.values()];
}
