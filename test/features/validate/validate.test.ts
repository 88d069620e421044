import { describe, expect, it } from 'vitest';
import type { CleanPost } from '#features/clean/clean.ts';
import { judge, QUALITY_LIMITS } from '#features/validate/validate.ts';
import { PAGE_URL } from '../raw-page.ts';

const words = (count: number) => 'word '.repeat(count).trim();
const post = (rest: Partial<CleanPost>): CleanPost => ({
  stage: 'clean',
  url: PAGE_URL,
  markdown: words(500),
  metadata: {
    title: 'A post',
    author: null,
    publishedAt: null,
    modifiedAt: null,
    language: null,
    siteName: null,
    description: null,
    tags: [],
  },
  words: 500,
  linkShare: 0,
  codeLength: 0,
  asksPassword: false,
  ...rest,
});
const accepts = (rest: Partial<CleanPost>) =>
  expect(judge(post(rest))).toEqual({ kind: 'accepted' });
const rejects = (rest: Partial<CleanPost>, code: string, message: string | RegExp) =>
  expect(judge(post(rest))).toEqual({
    kind: 'rejected',
    code,
    message: expect.stringMatching(message),
  });

const { wordsMin, codeLengthMin, linkShareMax, linkShareOfListing, passageWordsMin } =
  QUALITY_LIMITS;

describe('too little', () => {
  it('is less than so many words', () => {
    accepts({ words: wordsMin });
    rejects({ words: wordsMin - 1 }, 'no_content', `has ${wordsMin - 1} words`);
    rejects({ words: 0 }, 'no_content', PAGE_URL);
  });

  it('is not what has code instead', () => {
    accepts({ words: wordsMin - 1, codeLength: codeLengthMin });
    accepts({ words: 0, codeLength: codeLengthMin });
    rejects({ words: 0, codeLength: codeLengthMin - 1 }, 'no_content', /\b40\b/);
  });
});

describe('links', () => {
  const link = '[a title](https://blog.example/a) ';

  it('are too many, whatever else there is', () => {
    accepts({ linkShare: linkShareMax });
    rejects({ linkShare: linkShareMax + 0.001 }, 'mostly_links', '60%');
    rejects({ linkShare: 1 }, 'mostly_links', '100%');
  });

  it('make a listing, unless there is a passage between them', () => {
    const listing = (length: number) => (link + words(length)).repeat(5);
    accepts({ linkShare: linkShareOfListing, markdown: listing(passageWordsMin) });
    rejects(
      { linkShare: linkShareOfListing, markdown: listing(passageWordsMin - 1) },
      'navigation_only',
      `${passageWordsMin - 1} stand in a row`,
    );
    accepts({ linkShare: linkShareOfListing - 0.001, markdown: listing(1) });
  });

  it.each([
    ['in brackets', '[[1]](https://b.example/)'],
    ['with escaped brackets', '[a \\[b](https://b.example/)'],
    ['with parentheses', '[a](<https://b.example/c_(d)>)'],
    ['with emphasis and code', '[**a** `b`](https://b.example/)'],
  ])('end a passage %s', (_name, end) => {
    const half = words(passageWordsMin / 2);
    const markdown = `${half} ${end} ${half}`;
    rejects({ linkShare: 0.3, markdown }, 'navigation_only', `${passageWordsMin / 2} stand`);
  });

  it('that are none end no passage', () => {
    const half = words(passageWordsMin / 2);
    accepts({ linkShare: 0.3, markdown: `${half} [a] (b) ](c) ${half}` });
  });
});

describe('headings', () => {
  const heading = (at: number) =>
    `## [Post ${at}](https://blog.example/posts/${at})\n\n${words(80)}\n`;
  const index = (count: number) =>
    Array.from({ length: count }, (_none, at) => heading(at)).join('\n');
  const { linkedHeadingsMin } = QUALITY_LIMITS;

  it('that lead to other pages of the site make an index of it', () => {
    rejects({ markdown: index(linkedHeadingsMin) }, 'navigation_only', /5 of its 5 headings/);
    accepts({ markdown: index(linkedHeadingsMin - 1) });
  });

  it('are a post when most lead nowhere', () =>
    accepts({ markdown: `${index(linkedHeadingsMin)}\n## A\n\n## B\n` }));

  it('are a post when they lead to other sites, or into this page', () => {
    accepts({ markdown: index(6).replaceAll('blog.example', 'other.example') });
    accepts({ markdown: index(6).replace(/\/posts\/\d/g, '/posts/first#a') });
  });
});

describe('languages', () => {
  const inLanguage = (language: string | null) => ({
    metadata: { ...post({}).metadata, language },
  });
  const judged = (language: string | null, ...languages: readonly string[]) =>
    judge(post(inLanguage(language)), { languages });

  it('are all taken when none are named', () => expect(judged('fr').kind).toBe('accepted'));
  it('are taken when they are named', () => expect(judged('fr', 'en', 'fr').kind).toBe('accepted'));
  it('are taken when they go by another name', () =>
    expect(judged('nb', 'no').kind).toBe('accepted'));
  it('are not known to be wrong when they are not known', () =>
    expect(judged(null, 'en').kind).toBe('accepted'));
  it('are wrong otherwise', () =>
    expect(judged('fr', 'en', 'de')).toEqual({
      kind: 'rejected',
      code: 'wrong_language',
      message: `${PAGE_URL} is in "fr"; its source takes en, de`,
    }));
});

it('judges first what says most of a page', () => {
  const metadata = { ...post({}).metadata, title: '404 Not Found', language: 'fr' };
  const nothing = post({ metadata, markdown: '', words: 0, linkShare: 1, asksPassword: true });
  expect(judge(nothing, { languages: ['en'] })).toMatchObject({ code: 'error_page' });
});

it('does not let through what cannot be stored', () =>
  rejects({ markdown: `${words(500)}\0` }, 'malformed', /cannot be stored: markdown/));

it('follows other limits', () => {
  const limits = { ...QUALITY_LIMITS, wordsMin: 501 };
  expect(judge(post({}), { limits })).toMatchObject({ kind: 'rejected', code: 'no_content' });
});

it.each([
  ['brackets', '['.repeat(2_000_000)],
  ['escapes', `[${'\\]'.repeat(1_000_000)}`],
  ['brackets in brackets', '[[a\\]('.repeat(300_000)],
  ['links without end', '[a](<'.repeat(300_000)],
  ['very many links', '[a](b) '.repeat(500_000)],
  ['no words', ''],
])('judges any text: %s', (_name, markdown) =>
  expect(judge(post({ linkShare: 0.3, markdown })).kind).toBe('rejected'),
);
