import type { StageSpec } from '#domain/feature-view.ts';
import type { RawPage } from '#ports/page-fetcher.ts';
import type { ExtractedPage } from '#ports/page-reader.ts';
import { readContent } from './content.ts';
import { decodeHtml } from './decode.ts';
import { readCanonical, readDirectives, readFeeds, readLinks, readRefresh } from './directives.ts';
import { readLinkedPost } from './json-ld.ts';
import { readMetadata } from './metadata.ts';
import { readPage } from './read-page.ts';
import { readMarkdown, readPlainText, type TextPage } from './text-page.ts';

/** Readability, and turndown for the Markdown of what it finds. */
export const EXTRACTOR: StageSpec = { name: 'readability', version: 2 };

/** A page with more to read than this is no form to sign in. */
const SIGN_IN_WORDS_MAX = 150;

/** A refresh within it is a redirect; a later one reloads a page that is meant to be read. */
const REFRESH_DELAY_SECONDS_MAX = 5;

/** Main content, metadata and links of a fetched page. Never throws. */
export function extractPage(page: RawPage): ExtractedPage {
  const html = decodeHtml(page.body, page.contentType);
  const type = typeOf(page.contentType);
  if (type === 'text/markdown' || (type === 'text/plain' && isMarkdownFile(page.url))) {
    return textPage(page, readMarkdown(html, page.url));
  }
  if (type === 'text/plain') return textPage(page, readPlainText(html, page.url));
  const xhtml = type === 'application/xhtml+xml';
  const read = () => readPage(html, page.url, { xhtml });
  const reading = read();
  const post = readLinkedPost(reading.facts.jsonLd);
  const metadata = readMetadata(reading.facts, page.url, post);
  const content = readContent(reading, { url: page.url, metadata, body: post?.body ?? null, read });
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
    asksPassword: reading.asksPassword && content.words <= SIGN_IN_WORDS_MAX,
    malformed: content.malformed,
  };
}

const typeOf = (contentType: string): string =>
  (contentType.split(';')[0] ?? '').trim().toLowerCase();

/** Hosts of source code call all their text plain. */
const isMarkdownFile = (url: string): boolean =>
  /\.(?:md|markdown|mdown|mkd)$/i.test(URL.parse(url)?.pathname ?? '');

function textPage(page: RawPage, text: TextPage): ExtractedPage {
  const { markdown, metadata, targets, words, linkWords, codeLength } = text;
  const { noindex, nofollow } = readDirectives({ metas: [] }, page.robotsTag);
  return {
    stage: 'extracted',
    url: page.url,
    canonical: null,
    refresh: null,
    noindex,
    nofollow,
    links: nofollow ? [] : readLinks({ anchors: targets, base: page.url }),
    feeds: [],
    markdown,
    metadata,
    words,
    linkShare: words === 0 ? 0 : Math.min(1, linkWords / words),
    codeLength,
    asksPassword: false,
    malformed: null,
  };
}
