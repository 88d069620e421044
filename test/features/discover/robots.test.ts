import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRobots, robotsDecision } from '#features/discover/robots.ts';
import type { FetchOutcome } from '#ports/page-fetcher.ts';
import { VISITED } from '../../fakes/page-fetcher.ts';

const CASES = '../shared/data/robots/cases.json';

const check = (lines: readonly string[], expected: Record<string, boolean>, agent = 'Lockstep') => {
  const rules = parseRobots(lines.join('\n'), agent);
  const found = Object.keys(expected).map((path) => [
    path,
    rules.allows(`https://b.example${path}`),
  ]);
  expect(Object.fromEntries(found)).toEqual(expected);
};

describe('groups', () => {
  it('allows everything without rules', () => {
    check([], { '/': true, '/a?b': true });
    check(['<html>', 'nonsense', 'Disallow: /'], { '/': true });
  });

  it('lets the group that names the crawler override the one for all', () =>
    check(['User-agent: *', 'Disallow: /', '', 'user-agent: LOCKSTEP/2', 'Disallow: /a'], {
      '/a': false,
      '/b': true,
    }));

  it('takes an empty group by name for permission', () =>
    check(['User-agent: *', 'Disallow: /', 'User-agent: lockstep', 'Disallow:'], { '/a': true }));

  it('merges groups of the same name, and shares rules between names', () =>
    check(
      [
        'User-agent: other',
        'User-agent: lockstep',
        'Disallow: /a',
        'User-agent: lockstep',
        'Disallow: /b',
      ],
      { '/a': false, '/b': false, '/c': true },
    ));

  it('knows the crawler with its version, and no other crawler by a part of its name', () => {
    check(['User-agent: lockstep', 'Disallow: /'], { '/': false }, 'Lockstep/1.0 (+https://x)');
    check(['User-agent: lock', 'Disallow: /'], { '/': true });
    check(['User-agent: lockstepper', 'Disallow: /'], { '/': true });
  });
});

describe('rules', () => {
  it('lets the longest match win, and allow at a tie', () =>
    check(
      [
        'User-agent: *',
        'Disallow: /a',
        'Allow: /a/b',
        'Disallow: /a/b/c',
        'Allow: /t',
        'Disallow: /t',
      ],
      { '/a': false, '/ax': false, '/a/b': true, '/a/b/c': false, '/t': true },
    ));

  it('matches stars and ends', () =>
    check(['User-agent: *', 'Disallow: /*.pdf$', 'Disallow: /x*y*z', 'Disallow: *?print'], {
      '/a.pdf': false,
      '/a.pdf?v': true,
      '/xyz': false,
      '/x1y2z3': false,
      '/xzy': true,
      '/a?print=1': false,
      '/b?p': true,
    }));

  it('compares escapes in upper case and characters escaped', () =>
    check(['User-agent: *', 'Disallow: /%c3%a9', 'Disallow: /ü'], {
      '/%C3%A9': false,
      '/%C3%BC': false,
      '/e': true,
    }));

  it('reads comments, odd spacing, all line ends, a byte-order mark, and common misspellings', () =>
    check(
      [
        '\ufeffuser agent : * # all',
        ' \tdisalow:/a # no\r\ndissallow: /b\rDisallow /c',
        'Disallow: /d',
      ],
      { '/a': false, '/b': false, '/c': false, '/d': false, '/e': true },
    ));

  it('says crawl-delay and sitemaps', () => {
    const text = [
      'Sitemap: https://b.example/s.xml',
      'User-agent: *',
      'Crawl-delay: 2.5',
      'User-agent: other',
      'Crawl-delay: 60',
      'sitemap:https://b.example/t.xml',
    ].join('\n');
    const { crawlDelayMs, sitemaps } = parseRobots(text, 'Lockstep');
    expect(crawlDelayMs).toBe(2_500);
    expect(sitemaps).toEqual(['https://b.example/s.xml', 'https://b.example/t.xml']);
    expect(parseRobots('User-agent: *\nCrawl-delay: soon', 'Lockstep').crawlDelayMs).toBeNull();
    expect(parseRobots('User-agent: *\nCrawl-delay: -1', 'Lockstep').crawlDelayMs).toBeNull();
  });

  it('reads 500 KiB and no more', () => {
    const filler = `${'# filler'.padEnd(99)}\n`.repeat(5_200);
    check([filler, 'User-agent: *', 'Disallow: /'], { '/': true });
    check(['User-agent: *', 'Disallow: /', ' '.repeat(5_000_000)], { '/': false });
  });

  it('makes no rule of a line that the limit cuts', () => {
    const start = 'User-agent: *\nDisallow: /a\n#';
    const room = 500 * 1_024 - start.length - '\nDisallow: /'.length;
    check([`${start}${'x'.repeat(room)}\nDisallow: /private`], { '/': true, '/a': false });
  });

  it('gives the named group its own delay or none, and no delay that is no number of ms', () => {
    const delay = (...lines: string[]) => parseRobots(lines.join('\n'), 'Lockstep').crawlDelayMs;
    expect(delay('User-agent: *', 'Crawl-delay: 5', 'User-agent: lockstep', 'Allow: /')).toBeNull();
    expect(delay('User-agent: *', 'Crawl-delay: 1', 'Crawl-delay: 9')).toBe(1_000);
    expect(delay('Crawl-delay: 9', 'User-agent: *', 'Disallow: /a')).toBeNull();
    expect(delay('User-agent: *', 'Crawl-delay: 0.0004')).toBe(0);
    for (const value of ['', '1e308', 'Infinity', 'NaN', '1s', '1,5']) {
      expect(delay('User-agent: *', `Crawl-delay: ${value}`)).toBeNull();
    }
  });
});

