import { CHARSETS, NOINDEX } from './awkward.ts';
import { BLOG_NAME, type Blog, longDate, ORIGIN, type Post, relatedPosts } from './blog.ts';
import { chartPath } from './charts.ts';
import { commentsOf } from './comments.ts';
import { type Markup, markup, scriptJson } from './markup.ts';
import { createPage, type Page } from './page.ts';
import type { Article } from './render-post.ts';

const RELATED_MAX = 3;
const WORDS_PER_MINUTE = 220;

/** The page of a post: the article, and all that blogs put around one. */
export function postPage(blog: Blog, { post, body, chart }: Article): Page {
  const { path, title, description, lang, date } = post;
  const [topic = ''] = post.tags;
  const image = chart === null ? `/images/${post.author.slug}.svg` : chartPath(post);
  const charset = CHARSETS.find(({ slug }) => slug === post.slug);
  const main = markup`<article class="post">
<header class="post-header">
<h1>${title}</h1>
${byline(post, '#comments')}
</header>
${shareLinks(post)}
<div class="post-body">
${body}</div>
<footer class="post-footer">
${tagList(post)}
</footer>
</article>
${authorBox(post)}
${related(blog, post)}
${commentsOf(post)}`;
  return createPage(
    { path, title, description, main },
    {
      lang,
      ogType: 'article',
      crumbs: [
        { path: '/', label: 'Home' },
        { path: `/tags/${topic}/`, label: topic },
      ],
      head: articleHead(post, `${ORIGIN}${image}`),
      charset: charset === undefined ? 'utf-8' : charsetInMeta(charset),
      modified: date,
    },
  );
}

const charsetInMeta = ({ charset, declaredIn }: (typeof CHARSETS)[number]): string | null =>
  declaredIn === 'meta' ? charset : null;

function articleHead(post: Post, image: string): Markup {
  const { title, description, lang, date, tags, author } = post;
  const url = `${ORIGIN}${post.path}`;
  const structured = {
    '@context': 'https://schema.org',
    '@type': 'BlogPosting',
    headline: title,
    description,
    inLanguage: lang,
    datePublished: date,
    dateModified: date,
    author: { '@type': 'Person', name: author.name, url: `${ORIGIN}/authors/${author.slug}/` },
    publisher: { '@type': 'Organization', name: BLOG_NAME, url: `${ORIGIN}/` },
    keywords: tags,
    mainEntityOfPage: url,
    image,
  };
  const tagged = tags.map((tag) => markup`<meta property="article:tag" content="${tag}">\n`);
  return markup`<meta name="author" content="${author.name}">
<meta property="og:image" content="${image}">
<meta property="article:published_time" content="${date}T08:00:00Z">
<meta property="article:author" content="${author.name}">
${tagged}<script type="application/ld+json">${scriptJson(structured)}</script>
`;
}

function byline({ author, date, markdown }: Post, commentsAt: string): Markup {
  const minutes = Math.max(1, Math.round(markdown.split(/\s+/).length / WORDS_PER_MINUTE));
  return markup`<p class="byline">By
<a href="/authors/${author.slug}/" rel="author">${author.name}</a>
· <time datetime="${date}">${longDate(date)}</time>
· ${minutes} min read · <a href="${commentsAt}">Comments</a></p>`;
}

function shareLinks(post: Post): Markup {
  const url = encodeURIComponent(`${ORIGIN}${post.path}`);
  const title = encodeURIComponent(post.title);
  const print = post.slug === NOINDEX.byHeader.slug ? NOINDEX.byHeader.path : null;
  return markup`<ul class="share" aria-label="Share">
<li><a href="https://bsky.app/intent/compose?text=${title}%20${url}" rel="nofollow">Bluesky</a></li>
<li><a href="https://news.ycombinator.com/submitlink?u=${url}" rel="nofollow">Hacker News</a></li>
<li><a href="https://www.linkedin.com/shareArticle?url=${url}" rel="nofollow">LinkedIn</a></li>
<li><a href="mailto:?subject=${title}&amp;body=${url}" rel="nofollow">Send by e-mail</a></li>
${print !== null && markup`<li><a href="${print}">Print version</a></li>\n`}</ul>`;
}

const tagList = ({ tags }: Post): Markup => markup`<p>Filed under:</p>
<ul class="post-tags">
${tags.map((tag) => markup`<li><a href="/tags/${tag}/" rel="tag">${tag}</a></li>\n`)}</ul>`;

const authorBox = ({ author }: Post): Markup => markup`<aside class="author-box">
<img src="/images/${author.slug}.svg" alt="Portrait of ${author.name}" width="96" height="96">
<h2>About the author</h2>
<p>${author.bio} <a href="/authors/${author.slug}/">All posts by ${author.name}</a></p>
</aside>`;

const related = (blog: Blog, post: Post): Markup => markup`<section class="related">
<h2>You may also like</h2>
<ul>
${relatedPosts(blog, post, RELATED_MAX).map(
  ({ path, title, description }) =>
    markup`<li><a href="${path}">${title}</a> <span>${description}</span></li>\n`,
)}</ul>
</section>`;

/** The same words on a page for printers, which says by its header only that it is no page. */
export const printPage = ({ post, body }: Article): string =>
  markup`<!doctype html>
<html lang="${post.lang}">
<head>
<meta charset="utf-8">
<title>${post.title}</title>
<link rel="stylesheet" href="/style.css">
</head>
<body class="print">
<p><a href="${post.path}">${BLOG_NAME}</a></p>
<h1>${post.title}</h1>
${byline(post, `${post.path}#comments`)}
${body}</body>
</html>
`.markup;
