import type { Author } from './authors.ts';

/** Stands in every absolute URL of the files; the site server puts its own origin in its place. */
export const ORIGIN = 'https://slowgradient.example';
export const BLOG_NAME = 'Slow Gradient';
export const TAGLINE = 'Notes from people who keep retrieval systems running';

/** One post as its file has it. */
export type Post = {
  readonly slug: string;
  /** Site path of its page: `/posts/x/`. */
  readonly path: string;
  readonly title: string;
  readonly author: Author;
  /** ISO 8601 date: `2025-02-11`. */
  readonly date: string;
  readonly tags: readonly string[];
  readonly description: string;
  /** BCP 47 primary tag. */
  readonly lang: string;
  readonly markdown: string;
};

/** All posts, newest first, and the same by tag and by author, the tags in alphabetical order. */
export type Blog = {
  readonly posts: readonly Post[];
  readonly byTag: ReadonlyMap<string, readonly Post[]>;
  readonly byAuthor: ReadonlyMap<string, readonly Post[]>;
};

export function createBlog(posts: readonly Post[]): Blog {
  const newestFirst = posts.toSorted((a, b) => compare(b.date, a.date) || compare(a.slug, b.slug));
  const tags = [...new Set(posts.flatMap((post) => post.tags))].toSorted(compare);
  const authors = [...new Set(posts.map((post) => post.author.slug))].toSorted(compare);
  return {
    posts: newestFirst,
    byTag: new Map(tags.map((tag) => [tag, newestFirst.filter((post) => post.tags.includes(tag))])),
    byAuthor: new Map(
      authors.map((slug) => [slug, newestFirst.filter((post) => post.author.slug === slug)]),
    ),
  };
}

/** The posts that share the most tags with a post, the newer ones first among equals. */
export function relatedPosts(blog: Blog, post: Post, countMax: number): readonly Post[] {
  const shared = (other: Post) => other.tags.filter((tag) => post.tags.includes(tag)).length;
  return blog.posts
    .filter((other) => other.slug !== post.slug && other.lang === 'en')
    .toSorted((a, b) => shared(b) - shared(a))
    .slice(0, countMax);
}

/** By code units, so that the order does not depend on the machine's locale. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const MONTHS =
  'January February March April May June July August September October November December';

/** `2025-02-11` as `11 February 2025`. */
export const longDate = (date: string): string => `${Number(date.slice(8))} ${longMonth(date)}`;

/** `2025-02` or a date in it as `February 2025`. */
export function longMonth(date: string): string {
  const [year, month] = date.split('-');
  return `${MONTHS.split(' ')[Number(month) - 1]} ${year}`;
}

/** The date so many days later. */
export const daysAfter = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);
