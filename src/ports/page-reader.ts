import type { PostMetadata } from '../domain/document.ts';
import type { RawPage } from './page-fetcher.ts';

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
  /** The page asks for a password and shows little else. */
  readonly asksPassword: boolean;
  /** Why the page could not be read; its content is empty then. */
  readonly malformed: string | null;
};

/** Reads main content, metadata and links out of fetched pages, within bounds of time and memory. */
export interface PageReader {
  /** Rejects only with `cancelled`: a page that is too much to read is `malformed`. */
  read(page: RawPage, signal: AbortSignal): Promise<ExtractedPage>;
}
