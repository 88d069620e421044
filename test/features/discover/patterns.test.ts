import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePatterns } from '#features/discover/patterns.ts';

const takes = (include: readonly string[], exclude: readonly string[] = []) =>
  compilePatterns({ include, exclude });
const at = (path: string) => `https://blog.example${path}`;

describe('a pattern of a path', () => {
  it.each([
    ['/posts/*', ['/posts/a', '/posts/'], ['/posts', '/posts/a/b', '/x/posts/a']],
    ['/posts/**', ['/posts', '/posts/', '/posts/a', '/posts/a/b'], ['/postscript', '/x/posts']],
    ['/**/draft', ['/draft', '/a/draft', '/a/b/draft'], ['/adraft', '/draft/a']],
    ['/a/**/b', ['/a/b', '/a/x/b', '/a/x/y/b'], ['/axb', '/a/xb', '/a/b/c']],
    ['/*.html', ['/a.html', '/.html'], ['/a/b.html', '/a.html5']],
    ['/**.html', ['/a.html', '/a/b.html'], ['/a.htm']],
    ['/a?c', ['/abc', '/a-c'], ['/ac', '/a/c', '/abcd']],
    ['/a', ['/a', '/a?b=c'], ['/a/', '/b']],
    ['/search?q=*', ['/search?q=x', '/search?q='], ['/search', '/search?p=1']],
    ['/search?**', ['/search?q=x', '/search?q=a/b'], ['/search', '/search/a/b']],
    ['/a.b+c(d)[e]$', ['/a.b+c(d)[e]$'], ['/aXb+c(d)[e]$', '/a.bbc(d)[e]$']],
    ['/**', ['/', '/a', '/a/b?c'], []],
  ])('%s', (pattern, taken, left) => {
    const isTaken = takes([pattern]);
    expect(taken.filter((path) => !isTaken(at(path)))).toEqual([]);
    expect(left.filter((path) => isTaken(at(path)))).toEqual([]);
  });

  it('is written as it is read, and compared as URLs have it', () => {
    expect(takes(['/café/*'])(at('/caf%C3%A9/x'))).toBe(true);
    expect(takes(['/caf%c3%a9/*'])(at('/caf%C3%A9/x'))).toBe(true);
    expect(takes(['/a b'])(at('/a%20b'))).toBe(true);
    expect(takes(['/Posts/*'])(at('/posts/a'))).toBe(false);
  });
});

describe('a pattern of a URL', () => {
  it.each([
    ['https://blog.example/**', ['https://blog.example/', at('/a/b?c')], ['http://blog.example/a']],
    ['http*://BLOG.example/a', ['http://blog.example/a', at('/a')], [at('/A')]],
    [
      'https://*.example/**',
      ['https://a.example/b'],
      ['https://a.other/b', 'https://a.example.evil/'],
    ],
    ['**/tag/**', [at('/tag/a'), at('/x/tag'), 'http://a/tag/'], [at('/tags/a'), at('/a')]],
    ['**?page=*', [at('/a?page=2')], [at('/a')]],
    ['*://blog.example/a', [at('/a')], [at('/b')]],
    ['file:///home/**/*.md', ['file:///home/a/b.md'], ['file:///etc/a.md']],
  ])('%s', (pattern, taken, left) => {
    const isTaken = takes([pattern]);
    expect(taken.filter((url) => !isTaken(url))).toEqual([]);
    expect(left.filter((url) => isTaken(url))).toEqual([]);
  });
});

describe('together', () => {
  it('none takes all, and what is excluded is not taken', () => {
    expect(takes([])(at('/a'))).toBe(true);
    expect(takes([], ['/a'])(at('/a'))).toBe(false);
    expect(takes(['/**'], ['/a'])(at('/a'))).toBe(false);
    expect(takes(['/a', '/b'])(at('/b'))).toBe(true);
    expect(takes(['/a', '/b'])(at('/c'))).toBe(false);
  });

  it('take nothing that is no URL', () => expect(takes([])('no URL')).toBe(false));
});

describe('what is no pattern', () => {
  it.each([
    ['', 'empty'],
    ['  ', 'empty'],
    ['blog/*', 'begin with /'],
    ['*.pdf', 'begin with /'],
    ['blog.example/**', 'begin with /'],
    ['!/a', 'excluded'],
    ['/{a,b}', 'braces'],
    ['/a#b', 'fragments'],
    [`/${'x'.repeat(1_100)}`, 'letters'],
  ])('%j is said', (pattern, why) => {
    for (const param of ['include', 'exclude'] as const) {
      const compiling = () => compilePatterns({ include: [], exclude: [], [param]: [pattern] });
      expect(compiling).toThrow(expect.objectContaining({ code: 'invalid_input', param }));
      expect(compiling).toThrow(JSON.stringify(pattern));
      expect(compiling).toThrow(why);
    }
  });

  it('are too many', () =>
    expect(() => takes(Array.from({ length: 1_001 }, () => '/a'))).toThrow(/1001 patterns/));
});

it('matches what an expression that backtracks does', () => {
  const unit = fc.constantFrom('a', 'b', '/', '*', '**', '?', '/**');
  const glob = fc.string({ unit, maxLength: 8 }).map((text) => `/${text}`);
  const path = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 10 });
  fc.assert(
    fc.property(glob, path, (pattern, text) => {
      const source = pattern
        .replace(/\/\*\*(?=\/|$)/g, '§')
        .replace(/\*\*/g, '¶')
        .replace(/\*/g, '[^/]*')
        .replace(/\?/g, '[^/]')
        .replace(/§/g, '(?:/[^]*)?')
        .replace(/¶/g, '[^]*');
      const expected = new RegExp(`^${source}$`).test(`/${text}`);
      expect(takes([pattern])(`https://h.example/${text}`)).toBe(expected);
    }),
    { numRuns: 2_000 },
  );
});

it('comes to an end where one that backtracks does not', () => {
  const stars = takes([`/${'*a'.repeat(400)}`, `/${'**a'.repeat(300)}`, `/${'?'.repeat(1_000)}`]);
  expect(stars(at(`/${'a'.repeat(2_000)}/`))).toBe(false);
});

it('says of any text whether it is a pattern, and of any URL whether it is taken', () =>
  fc.assert(
    fc.property(fc.string(), fc.oneof(fc.webUrl(), fc.string()), (pattern, url) => {
      let isTaken: (url: string) => boolean;
      try {
        isTaken = takes([pattern]);
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: 'invalid_input' });
        return;
      }
      expect(typeof isTaken(url)).toBe('boolean');
    }),
  ));
