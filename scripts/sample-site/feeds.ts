import { BLOG_NAME, compare, ORIGIN, type Post, TAGLINE } from './blog.ts';
import { type Markup, markup, trusted } from './markup.ts';
import { mapAddresses } from './parsed-html.ts';
import type { Article } from './render-post.ts';

const POSTS_MAX = 20;

/** The newest posts in three feeds, by file name: RSS and JSON hold their text, Atom does not. */
export function feeds(newestFirst: readonly Article[]): ReadonlyMap<string, string> {
  const newest = newestFirst.slice(0, POSTS_MAX);
  return new Map([
    ['feed.xml', rss(newest)],
    ['atom.xml', atom(newest)],
    ['feed.json', json(newest)],
  ]);
}

/** The article with addresses that hold outside of the site. */
const absolute = ({ post, body }: Pick<Article, 'post' | 'body'>): string =>
  mapAddresses(body.markup, (address) => new URL(address, `${ORIGIN}${post.path}`).href, {
    fragment: true,
  });

const publishedAt = ({ date }: Post): string => `${date}T08:00:00Z`;
const rfc822 = (post: Post): string => new Date(publishedAt(post)).toUTCString();
const cdata = (text: string): Markup =>
  trusted(`<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`);
const newestOf = (posts: readonly Article[]): string =>
  posts
    .map(({ post }) => publishedAt(post))
    .toSorted(compare)
    .at(-1) ?? '1970-01-01T00:00:00Z';

function rss(posts: readonly Article[]): string {
  const entries = posts.map((article) => {
    const { post } = article;
    const categories = post.tags.map((tag) => markup`<category>${tag}</category>\n`);
    const url = `${ORIGIN}${post.path}`;
    return markup`<item>
<title>${post.title}</title>
<link>${url}</link>
<guid isPermaLink="true">${url}</guid>
<pubDate>${rfc822(post)}</pubDate>
<dc:creator>${post.author.name}</dc:creator>
${categories}<description>${post.description}</description>
<content:encoded>${cdata(absolute(article))}</content:encoded>
</item>
`;
  });
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
<title>${BLOG_NAME}</title>
<link>${ORIGIN}/</link>
<description>${TAGLINE}</description>
<language>en</language>
<lastBuildDate>${new Date(newestOf(posts)).toUTCString()}</lastBuildDate>
<atom:link href="${ORIGIN}/feed.xml" rel="self" type="application/rss+xml"/>
${entries}</channel>
</rss>
`.markup;
}

function atom(posts: readonly Article[]): string {
  const entries = posts.map(({ post }) => {
    const categories = post.tags.map((tag) => markup`<category term="${tag}"/>\n`);
    const url = `${ORIGIN}${post.path}`;
    return markup`<entry>
<id>${url}</id>
<title>${post.title}</title>
<link rel="alternate" type="text/html" href="${url}"/>
<published>${publishedAt(post)}</published>
<updated>${publishedAt(post)}</updated>
<author><name>${post.author.name}</name></author>
${categories}<summary>${post.description}</summary>
</entry>
`;
  });
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<id>${ORIGIN}/</id>
<title>${BLOG_NAME}</title>
<subtitle>${TAGLINE}</subtitle>
<link rel="self" href="${ORIGIN}/atom.xml"/>
<link rel="alternate" href="${ORIGIN}/"/>
<updated>${newestOf(posts)}</updated>
${entries}</feed>
`.markup;
}

function json(posts: readonly Article[]): string {
  const feed = {
    version: 'https://jsonfeed.org/version/1.1',
    title: BLOG_NAME,
    description: TAGLINE,
    home_page_url: `${ORIGIN}/`,
    feed_url: `${ORIGIN}/feed.json`,
    language: 'en',
    items: posts.map(jsonEntry),
  };
  return `${JSON.stringify(feed, null, 2)}\n`;
}

const jsonEntry = ({ post, body }: Article) => ({
  id: `${ORIGIN}${post.path}`,
  url: `${ORIGIN}${post.path}`,
  title: post.title,
  summary: post.description,
  content_html: absolute({ post, body }),
  date_published: publishedAt(post),
  authors: [{ name: post.author.name, url: `${ORIGIN}/authors/${post.author.slug}/` }],
  tags: post.tags,
  language: post.lang,
});
