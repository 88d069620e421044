import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalUrl, hasTrapShape, sameSite, urlMaxLength } from '#features/discover/url.ts';

const BASE = 'https://blog.example/posts/first';

describe('canonicalUrl', () => {
  it.each([
    ['second', 'https://blog.example/posts/second'],
    ['/a?b=1#c', 'https://blog.example/a?b=1'],
    ['//other.example/x', 'https://other.example/x'],
    ['HTTP://BLOG.Example:80/Path', 'http://blog.example/Path'],
    ['https://blog.example:443/', 'https://blog.example/'],
    ['https://blog.example:8443/', 'https://blog.example:8443/'],
    ['https://blog.example./a', 'https://blog.example/a'],
    ['  /trimmed \n', 'https://blog.example/trimmed'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
    ['/%7euser/%c3%a9%2fx', 'https://blog.example/~user/%C3%A9%2Fx'],
    ['/é', 'https://blog.example/%C3%A9'],
    ['/a//b/', 'https://blog.example/a//b/'],
    ['/?z=1&a=2&z=0', 'https://blog.example/?z=1&a=2&z=0'],
    ['/?q=%7e&r=%2f', 'https://blog.example/?q=~&r=%2F'],
    ['', 'https://blog.example/posts/first'],
    ['.', 'https://blog.example/posts/'],
    ['../../../x', 'https://blog.example/x'],
    ['/a/%2e%2E/./b', 'https://blog.example/b'],
    ['?q', 'https://blog.example/posts/first?q'],
    ['#top', 'https://blog.example/posts/first'],
    ['https:/a', 'https://blog.example/a'],
    ['\\\\other.example\\x', 'https://other.example/x'],
    ['/a\tb\r\nc', 'https://blog.example/abc'],
    ['http://0x7f.1/', 'http://127.0.0.1/'],
    ['http://[2001:DB8::0:1]:80/', 'http://[2001:db8::1]/'],
    ['https://blog.example:0443/', 'https://blog.example/'],
    ['https://@blog.example/', 'https://blog.example/'],
    ['/\ud800', 'https://blog.example/%EF%BF%BD'],
    ['/|{}"<>', 'https://blog.example/|%7B%7D%22%3C%3E'],
    ['/100%', 'https://blog.example/100%'],
    ['/%%34%31', 'https://blog.example/%%341'],
    ['/%a%62', 'https://blog.example/%A%62'],
    ['/?', 'https://blog.example/'],
    ['/?&utm_source=x', 'https://blog.example/'],
    ['/?utm%5Fsource=x&a', 'https://blog.example/?a'],
  ])('%j is %s', (href, url) => expect(canonicalUrl(href, BASE)).toBe(url));

  it.each([
    'utm_source',
    'UTM_Campaign',
    'gclid',
    'fbclid',
    'mc_cid',
    'mc_eid',
    'ref_src',
    'igshid',
    'msclkid',
    'yclid',
    '_hsenc',
    '_hsmi',
  ])('drops the tracking parameter %s alone', (name) => {
    expect(canonicalUrl(`/p?${name}=x`, BASE)).toBe('https://blog.example/p');
    expect(canonicalUrl(`/p?id=1&${name}&page=2`, BASE)).toBe('https://blog.example/p?id=1&page=2');
  });

  it.each(['utm', 'gclid2', 'reference', 'source'])('keeps the parameter %s', (name) =>
    expect(canonicalUrl(`/p?${name}=x`, BASE)).toBe(`https://blog.example/p?${name}=x`),
  );

  it.each([
    'mailto:a@b.example',
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://blog.example/',
    'https://user:secret@blog.example/',
    'https://user@blog.example/',
    'http://',
    'https://./',
    'http://[::1',
    'http://blog.example:65536/',
    'http://a b.example/',
    'http://1.2.3.4.5/',
  ])('refuses %s', (href) => expect(canonicalUrl(href, BASE)).toBeNull());

  it('refuses what is longer than its limit, before and after escaping', () => {
    const room = urlMaxLength - 'https://blog.example/'.length;
    expect(canonicalUrl(`/${'a'.repeat(room)}`, BASE)).toHaveLength(urlMaxLength);
    expect(canonicalUrl(`/${'a'.repeat(room + 1)}`, BASE)).toBeNull();
    expect(canonicalUrl(`/${'é'.repeat(room)}`, BASE)).toBeNull();
    expect(canonicalUrl('x'.repeat(10_000_000), BASE)).toBeNull();
    expect(canonicalUrl('/a', 'no url')).toBeNull();
  });

  it('gives null or a URL that it leaves as it is', () => {
    const href = fc.oneof(
      fc.webUrl({ withFragments: true, withQueryParameters: true }),
      fc.string(),
      // Half escapes beside whole ones, and tracking names that are escaped themselves.
      fc
        .string({
          unit: fc.constantFrom('%', '2', '4', '5', 'F', 'a', 'utm_', '=', '&', '?', '/', '.'),
        })
        .map((text) => `/?${text}`),
      fc
        .string({ unit: fc.constantFrom('%', '2', 'E', '3', '4', 'a', '/', '.', '\\') })
        .map((text) => `/${text}`),
    );
    fc.assert(
      fc.property(href, (text) => {
        const url = canonicalUrl(text, BASE);
        if (url === null) return;
        expect(canonicalUrl(url, 'https://unrelated.example/')).toBe(url);
        expect(url).toMatch(/^https?:\/\/[^#]*$/);
      }),
    );
  });
});

describe('sameSite', () => {
  it.each([
    ['https://blog.example/a', 'http://www.blog.example/b', true],
    ['https://www.blog.example/', 'https://www.blog.example/x?y', true],
    ['https://blog.example./', 'https://blog.example/', true],
    ['https://blog.example/', 'https://example/', false],
    ['https://a.blog.example/', 'https://blog.example/', true],
    ['https://a.b.blog.example/', 'http://c.blog.example/', true],
    ['https://a.blog.co.uk/', 'https://blog.co.uk/', true],
    ['https://a.co.uk/', 'https://b.co.uk/', false],
    ['https://a.github.io/', 'https://b.github.io/', false],
    ['https://a.github.io/', 'https://github.io/', false],
    ['https://docs.a.github.io/', 'https://a.github.io/', true],
    ['https://a.blogspot.com/', 'https://b.blogspot.com/', false],
    ['https://xn--bcher-kva.example/', 'https://www.bücher.example/', true],
    ['https://blog.example:8443/', 'https://blog.example/', false],
    ['https://blog.example:80/', 'https://blog.example/', false],
    ['http://blog.example:80/', 'https://blog.example:443/', true],
    ['http://blog.example:8080/', 'https://www.blog.example:8080/', true],
    ['http://localhost:3000/', 'http://localhost:3000/a', true],
    ['http://localhost:3000/', 'http://localhost:3001/', false],
    ['http://intranet/', 'http://wiki/', false],
    ['http://wiki.intranet/', 'http://intranet/', false],
    ['http://127.0.0.1/', 'http://127.0.0.2/', false],
    ['http://10.0.0.1/', 'http://10.1.0.1/', false],
    ['http://[::1]/', 'http://[::1]/a', true],
    ['http://[::1]/', 'http://[::2]/', false],
    ['file:///a', 'file:///a', false],
    ['https://blog.example/', 'https://blog.example.evil.example/', false],
    ['http://127.0.0.1:80/', 'http://127.0.0.1/', true],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8081/', false],
    ['no url', 'no url', false],
    ['mailto:a@b.example', 'mailto:a@b.example', false],
  ])('%s and %s: %s', (a, b, same) => {
    expect(sameSite(a, b)).toBe(same);
    expect(sameSite(b, a)).toBe(same);
  });
});

describe('hasTrapShape', () => {
  const path = (count: number) => Array.from({ length: count }, (_, at) => `/p${at}`).join('');
  const query = (count: number) => Array.from({ length: count }, (_, at) => `p${at}=1`).join('&');

  it.each([
    '/a/b/a/b/a/b',
    '/x/a/b/a/b/a/b/y',
    '/a/a/a',
    '/en/blog/2024/en/blog/2024/en/blog/2024/post',
    '/1/a/1/a/1/a/',
    '/a/b/c/d/e/f/a/b/c/d/e/f/a/b/c/d/e/f',
    path(21),
    `/?${query(21)}`,
    '/?tag=a&tag=a&tag=a',
    '/?&reply=1&x=2&reply=1&reply=1',
  ])('sees one in %s', (at) => expect(hasTrapShape(`https://blog.example${at}`)).toBe(true));

  it.each([
    '/',
    '/2024/01/01/01/post',
    '/0/0/0/0',
    '/a/b/a/b/',
    '/a/a/',
    '/wiki/New_York/New_York/',
    '/a/b/a/c/a/d/a/e',
    path(20),
    `/?${query(20)}`,
    '/?tag=a&tag=b&tag=c&tag=d',
    '/?a=1&b=1&c=1',
    '/?&&&&',
  ])('sees none in %s', (at) => expect(hasTrapShape(`https://blog.example${at}`)).toBe(false));

  it('sees none in what is no URL', () => expect(hasTrapShape('/a/a/a')).toBe(false));

  it('sees one in anything three times over, whatever stands around it', () => {
    const segment = fc.stringMatching(/^[a-z0-9]{1,5}$/);
    const run = fc.array(segment, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 2 }), run, (before, repeated) => {
        const thrice = [...repeated, ...repeated, ...repeated];
        const url = `https://blog.example/${[...before, ...thrice].join('/')}`;
        fc.pre(repeated.some((name) => /[a-z]/.test(name)));
        expect(hasTrapShape(url)).toBe(true);
      }),
    );
  });

  it('sees none where no two segments are alike', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z0-9]{1,5}$/), { maxLength: 20 });
    fc.assert(
      fc.property(names, (all) => {
        expect(hasTrapShape(`https://blog.example/${all.join('/')}`)).toBe(false);
      }),
    );
  });
});
