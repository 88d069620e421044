import { expect, it } from 'vitest';
import { mapAddresses, pageLinks } from '../../../scripts/sample-site/parsed-html.ts';

const URL_OF_PAGE = 'https://a.example/posts/x/';

it('maps addresses of links, images and forms, and leaves the base alone', () => {
  const page =
    '<!DOCTYPE html><html><head><base href="/b/"></head><body>' +
    '<a href="/1">href="/9"</a><img src="/2"><form action="/3"></form></body></html>';
  expect(mapAddresses(page, (address) => `x${address}`, { fragment: false })).toBe(
    '<!DOCTYPE html><html><head><base href="/b/"></head><body>' +
      '<a href="x/1">href="/9"</a><img src="x/2"><form action="x/3"></form></body></html>',
  );
});

it('maps a piece of a page without making a page of it', () => {
  expect(mapAddresses('<p><a href="#a">é</a></p>', () => '/b', { fragment: true })).toBe(
    '<p><a href="/b">é</a></p>',
  );
});

it('finds where a page leads, from its own address or its base', () => {
  const links = '<a href="y/"></a><img src="/z.svg"><a href="#f"></a><p id="f"></p>';
  expect(pageLinks(links, URL_OF_PAGE)).toEqual({
    targets: [
      'https://a.example/posts/x/y/',
      'https://a.example/posts/x/#f',
      'https://a.example/z.svg',
    ],
    ids: new Set(['f']),
  });
  expect(pageLinks(`<base href="/other/">${links}`, URL_OF_PAGE).targets[0]).toBe(
    'https://a.example/other/y/',
  );
});

it('finds where a refresh leads', () => {
  const page = '<meta http-equiv="refresh" content="0; url=/new/">';
  expect(pageLinks(page, URL_OF_PAGE).targets).toEqual(['https://a.example/new/']);
});
