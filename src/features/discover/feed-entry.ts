export type FeedEntry = {
  /** Canonical. */
  readonly url: string;
  readonly title: string | null;
  /** ISO 8601. */
  readonly publishedAt: string | null;
  readonly modifiedAt: string | null;
};

export type Feed = {
  /** In the feed's order; entries that lead to no page are left out. */
  readonly entries: readonly FeedEntry[];
  /** Further pages of the same feed (RFC 5005, JSON Feed's `next_url`), canonical. */
  readonly pages: readonly string[];
  /** Entries beyond `ENTRIES_MAX`. */
  readonly refused: number;
};

/** Entries of one feed; more are refused. */
export const ENTRIES_MAX = 50_000;
