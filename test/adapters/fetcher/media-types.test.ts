import { expect, it } from 'vitest';
import { type Accept, essenceOf, isAccepted } from '#adapters/fetcher/media-types.ts';

// Which kinds may come as each type: p(age) f(eed) s(itemap) r(obots).
it.each([
  ['', 'pfsr'],
  ['text/html', 'pfsr'],
  ['Text/HTML; charset=utf-8', 'pfsr'],
  ['application/xhtml+xml', 'pfs'],
  ['text/plain', 'pfsr'],
  ['text/markdown;variant=GFM', 'pfsr'],
  ['application/xml', 'fs'],
  ['text/xml', 'fsr'],
  ['application/rss+xml', 'fs'],
  ['application/atom+xml;type=feed', 'fs'],
  ['application/feed+json', 'f'],
  ['application/json', 'f'],
  ['application/gzip', 's'],
  ['application/x-gzip', 's'],
  ['application/octet-stream', 'fsr'],
  ['application/pdf', ''],
  ['image/svg+xml', 'fs'],
  ['image/png', ''],
  ['text', ''],
  ['textual/html', ''],
])('"%s" may be %s', (contentType, expected) => {
  const kinds: readonly Accept[] = ['page', 'feed', 'sitemap', 'robots'];
  const accepting = kinds.filter((accept) => isAccepted(accept, contentType));
  expect(accepting.map(([letter]) => letter).join('')).toBe(expected);
});

it('essenceOf drops parameters, case and space', () => {
  expect(essenceOf(' Text/HTML ; charset="a;b"')).toBe('text/html');
});
