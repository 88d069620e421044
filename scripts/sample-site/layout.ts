import { BLOG_NAME, type Blog, ORIGIN, TAGLINE } from './blog.ts';
import { type Markup, markup, scriptJson } from './markup.ts';
import type { Page } from './page.ts';
import { sidebar } from './sidebar.ts';

/** The whole document of a page: head, header, breadcrumb, main, sidebar, footer. */
export function renderPage(blog: Blog, page: Page): string {
  return markup`<!doctype html>
<html lang="${page.lang}">
<head>
${headOf(page)}
</head>
<body class="no-consent">
<a class="skip-link" href="#content">Skip to content</a>
${HEADER}
<div class="columns">
<div class="column-main">
${breadcrumb(page)}
<main id="content">
${page.main}
</main>
</div>
${sidebar(blog)}
</div>
${FOOTER}
${COOKIES}
</body>
</html>
`.markup;
}

function headOf(page: Page): Markup {
  const url = `${ORIGIN}${page.path}`;
  const title = page.path === '/' ? `${BLOG_NAME} – ${TAGLINE}` : `${page.title} – ${BLOG_NAME}`;
  return markup`${
    page.charset !== null &&
    markup`<meta charset="${page.charset}">
`
  }<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<meta name="description" content="${page.description}">
${
  page.robots !== null &&
  markup`<meta name="robots" content="${page.robots}">
`
}<link rel="canonical" href="${url}">
<link rel="stylesheet" href="/style.css">
<link rel="icon" href="/images/logo.svg" type="image/svg+xml">
<link rel="alternate" type="application/rss+xml" title="${BLOG_NAME} (RSS)" href="/feed.xml">
<link rel="alternate" type="application/atom+xml" title="${BLOG_NAME} (Atom)" href="/atom.xml">
<link rel="alternate" type="application/feed+json" title="${BLOG_NAME} (JSON)" href="/feed.json">
<meta property="og:site_name" content="${BLOG_NAME}">
<meta property="og:type" content="${page.ogType}">
<meta property="og:title" content="${page.title}">
<meta property="og:description" content="${page.description}">
<meta property="og:url" content="${url}">
<meta property="og:locale" content="${page.lang === 'fr' ? 'fr_FR' : 'en_GB'}">
<meta name="twitter:card" content="summary">
${page.head}<script>window.slowGradient = { consent: null, pageviews: [] };</script>`;
}

function breadcrumb(page: Page): Markup {
  if (page.path === '/') return markup``;
  const trail = [...page.crumbs, { path: page.path, label: page.title }];
  const structured = {
    '@context': 'https://schema.org',
    '@type': 'BreadcrumbList',
    itemListElement: trail.map(({ path, label }, at) => ({
      '@type': 'ListItem',
      position: at + 1,
      name: label,
      item: `${ORIGIN}${path}`,
    })),
  };
  const crumbs = page.crumbs.map(
    ({ path, label }) => markup`<li><a href="${path}">${label}</a></li>
`,
  );
  return markup`<nav class="breadcrumb" aria-label="Breadcrumb">
<ol>
${crumbs}<li aria-current="page">${page.title}</li>
</ol>
<script type="application/ld+json">${scriptJson(structured)}</script>
</nav>`;
}

const HEADER: Markup = markup`<header class="site-header">
<a class="brand" href="/"><img src="/images/logo.svg" alt="" width="64" height="32">
${BLOG_NAME}</a>
<p class="tagline">${TAGLINE}</p>
<nav class="site-nav" aria-label="Main">
<ul>
<li><a href="/">Posts</a></li>
<li><a href="/tags/">Topics</a></li>
<li><a href="/archive/">Archive</a></li>
<li><a href="/about/">About</a></li>
<li><a href="/search" rel="nofollow">Search</a></li>
</ul>
</nav>
</header>`;

const FOOTER: Markup = markup`<footer class="site-footer">
<p>© 2024–2026 the authors of ${BLOG_NAME}. Opinions are ours, numbers are rounded.</p>
<ul>
<li><a href="/about/#contact">Contact</a></li>
<li><a href="/about/#privacy">Privacy</a></li>
<li><a href="/feed.xml">RSS</a></li>
<li><a href="/reader-survey/">Reader survey</a></li>
<li><a href="#content">Back to top</a></li>
</ul>
</footer>`;

const COOKIES: Markup = markup`<div class="cookie-notice" role="dialog" aria-label="Cookies">
<p>We use one cookie to remember that you have seen this notice, and none to follow you around.
<a href="/about/#privacy">What we store</a></p>
<button type="button">Accept</button> <button type="button">Decline</button>
</div>
<noscript><p>This notice cannot be closed without JavaScript. Sorry.</p></noscript>`;
