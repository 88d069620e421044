import type { FeedEntry } from '#features/discover/feed-entry.ts';
import type { SitemapUrl } from '#features/discover/sitemap.ts';

/** An entry that says nothing. */
export const EMPTY_ENTRY: FeedEntry = {
  url: '',
  id: null,
  title: null,
  author: null,
  publishedAt: null,
  modifiedAt: null,
  language: null,
  tags: [],
  content: null,
  contentBase: null,
  summary: null,
};

/** A listed page of which nothing else is said. */
export const bareUrl = (url: string): SitemapUrl => ({
  url,
  modifiedAt: null,
  publishedAt: null,
  title: null,
  language: null,
  tags: [],
});
