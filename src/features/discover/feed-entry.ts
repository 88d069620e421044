export type FeedEntry = {
  /** Canonical. */
  readonly url: string;
  /** As the feed has it, absolute when it is a relative reference; no URL that may be visited. */
  readonly id: string | null;
  /** Plain text. */
  readonly title: string | null;
  readonly author: string | null;
  /** ISO 8601. */
  readonly publishedAt: string | null;
  readonly modifiedAt: string | null;
  /** BCP 47, of the first there is of full text, summary and title. */
  readonly language: string | null;
  /** Unique, in the feed's order. */
  readonly tags: readonly string[];
  /** The full text as HTML, not cleaned and its references not resolved; `null` without one. */
  readonly content: string | null;
  /** What references in the full text are resolved against; `null` without one. */
  readonly contentBase: string | null;
  /** What the feed gives as a summary or teaser, as HTML. */
  readonly summary: string | null;
};

/** A text of an entry: plain as a title, HTML as a content or a summary. */
export type StatedText = {
  readonly text: string;
  /** What references in it are resolved against. */
  readonly base: string;
  /** BCP 47; `null` when it is not stated, or stated to be none. */
  readonly language: string | null;
};

/** An entry with all that is said of its texts, which need not lead to a page. */
export type StatedEntry = Pick<
  FeedEntry,
  'id' | 'author' | 'publishedAt' | 'modifiedAt' | 'language' | 'tags'
> & {
  readonly url: string | null;
  readonly title: StatedText | null;
  readonly content: StatedText | null;
  readonly summary: StatedText | null;
};

export type StatedFeed = {
  /** Plain text. */
  readonly title: string | null;
  /** In the feed's order. */
  readonly entries: readonly StatedEntry[];
  /** Further pages of the same feed (RFC 5005, JSON Feed's `next_url`), canonical. */
  readonly pages: readonly string[];
  /** Entries beyond `ENTRIES_MAX`. */
  readonly refused: number;
  /** Texts beyond `MARKUP_LENGTH_MAX` or, together, `FEED_TEXT_LENGTH_MAX`; they are `null`. */
  readonly textsRefused: number;
};

export type Feed = Omit<StatedFeed, 'entries'> & {
  /** In the feed's order; entries that lead to no page are left out. */
  readonly entries: readonly FeedEntry[];
};

/** Entries of one feed; more are refused. */
export const ENTRIES_MAX = 50_000;
/** UTF-16 units of the full texts and summaries of one feed. */
export const FEED_TEXT_LENGTH_MAX = 64_000_000;
/** Tags of one entry, and UTF-16 units of each; more are none. */
export const TAGS_MAX = 64;
export const TAG_LENGTH_MAX = 200;

/** The entry as those need it who visit its page; `null` when it has none. */
export function linkedEntry({ url, ...entry }: StatedEntry): FeedEntry | null {
  if (url === null) return null;
  const { content, summary, title } = entry;
  return {
    ...entry,
    url,
    title: title?.text ?? null,
    content: content?.text ?? null,
    contentBase: content?.base ?? null,
    summary: summary?.text ?? null,
  };
}
