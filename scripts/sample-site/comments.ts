import { sha256 } from '#domain/hash.ts';
import { compare, daysAfter, longDate, type Post } from './blog.ts';
import { type Markup, markup } from './markup.ts';

type Comment = { readonly name: string; readonly text: string };

const POOL: readonly Comment[] = [
  {
    name: 'Ingrid F.',
    text: 'We went through the same thing in spring. I wish this had been online then.',
  },
  {
    name: 'dkowalski',
    text: 'Nice write-up. Is the script public, or may I at least see the tests?',
  },
  { name: 'Renée', text: 'Sent this to my whole team with the subject “told you so”. Thank you!' },
  {
    name: 'M. Østergaard',
    text: 'I disagree with about half of it and have still printed it out.',
  },
  {
    name: 'quietloop',
    text: 'Small typo in the third paragraph, otherwise flawless. Keep them coming.',
  },
  { name: 'Béatrice L.', text: 'How long did it take you to convince the people who pay for it?' },
  {
    name: 'hanselm',
    text: 'The numbers alone were worth the visit. Could you add the raw counts?',
  },
  {
    name: 'Yusuf',
    text: 'We tried this with a much smaller team and stopped after a week. Your mileage may vary.',
  },
  {
    name: 'old_cron',
    text: 'First rule of my career: if nobody reads the graph, it is decoration.',
  },
  {
    name: 'Paula Núñez',
    text: 'Would love a follow-up in a year, especially on what you removed again.',
  },
  { name: 'tk', text: 'Does anybody here do it differently? Asking for a friend with a pager.' },
  { name: 'Sören', text: 'Bookmarked. The dull parts are the ones that I will need.' },
  {
    name: 'lindenblatt',
    text: 'I had to read the middle section twice, then it clicked. Thanks for not simplifying.',
  },
  { name: 'Abena', text: 'Came for the title, stayed for the footnotes that are not there.' },
  {
    name: 'gregor-m',
    text: 'Our auditor asked about exactly this last month. Good timing.',
  },
  { name: 'Nils P.', text: 'Minor question: was that before or after the reorganisation?' },
  { name: 'wintersleep', text: 'The last sentence made me laugh on a train. People looked.' },
  {
    name: 'Chiara',
    text: 'Translated it for my colleagues over lunch. Hope that is fine with you.',
  },
];

const COUNT_MIN = 2;

/** A few comments under a post: always the same ones, of different readers on different days. */
export function commentsOf(post: Post): Markup {
  const rank = (text: string) => sha256(`${post.slug} ${text}`);
  const pool = POOL.toSorted((a, b) => compare(rank(a.text), rank(b.text)));
  const count = COUNT_MIN + (Number.parseInt(rank('count').slice(0, 4), 16) % 3);
  const comments = pool.slice(0, count).map(({ name, text }, at) => {
    const date = daysAfter(post.date, 1 + at * 3);
    return markup`<li class="comment" id="comment-${at + 1}">
<p class="comment-meta"><b>${name}</b> wrote on
<time datetime="${date}">${longDate(date)}</time>:</p>
<p>${text}</p>
<p class="comment-actions"><a href="#comment-form" rel="nofollow">Reply</a></p>
</li>
`;
  });
  return markup`<section class="comments" id="comments">
<h2>${count} comments</h2>
<ol>
${comments}</ol>
<form class="comment-form" id="comment-form" action="${post.path}" method="get">
<label for="comment-text">Leave a comment. Please stay friendly.</label>
<textarea id="comment-text" name="comment" rows="4"></textarea>
<button type="submit">Send</button>
</form>
</section>`;
}
