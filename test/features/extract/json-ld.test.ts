import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLinkedPost } from '#features/extract/json-ld.ts';

const read = (...values: readonly unknown[]) =>
  readLinkedPost(values.map((value) => JSON.stringify(value)));

const post = { '@type': 'BlogPosting', headline: 'A post' };

describe('the post', () => {
  it.each([
    ['alone', [post]],
    ['in a list', [[{ '@type': 'WebSite' }, post]]],
    ['in a graph', [{ '@graph': [{ '@type': 'Person' }, post] }]],
    ['of a page', [{ '@type': 'WebPage', mainEntity: post }]],
    ['in the second script', [{ '@type': 'Organization' }, post]],
    ['before another', [post, { '@type': 'Article', headline: 'Another' }]],
    ['among several types', [{ ...post, '@type': ['Thing', 'BlogPosting'] }]],
  ])('is found %s', (_name, values) => expect(read(...values)?.headline).toBe('A post'));

  it.each(['Article', 'NewsArticle', 'TechArticle', 'HowTo', 'Report'])('may be a %s', (type) =>
    expect(read({ '@type': type, name: 'A post' })?.headline).toBe('A post'),
  );

  it.each([
    [{ '@type': 'WebPage', name: 'A page' }],
    [{ '@type': 'Product', name: 'A thing' }],
    [{ headline: 'Of no type' }],
    ['text'],
    [7],
    [null],
    [[]],
  ])('is not %j', (value) => expect(read(value)).toBeNull());
});

it('says what it says, and null for the rest', () => {
  expect(read(post)).toEqual({
    headline: 'A post',
    author: null,
    body: null,
    datePublished: null,
    dateModified: null,
    description: null,
    inLanguage: null,
    keywords: [],
    siteName: null,
  });
  expect(
    read({
      ...post,
      author: [{ name: 'Ann' }, { '@id': '#bo' }, 'Ann', 'https://x.example/'],
      dateCreated: '2024-05-01',
      dateModified: ' 2024-05-02 ',
      description: '',
      inLanguage: { alternateName: 'fr' },
      keywords: ['a', 'b,c', 1],
      publisher: { '@type': 'Organization', name: 'A site' },
      mainEntityOfPage: { '@type': 'Person', '@id': '#bo', name: 'Bo' },
    }),
  ).toEqual({
    headline: 'A post',
    author: 'Ann, Bo',
    body: null,
    datePublished: '2024-05-01',
    dateModified: '2024-05-02',
    description: null,
    inLanguage: 'fr',
    keywords: ['a', 'b', 'c'],
    siteName: 'A site',
  });
});

it('reads what templates wrap in comments and CDATA', () => {
  const json = JSON.stringify(post);
  for (const script of [
    `//<![CDATA[\n${json}\n//]]>`,
    `/*<![CDATA[*/${json}/*]]>*/`,
    `<!--${json}-->`,
    `\n ${json};`,
  ]) {
    expect(readLinkedPost([script])?.headline).toBe('A post');
  }
});

it('reads any JSON, and anything else, without a throw', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.json(), fc.string())), (scripts) => {
      expect(() => readLinkedPost(scripts)).not.toThrow();
    }),
  );
  const typed = fc.dictionary(
    fc.constantFrom('author', 'name', 'publisher', 'keywords', '@id', '@graph', 'inLanguage'),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(typed, (rest) => {
      const read = readLinkedPost([JSON.stringify({ '@type': 'Article', ...rest })]);
      expect(read === null || read.author === null || read.author !== '').toBe(true);
    }),
  );
});
