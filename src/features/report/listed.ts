import type { Listed } from '#domain/crawl-summary.ts';

/** The first entries of a list, and how many more there are. */
export const listed = <T>(entries: readonly T[], shownMax: number): Listed<T> => ({
  shown: entries.slice(0, shownMax),
  more: Math.max(0, entries.length - shownMax),
});

/** Keeps a sort by one number, then by URL, the same on every machine. */
export const byUrl = (one: { readonly url: string }, other: { readonly url: string }): number =>
  one.url < other.url ? -1 : one.url > other.url ? 1 : 0;
