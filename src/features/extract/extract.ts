import type { PostMetadata } from '#domain/document.ts';
import type { StageSpec } from '#domain/feature-view.ts';
import type { RawPage } from '#ports/page-fetcher.ts';
import { normaliseCodeBlocks } from './code-blocks.ts';
import { decodeHtml } from './decode.ts';
import { readCanonical, readDirectives, readFeeds, readLinks, readRefresh } from './directives.ts';
import type { DomDocument } from './dom.ts';
import { dropHeadingIds } from './heading-ids.ts';
import { dropRepeatedAlts } from './images.ts';
import { findMainContent } from './main-content.ts';
import { type Markdown, toMarkdown } from './markdown.ts';
import { readMetadata } from './metadata.ts';
import { type PageReading, readPage } from './read-page.ts';
import { fillRowSpans } from './row-spans.ts';
import { surveyText } from './text-page.ts';

/** What a page holds: its post, and where it leads. */
export type ExtractedPage = {
  readonly stage: 'extracted';
  /** After redirects. */
  readonly url: string;
  /** Plausible `rel=canonical` of the same site, or `null`. May be the page's own URL. */
  readonly canonical: string | null;
  /** Where the page sends its readers by `<meta http-equiv="refresh">`. */
  readonly refresh: string | null;
  readonly noindex: boolean;
  readonly nofollow: boolean;
  /** Canonical, unique, in document order, at most 5,000; none when the page says `nofollow`. */
  readonly links: readonly string[];
  /** Feeds that the page names, canonical. */
  readonly feeds: readonly string[];
  /** Main content as GitHub-flavoured Markdown, without the title. */
  readonly markdown: string;
  readonly metadata: PostMetadata;
  /** Words of the main content outside code blocks, and the share of them that is in links, 0–1. */
  readonly words: number;
  readonly linkShare: number;
  /** Characters of code blocks that are no white space. */
  readonly codeLength: number;
  /** Why the page could not be read; its content is empty then. */
  readonly malformed: string | null;
};

/** Readability, and turndown for the Markdown of what it finds. */
export const EXTRACTOR: StageSpec = { name: 'readability', version: 1 };

/** A refresh within it is a redirect; a later one reloads a page that is meant to be read. */
const REFRESH_DELAY_SECONDS_MAX = 5;

/** Main content, metadata and links of a fetched page. Never throws. */
export function extractPage(page: RawPage): ExtractedPage {
  const html = decodeHtml(page.body, page.contentType);
  const [type = ''] = page.contentType.toLowerCase().split(';');
  if (type.trim() === 'text/plain' || type.trim() === 'text/markdown') {
    return textPage(page, html);
  }
  const xhtml = type.trim() === 'application/xhtml+xml';
  const read = () => readPage(html, page.url, { xhtml });
  const reading = read();
  const metadata = readMetadata(reading.facts, page.url);
  const content = contentOf(reading, metadata.title, read);
  const { noindex, nofollow } = readDirectives(reading.facts, page.robotsTag);
  const refresh = readRefresh(reading.facts, page.url);
  const isRedirect =
    refresh !== null && (refresh.delaySeconds <= REFRESH_DELAY_SECONDS_MAX || content.words === 0);
  return {
    stage: 'extracted',
    url: page.url,
    canonical: readCanonical(reading.facts, page.url),
    refresh: isRedirect ? refresh.url : null,
    noindex,
    nofollow,
    links: nofollow ? [] : readLinks(reading.facts),
    feeds: readFeeds(reading.facts),
    markdown: content.text,
    metadata,
    words: content.words,
    linkShare: content.words === 0 ? 0 : content.linkWords / content.words,
    codeLength: content.codeLength,
    malformed: content.malformed,
  };
}

/** A page of plain text or Markdown is a post as it stands. */
const textPage = (page: RawPage, markdown: string): ExtractedPage => ({
  stage: 'extracted',
  url: page.url,
  canonical: null,
  refresh: null,
  ...readDirectives({ metas: [] }, page.robotsTag),
  links: [],
  feeds: [],
  markdown,
  ...surveyText(markdown, page.url),
  linkShare: 0,
  malformed: null,
});

type Content = Markdown & { readonly malformed: string | null };

const NO_CONTENT: Content = {
  text: '',
  words: 0,
  linkWords: 0,
  codeLength: 0,
  malformed: null,
};

function contentOf(reading: PageReading, title: string, read: () => PageReading): Content {
  if (reading.malformed !== null) return { ...NO_CONTENT, malformed: reading.malformed };
  const document = documentOf(reading);
  const main = findMainContent({ document, title, readAgain: () => documentOf(read()).body });
  if (main.kind === 'failed') return { ...NO_CONTENT, malformed: main.reason };
  if (main.kind === 'none') return NO_CONTENT;
  try {
    dropRepeatedAlts(main.element, title);
    fillRowSpans(document, main.element);
    const markdown = toMarkdown(main.element, { base: reading.facts.base, title });
    return { ...markdown, malformed: null };
  } catch (cause) {
    // Turndown recurses and matches without bounds; a page that is too much for it is given up.
    const reason = cause instanceof Error ? cause.message : String(cause);
    return { ...NO_CONTENT, malformed: `its content cannot be written as Markdown (${reason})` };
  }
}

function documentOf({ document, codeBlocks }: PageReading): DomDocument {
  normaliseCodeBlocks(document, codeBlocks);
  dropHeadingIds(document);
  return document;
}
