import type { Blog } from './blog.ts';
import { type Markup, markup } from './markup.ts';

const RECENT_MAX = 6;

const BLOGROLL: readonly (readonly [string, string])[] = [
  ['Borrowed Weights', 'https://borrowed-weights.example/'],
  ['The Patient Crawler', 'https://patientcrawler.example/blog/'],
  ['Notes on Recall', 'https://notes-on-recall.example/'],
  ['Ops After Dark', 'https://opsafterdark.example/'],
];

/** What stands beside every page, whatever the page is about. */
export function sidebar({ posts, byTag }: Blog): Markup {
  const recent = posts
    .slice(0, RECENT_MAX)
    .map(({ path, title }) => markup`<li><a href="${path}">${title}</a></li>\n`);
  const tags = [...byTag].map(
    ([tag, { length }]) =>
      markup`<li><a href="/tags/${tag}/" rel="tag">${tag}</a> <span>(${length})</span></li>\n`,
  );
  const blogs = BLOGROLL.map(([name, url]) => markup`<li><a href="${url}">${name}</a></li>\n`);
  return markup`<aside class="sidebar" aria-label="Sidebar">
<section class="widget newsletter">
<h2>Newsletter</h2>
<p>One letter a month, with the posts of the month and the corrections to older ones.
Join 2,800 readers who like their graphs with error bars.</p>
<form action="/about/#newsletter" method="get">
<label for="newsletter-email">Your e-mail</label>
<input id="newsletter-email" name="email" type="email" autocomplete="email">
<button type="submit">Subscribe</button>
</form>
</section>
<section class="widget recent-posts">
<h2>Recent posts</h2>
<ul>
${recent}</ul>
</section>
<section class="widget tag-cloud">
<h2>Topics</h2>
<ul>
${tags}</ul>
</section>
<section class="widget blogroll">
<h2>What we read</h2>
<ul>
${blogs}</ul>
</section>
</aside>`;
}
