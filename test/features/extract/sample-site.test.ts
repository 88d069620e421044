import { readdirSync, readFileSync } from 'node:fs';
import matter from 'gray-matter';
import { marked, type Token, type Tokens } from 'marked';
import { describe, expect, it } from 'vitest';
import { clean } from '#features/clean/clean.ts';
import { extractPage } from '#features/extract/extract.ts';
import { judge } from '#features/validate/validate.ts';
import type { RawPage } from '#ports/page-fetcher.ts';
import { rawPage } from '../raw-page.ts';

const SAMPLE = 'datasets/sample';
const ORIGIN = 'https://slowgradient.example';
/** Declared in its header alone; see the sample's README. */
const LATIN_1 = 'ce-que-la-latence-nous-apprend';

function read(path: string, rest: Partial<RawPage> = {}) {
  const body = readFileSync(`${SAMPLE}/site${path}index.html`);
  const extracted = extractPage(
    rawPage(body, { url: ORIGIN + path, contentType: 'text/html', ...rest }),
  );
  const post = clean(extracted);
  return { extracted, post, verdict: judge(post) };
}

type Written = {
  readonly title: string;
  readonly author: string;
  readonly date: Date;
  readonly tags: readonly string[];
  readonly description: string;
  readonly lang: string;
};

const posts = readdirSync(`${SAMPLE}/posts`).map((file) => {
  const { data, content } = matter(readFileSync(`${SAMPLE}/posts/${file}`, 'utf8'));
  const slug = file.replace(/\.md$/, '');
  const contentType = slug === LATIN_1 ? 'text/html; charset=iso-8859-1' : 'text/html';
  return {
    slug,
    written: data as Written,
    content,
    read: () => read(`/posts/${slug}/`, { contentType }),
  };
});

/** Blocks of a Markdown, also those in lists and quotations. */
function blocksOf(tokens: readonly Token[], type: string): readonly Token[] {
  return tokens.flatMap((token) => {
    if (token.type === type) return [token];
    const inner = token.type === 'list' ? (token as Tokens.List).items : [];
    return [...inner, ...('tokens' in token ? (token.tokens ?? []) : [])].flatMap((one) =>
      blocksOf([one], type),
    );
  });
}

const codeOf = (markdown: string) =>
  blocksOf(marked.lexer(markdown), 'code').map((block) => {
    const { lang, text } = block as Tokens.Code;
    // "text" is how a page says that it names no language.
    return { language: lang === 'text' ? '' : (lang ?? ''), text };
  });

const headingsOf = (markdown: string) =>
  blocksOf(marked.lexer(markdown), 'heading').map((block) => {
    const { depth, text } = block as Tokens.Heading;
    return { depth, text };
  });

const wordsOf = (markdown: string): readonly string[] =>
  markdown.replace(/\]\([^)]*\)/g, ']').match(/[\p{L}\p{N}]+/gu) ?? [];

/** The name of the language that is none. */
const withoutText = (words: readonly string[]) => words.filter((word) => word !== 'text');

const tablesOf = (markdown: string) =>
  blocksOf(marked.lexer(markdown), 'table').map((block) => {
    const { header, rows } = block as Tokens.Table;
    return [header, ...rows].map((cells) => cells.map(({ text }) => wordsOf(text)));
  });

/** What the site has around each post; none of it is in a post's own text. */
const CHROME = [
  'Bluesky',
  'Send by e-mail',
  'We use one cookie',
  'You may also like',
  'Leave a comment',
  'wrote on',
  'Reply',
  'One letter a month',
  'About the author',
  'All posts by',
  'Filed under',
  'min read',
  'Recent posts',
  'What we read',
  'Skip to content',
  'Opinions are ours',
];

describe.each(posts)('$slug', ({ slug, written, content, read: readPost }) => {
  const { extracted, post, verdict } = readPost();

  it('is a post, found under its own address', () => {
    expect(verdict).toEqual({ kind: 'accepted' });
    expect(extracted).toMatchObject({
      canonical: `${ORIGIN}/posts/${slug}/`,
      noindex: false,
      refresh: null,
      malformed: null,
      feeds: [`${ORIGIN}/feed.xml`, `${ORIGIN}/atom.xml`, `${ORIGIN}/feed.json`],
    });
  });

  it('has the metadata that were written', () => {
    const { publishedAt, ...metadata } = post.metadata;
    expect(metadata).toMatchObject({
      title: written.title,
      author: written.author,
      tags: written.tags,
      description: written.description,
      language: written.lang,
      siteName: 'Slow Gradient',
    });
    expect(publishedAt?.slice(0, 10)).toBe(written.date.toISOString().slice(0, 10));
  });

  it('has its code, its headings and its tables', () => {
    expect(codeOf(post.markdown)).toEqual(codeOf(content));
    expect(headingsOf(post.markdown)).toEqual(headingsOf(content));
    expect(tablesOf(post.markdown)).toEqual(tablesOf(content));
  });

  it('has its words in their order, and none of the site', () => {
    // A chart is told by its alternative text and its caption, which were not written.
    const own = post.markdown.replace(/^!\[Bar chart.*\n/gm, '');
    expect(withoutText(wordsOf(own))).toEqual(withoutText(wordsOf(content)));
    for (const words of CHROME) expect(post.markdown.includes(words)).toBe(content.includes(words));
  });
});

describe('pages that are no posts', () => {
  it.each([
    '/',
    '/page/2/',
    '/tags/datasets/',
    '/tags/evaluation/',
    '/tags/judges/',
    '/authors/jonas-keller/',
  ])('%s only lists others', (path) =>
    expect(read(path).verdict).toMatchObject({ kind: 'rejected', code: 'navigation_only' }),
  );

  it('/tags/datasets/page/2/ lists too little to be anything', () =>
    expect(read('/tags/datasets/page/2/').verdict).toMatchObject({ code: 'no_content' }));

  it.each(['/archive/', '/tags/'])('%s has no content', (path) => {
    expect(read(path).verdict).toMatchObject({ kind: 'rejected', code: 'no_content' });
    expect(read(path).extracted.links.length).toBeGreaterThan(15);
  });

  it('a stub says where its post is', () =>
    expect(read('/posts/minhash-for-the-impatient/').extracted.refresh).toBe(
      `${ORIGIN}/posts/near-duplicates-with-minhash/`,
    ));

  it('a survey and a print view ask not to be kept', () => {
    expect(read('/reader-survey/').extracted.noindex).toBe(true);
    const print = (robotsTag: string) => read('/print/a-golden-set-of-eighty/', { robotsTag });
    expect(print('noindex').extracted.noindex).toBe(true);
    expect(print('').extracted.noindex).toBe(false);
  });
});
