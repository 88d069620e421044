import { AUTHORS } from './authors.ts';
import { NAVIGATION_ONLY } from './awkward.ts';
import { BLOG_NAME, type Blog, compare, longDate, longMonth, type Post, TAGLINE } from './blog.ts';
import { type Markup, markup } from './markup.ts';
import { createPage, type Page } from './page.ts';

const POSTS_PER_PAGE = 8;

/** The pages that list posts: home, topics, authors (paged), and the archive. */
export const listPages = (blog: Blog): readonly Page[] => [
  ...homePages(blog),
  topicsPage(blog),
  ...topicPages(blog),
  ...authorPages(blog),
  archivePage(blog),
];

const homePages = ({ posts }: Blog): readonly Page[] =>
  paged(posts, { root: '/', title: BLOG_NAME, description: TAGLINE, lead: markup`` });

const topicPages = ({ byTag }: Blog): readonly Page[] =>
  [...byTag].flatMap(([tag, posts]) =>
    paged(posts, {
      root: `/tags/${tag}/`,
      title: `Posts on ${tag}`,
      description: `All ${posts.length} posts of ${BLOG_NAME} on ${tag}.`,
      lead: markup``,
    }),
  );

const authorPages = ({ byAuthor }: Blog): readonly Page[] =>
  AUTHORS.flatMap((author) => {
    const posts = byAuthor.get(author.slug) ?? [];
    return paged(posts, {
      root: `/authors/${author.slug}/`,
      title: author.name,
      description: `Posts by ${author.name}.`,
      lead: markup`<p class="lead"><img src="/images/${author.slug}.svg"
alt="Portrait of ${author.name}" width="96" height="96"> ${author.bio}</p>`,
    });
  });

type List = {
  /** Site path of the first page; the others stand in `page/2/` and so on under it. */
  readonly root: string;
  readonly title: string;
  readonly description: string;
  readonly lead: Markup;
};

function paged(posts: readonly Post[], { root, title, description, lead }: List): readonly Page[] {
  const count = Math.max(1, Math.ceil(posts.length / POSTS_PER_PAGE));
  const pathOf = (number: number) => (number === 1 ? root : `${root}page/${number}/`);
  return Array.from({ length: count }, (_, at): Page => {
    const number = at + 1;
    const shown = posts.slice(at * POSTS_PER_PAGE, number * POSTS_PER_PAGE);
    const previous = number > 1 ? pathOf(number - 1) : null;
    const next = number < count ? pathOf(number + 1) : null;
    const newer = previous !== null && markup`<a rel="prev" href="${previous}">Newer posts</a>\n`;
    const older = next !== null && markup`<a rel="next" href="${next}">Older posts</a>\n`;
    const numbered = number === 1 ? title : `${title}, page ${number}`;
    const main = markup`<h1>${numbered}</h1>
${number === 1 && lead}
${shown.map(card)}
<nav class="pagination" aria-label="Pages">
${newer}<span>Page ${number} of ${count}</span>
${older}</nav>`;
    const head = markup`${previous !== null && markup`<link rel="prev" href="${previous}">\n`}${
      next !== null && markup`<link rel="next" href="${next}">\n`
    }`;
    return createPage(
      { path: pathOf(number), title: numbered, description, main },
      { head, modified: newest(shown) },
    );
  });
}

const card = ({ path, title, author, date, description, lang }: Post): Markup =>
  markup`<article class="card" lang="${lang}">
<h2><a href="${path}">${title}</a></h2>
<p class="byline">${author.name} · <time datetime="${date}">${longDate(date)}</time></p>
<p>${description}</p>
<p><a class="more" href="${path}">Read on<span class="visually-hidden">: ${title}</span></a></p>
</article>
`;

const newest = (posts: readonly Post[]): string | null =>
  posts
    .map(({ date }) => date)
    .toSorted(compare)
    .at(-1) ?? null;

function topicsPage({ byTag, posts }: Blog): Page {
  const rows = [...byTag].map(
    ([tag, { length }]) => markup`<li><a href="/tags/${tag}/">${tag}</a> (${length})</li>\n`,
  );
  const main = markup`<h1>Topics</h1>
<ul class="index">
${rows}</ul>`;
  const description = `What ${BLOG_NAME} writes about.`;
  return createPage(
    { path: '/tags/', title: 'Topics', description, main },
    { modified: newest(posts) },
  );
}

function archivePage({ posts }: Blog): Page {
  const months = Map.groupBy(posts, ({ date }) => date.slice(0, 7));
  const sections = [...months].map(([month, ofMonth]) => {
    const rows = ofMonth.map(
      ({ path, title }) => markup`<li><a href="${path}">${title}</a></li>\n`,
    );
    return markup`<h2>${longMonth(month)}</h2>
<ul class="index">
${rows}</ul>
`;
  });
  const main = markup`<h1>Archive</h1>\n${sections}`;
  const description = `All posts of ${BLOG_NAME} by month.`;
  return createPage(
    { path: NAVIGATION_ONLY, title: 'Archive', description, main },
    { modified: newest(posts) },
  );
}
