import { describe, expect, it } from 'vitest';
import { clean } from '#features/clean/clean.ts';
import { detectLanguage, languageOf } from '#features/clean/language.ts';
import { extractPage } from '#features/extract/extract.ts';
import { judge } from '#features/validate/validate.ts';
import { PROSE } from '../clean/prose.ts';
import { rawPage } from '../raw-page.ts';

const prose = PROSE['en'] ?? '';
const repeat = (count: number, make: (at: number) => string) =>
  Array.from({ length: count }, (_none, at) => make(at)).join('\n');

const CHROME = {
  top:
    '<header><a href="/">Some Blog</a><nav><ul>' +
    repeat(8, (at) => `<li><a href="/topic/${at}">Topic ${at}</a></li>`) +
    '</ul></nav><form action="/login"><a href="/login">Sign in</a></form></header>',
  bottom:
    '<aside><h3>Related posts</h3><ul>' +
    repeat(
      6,
      (at) => `<li><a href="/posts/${at}">Another post of this blog, number ${at}</a></li>`,
    ) +
    '</ul></aside><footer><p>Subscribe to our newsletter. © Some Blog. <a href="/privacy">Privacy</a>' +
    '</p></footer>',
};

const page = (title: string, main: string, language = 'en') =>
  `<!doctype html><html lang="${language}"><head><title>${title} | Some Blog</title></head><body>` +
  `${CHROME.top}<main>${main}</main>${CHROME.bottom}</body></html>`;
const article = (title: string, body: string, language?: string) =>
  page(title, `<article><h1>${title}</h1>${body}</article>`, language);

async function outcomeOf(html: string, languages: readonly string[] = []): Promise<string> {
  const post = clean(extractPage(rawPage(html)));
  const detected = await detectLanguage(post.markdown);
  const language = languageOf(post.metadata.language, detected);
  const judged = judge({ ...post, metadata: { ...post.metadata, language } }, { languages });
  return judged.kind === 'accepted' ? 'accepted' : judged.code;
}

const POSTS: readonly (readonly [name: string, html: string])[] = [
  ['a short report', article('Rain tomorrow', `<p>${prose}</p>`)],
  [
    'a recipe',
    article(
      'Bread for beginners',
      `<p>${prose.slice(0, 150)}</p><h2>Ingredients</h2><ul>` +
        repeat(8, (at) => `<li>${at + 1}00 g of something good to eat</li>`) +
        '</ul><h2>Steps</h2><ol>' +
        repeat(
          5,
          (at) => `<li>Knead it for ${at + 2} minutes, then let it rest under a cloth.</li>`,
        ) +
        '</ol>',
    ),
  ],
  [
    'a tutorial that is mostly code',
    article(
      'Reading a file line by line',
      '<p>This is all that it takes:</p><pre><code>' +
        repeat(12, (at) => `const line${at} = await reader.next(); // ${at}`) +
        '</code></pre><p>That is all.</p>',
    ),
  ],
  [
    'a reference with many links',
    article(
      'Options of the parser',
      repeat(
        10,
        (at) =>
          `<h2>option${at}</h2><p>${prose.slice(0, 200)} See <a href="/docs/${at}">its page</a>.</p>`,
      ),
    ),
  ],
  [
    'a list of links with words about each',
    article(
      'Links of the week',
      repeat(6, (at) => `<h2><a href="https://other${at}.example/">A find</a></h2><p>${prose}</p>`),
    ),
  ],
  [
    'questions and answers',
    article(
      'Common questions',
      repeat(6, (at) => `<h3>What about ${at}?</h3><p>${prose}</p>`),
    ),
  ],
  [
    'a changelog',
    article(
      'What is new in 4.2',
      repeat(4, (at) => `<h2>4.2.${at}</h2><ul><li>${prose.slice(0, 120)}</li></ul>`),
    ),
  ],
  [
    'a table with a few words',
    article(
      'Prices compared',
      `<p>${prose.slice(0, 250)}</p><table><tr><th>Name</th><th>Price</th></tr>` +
        `${repeat(9, (at) => `<tr><td>Plan ${at}</td><td>$${at}9</td></tr>`)}</table>`,
    ),
  ],
  ['a poem', article('The worker', `<p>${prose.replaceAll(', ', ',<br>')}</p>`)],
  [
    'an article about errors',
    article('Anatomy of a good 404 page', `<p>${prose}</p><p>${prose}</p>`),
  ],
  [
    'an article about paywalls',
    article(
      'Why readers leave',
      `<p>${prose}</p><p>“Sign in to continue reading” is a wall.</p>`.concat(
        repeat(4, () => `<p>${prose}</p>`),
      ),
    ),
  ],
  [
    'an article with a form to log in beside it',
    article('A quiet week', `<p>${prose}</p><p>${prose}</p>`).replace(
      '<a href="/login">Sign in</a>',
      '<input name="user"><input name="password" type="password"><button>Sign in</button>',
    ),
  ],
];

describe('a post is accepted', () => {
  it.each(POSTS)('when it is %s', async (_name, html) =>
    expect(await outcomeOf(html)).toBe('accepted'),
  );

  it.each(Object.entries(PROSE))('in %s, whatever its template says', async (language, text) => {
    const title = text.slice(0, 20);
    const html = article(title, `<p>${text}</p><p>${text}</p>`, 'en');
    expect(await outcomeOf(html)).toBe('accepted');
    expect(await outcomeOf(html, [language])).toBe('accepted');
    const others = ['en', 'de', 'ja'].filter((one) => one !== language);
    expect(await outcomeOf(html, others)).toBe('wrong_language');
  });
});

const REST: readonly (readonly [name: string, html: string, outcome: string])[] = [
  [
    'an index with excerpts',
    page(
      'All posts',
      repeat(
        10,
        (at) =>
          `<article><h2><a href="https://blog.example/posts/n${at}">Post number ${at}</a></h2>` +
          `<p>${prose}</p></article>`,
      ),
    ),
    'navigation_only',
  ],
  [
    'an archive',
    page(
      'Archive',
      `<h1>Archive</h1><ul>${repeat(40, (at) => `<li>May ${at}: <a href="/posts/${at}">A post about something, number ${at}</a></li>`)}</ul>`,
    ),
    'mostly_links',
  ],
  [
    'an error with suggestions',
    page(
      'Page not found',
      `<h1>Oops!</h1><p>Sorry, the page you are looking for could not be found.</p><p>${prose}</p>`,
    ),
    'error_page',
  ],
  [
    'a check for machines',
    '<title>Just a moment...</title><p>Checking your browser before accessing blog.example.</p>' +
      '<p>Please enable JavaScript and cookies to continue.</p>',
    'error_page',
  ],
  [
    'a form to log in',
    page(
      'Log in',
      '<h1>Log in</h1><form><p>Please enter your name and your password, and then press the button ' +
        'below to go on. If you have lost your password, write to us and we will send you another one. ' +
        'Your browser must take cookies for it, and be no older than five years, or it will fail.</p>' +
        '<input type="password"></form>',
    ),
    'login_wall',
  ],
  [
    'a teaser',
    article('A long story', `<p>${prose}</p><p>Sign in to continue reading this story.</p>`),
    'login_wall',
  ],
  ['a caption', article('A photo', '<img src="/a.jpg"><p>Sunset, last night.</p>'), 'no_content'],
];

describe('what is no post is rejected', () => {
  it.each(REST)('when it is %s', async (_name, html, outcome) =>
    expect(await outcomeOf(html)).toBe(outcome),
  );
});
