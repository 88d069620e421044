import type { RawPage } from '#ports/page-fetcher.ts';
import type { ExtractedPage } from '#ports/page-reader.ts';

/** A page of which nothing could be read, and why. */
export const givenUp = ({ url }: RawPage, malformed: string): ExtractedPage => ({
  stage: 'extracted',
  url,
  canonical: null,
  refresh: null,
  noindex: false,
  nofollow: false,
  links: [],
  feeds: [],
  markdown: '',
  metadata: {
    title: url,
    author: null,
    publishedAt: null,
    modifiedAt: null,
    language: null,
    siteName: null,
    description: null,
    tags: [],
  },
  words: 0,
  linkShare: 0,
  codeLength: 0,
  asksPassword: false,
  malformed,
});
