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
    rejects({ linkShare: linkShareMax + 0.001 }, 'navigation_only', '60%');
    rejects({ linkShare: 1 }, 'navigation_only', '100%');
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

it('follows other limits', () => {
  const limits = { ...QUALITY_LIMITS, wordsMin: 501 };
  expect(judge(post({}), limits)).toMatchObject({ kind: 'rejected', code: 'no_content' });
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
