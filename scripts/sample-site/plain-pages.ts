import { AUTHORS } from './authors.ts';
import { FORBIDDEN, NOINDEX, STUB } from './awkward.ts';
import { BLOG_NAME, ORIGIN } from './blog.ts';
import { type Markup, markup } from './markup.ts';
import { createPage, type Page } from './page.ts';

/** The pages that are neither posts nor lists of them. */
export const plainPages = (modified: string): readonly Page[] => [
  createPage(
    {
      path: '/about/',
      title: 'About',
      description: `Who writes ${BLOG_NAME}, and why.`,
      main: ABOUT,
    },
    { modified },
  ),
  createPage(
    {
      path: NOINDEX.byMeta,
      title: 'Reader survey 2026',
      description: 'Nine questions to those who read us.',
      main: SURVEY,
    },
    { robots: 'noindex, follow' },
  ),
  createPage({
    path: FORBIDDEN,
    title: 'What we would pin (draft)',
    description: 'Unfinished. Please do not quote.',
    main: DRAFT,
  }),
  createPage({
    path: '/search',
    title: 'Search',
    description: `Search ${BLOG_NAME}.`,
    main: SEARCH,
  }),
  createPage(
    {
      path: '/404.html',
      title: 'Not here',
      description: 'There is no page at this address.',
      main: MISSING,
    },
    { robots: 'noindex' },
  ),
];

const ABOUT: Markup = markup`<h1>About ${BLOG_NAME}</h1>
<p>Five people who operate retrieval systems for a living got tired of reading about systems that
had been operated for an afternoon. Since 2024 we have written down what happened to ours. Posts
are read by one other author before they appear, and corrected in the open afterwards.</p>
<ul>
${AUTHORS.map(
  ({ slug, name, bio }) => markup`<li><a href="/authors/${slug}/">${name}</a>. ${bio}</li>\n`,
)}</ul>
<p>Maren is working on a piece about releases. Brave readers find
<a href="${FORBIDDEN}">the draft</a> here.</p>
<h2 id="newsletter">The newsletter</h2>
<p>It is written by hand, on the last Sunday of a month, and goes out on the Monday after.</p>
<h2 id="contact">Contact</h2>
<p>The names of our employers are left out on purpose, and so are their addresses. Write to
<a href="mailto:hello@slowgradient.example">hello@slowgradient.example</a>.</p>
<h2 id="privacy">Privacy</h2>
<p>We keep no log of who reads what. The cookie of the notice holds the word “seen”.</p>`;

const SURVEY: Markup = markup`<h1>Reader survey 2026</h1>
<p>We ask once a year, and this page stays up for those who were sent the link. It is not meant to
be found by searching, since last year two hundred people answered it who had never read a post.</p>
<p>There are nine questions. Which of the last ten posts did you finish? Which one did you send to
somebody? What did you change at work because of something you read here, and did it help? Should
incident reports be longer? Are there too many tables? Do you read the replies that we write to
each other, or do you wait until the quarrel is over? Which subject should we leave alone for a
year? Do you use the feed, the newsletter or a bookmark? And is there a question that you wish we
had asked?</p>
<p>Answers are read by Priya and thrown away after six weeks. The summary of last year's answers
said that incident reports could be longer and that there are not too many tables. Both were
written by the same person.</p>
<form action="/about/#contact" method="get">
<label for="survey">Your answers, in any order</label>
<textarea id="survey" name="answers" rows="9"></textarea>
<button type="submit">Send</button>
</form>`;

const DRAFT: Markup = markup`<article class="post">
<header class="post-header">
<h1>What we would pin (draft)</h1>
<p class="byline">By <a href="/authors/maren-oduya/">Maren Oduya</a>. Not finished, not checked.</p>
</header>
<div class="post-body">
<p>TODO: a better beginning. The idea of this piece is that an answer depends on more things than
we list in a release, and that those which we do not list are the ones that change on a Friday.</p>
<p>So far my list has the prompt, the model, the index and the settings of the search. Jonas adds
the tokenizer. Tobias adds the time zone of the machine, and I laughed until I remembered the
opening hours. The numbers in this paragraph are invented until I have found the real ones: 17 of
40 regressions came from something that was pinned, 23 from something that was not.</p>
<p>TODO: find the real ones. TODO: ask whether we may name the ferry line.</p>
</div>
</article>`;

const SEARCH: Markup = markup`<h1>Search</h1>
<form action="/search" method="get" role="search">
<label for="q">Words to look for</label>
<input id="q" name="q" type="search">
<button type="submit">Search</button>
</form>
<p>Nothing yet. Try a word.</p>`;

const MISSING: Markup = markup`<h1>Not here</h1>
<p>There is no page at this address. It may have moved, or we may have announced something that we
never wrote. The <a href="/archive/">archive</a> has all that exists.</p>`;

/** What is left at a post's first address: an answer of 200 that sends browsers elsewhere. */
export const STUB_PAGE: string = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Redirecting…</title>
<meta http-equiv="refresh" content="0; url=${STUB.to}">
<link rel="canonical" href="${ORIGIN}${STUB.to}">
</head>
<body>
<p>This page is now <a href="${STUB.to}">here</a>.</p>
</body>
</html>
`.markup;