it.skipIf(!existsSync(CASES))(`passes every case of google/robotstxt (${CASES})`, () => {
  const cases = JSON.parse(readFileSync(CASES, 'utf8')) as readonly {
    robotstxt: string;
    userAgent: string;
    url: string;
    allowed: boolean;
  }[];
  expect(cases.length).toBeGreaterThan(100);
  const failed = cases.filter(
    ({ robotstxt, userAgent, url, allowed }) =>
      parseRobots(robotstxt, userAgent).allows(url) !== allowed,
  );
  expect(failed).toEqual([]);
});

it('never throws, and finds a glob where a backtracking matcher does', () => {
  const alphabet = fc.constantFrom('a', 'b', '*', '/', '$');
  const word = fc.string({ unit: alphabet, maxLength: 8 });
  fc.assert(
    fc.property(
      word,
      fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 12 }),
      (glob, path) => {
        const rules = parseRobots(`User-agent: *\nDisallow: /${glob}`, 'x');
        const pattern = `/${glob}`;
        const toEnd = pattern.endsWith('$');
        const body = toEnd ? pattern.slice(0, -1) : pattern;
        const source = body.replace(/\$/g, '\\$').replace(/\*/g, '.*');
        const expected = new RegExp(`^${source}${toEnd ? '$' : ''}`).test(`/${path}`);
        expect(rules.allows(`http://h.example/${path}`)).toBe(!expected);
      },
    ),
  );
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (text, agent, url) => {
      expect(typeof parseRobots(text, agent).allows(url)).toBe('boolean');
    }),
  );
});

describe('robotsDecision', () => {
  const failed = (code: 'http_status' | 'timeout' | 'unsupported_type', status: number | null) =>
    ({ ...VISITED, kind: 'failed', code, status, message: 'why', retryable: true }) as const;

  it.each<[string, FetchOutcome, string]>([
    ['gone', { ...VISITED, kind: 'gone', url: 'u', status: 404 }, 'allow_all'],
    ['403', failed('http_status', 403), 'allow_all'],
    ['a page instead', failed('unsupported_type', null), 'allow_all'],
    ['429', failed('http_status', 429), 'hold_off'],
    ['503', failed('http_status', 503), 'hold_off'],
    ['a timeout', failed('timeout', null), 'hold_off'],
    ['304 unasked for', { ...VISITED, kind: 'not_modified', url: 'u' }, 'hold_off'],
  ])('%s', (_name, outcome, kind) => expect(robotsDecision(outcome).kind).toBe(kind));

  it('hands over the text', () => {
    const page = {
      stage: 'raw',
      url: 'u',
      status: 200,
      body: new TextEncoder().encode('User-agent: *'),
      contentType: 'text/plain',
      etag: null,
      lastModified: null,
      robotsTag: '',
    } as const;
    expect(robotsDecision({ ...VISITED, kind: 'fetched', page })).toEqual({
      kind: 'rules',
      text: 'User-agent: *',
    });
  });
});
