import fc from 'fast-check';
import { expect, it } from 'vitest';
import { feedGuesses } from '#features/discover/feed-guesses.ts';

it.each([
  ['https://medium.com/@jane', 'https://medium.com/feed/@jane'],
  ['https://medium.com/@jane/a-post-0123', 'https://medium.com/feed/@jane'],
  ['https://medium.com/some-publication', 'https://medium.com/feed/some-publication'],
  ['https://medium.com/tag/rag', 'https://medium.com/feed/tag/rag'],
  ['https://medium.com/feed/@jane', 'https://medium.com/feed/@jane'],
  ['https://jane.medium.com/', 'https://jane.medium.com/feed'],
  ['https://jane.substack.com/p/a-post', 'https://jane.substack.com/feed'],
  ['https://dev.to/jane', 'https://dev.to/feed/jane'],
  ['https://dev.to/jane/a-post', 'https://dev.to/feed/jane'],
  ['https://dev.to/t/rag', 'https://dev.to/feed/tag/rag'],
  ['https://dev.to', 'https://dev.to/feed'],
  ['https://jane.wordpress.com/2024/', 'https://jane.wordpress.com/feed/'],
  ['https://jane.blogspot.com/', 'https://jane.blogspot.com/feeds/posts/default'],
  ['https://jane.ghost.io', 'https://jane.ghost.io/rss/'],
])('%s has the one certain feed', (site, feed) => expect(feedGuesses(site)).toEqual([feed]));

it.each(['https://medium.com/', 'https://substack.com/', 'mailto:jane@blog.example', '', 'no URL'])(
  '%s has none',
  (site) => expect(feedGuesses(site)).toEqual([]),
);

it('guesses a few places beside the page of any other site', () => {
  expect(feedGuesses('https://blog.example/')).toEqual([
    'https://blog.example/feed/',
    'https://blog.example/feed.xml',
    'https://blog.example/index.xml',
    'https://blog.example/rss/',
    'https://blog.example/atom.xml',
  ]);
  expect(feedGuesses('https://firm.example/blog/?x=y')[1]).toBe(
    'https://firm.example/blog/feed.xml',
  );
  // A name in another domain does not make it one of the platform's.
  expect(feedGuesses('https://medium.com.example/@jane')).toHaveLength(5);
});

it('gives canonical URLs of the same host for any site', () =>
  fc.assert(
    fc.property(fc.webUrl(), (site) => {
      for (const feed of feedGuesses(site)) {
        expect(new URL(feed).href).toBe(feed);
        expect(new URL(feed).host).toBe(new URL(site).host);
      }
    }),
  ));
