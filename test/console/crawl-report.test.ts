import { createHash } from 'node:crypto';
import { type CheerioAPI, load } from 'cheerio';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawCrawlReport } from '#console/crawl-report.ts';
import type { CrawlSummary } from '#domain/crawl-summary.ts';
import { fullSummary, summary } from './summary.ts';

const AT = '2026-11-25T03:13:16.000Z';

const drawn = (...summaries: readonly CrawlSummary[]) => drawCrawlReport({ summaries, at: AT });
const page = async (...summaries: readonly CrawlSummary[]) => load(await drawn(...summaries));

/** Every element with its attributes, in order: what a page is made of, whatever its texts say. */
const skeleton = ($: CheerioAPI): readonly string[] =>
  $('html')
    .find('*')
    .toArray()
    .map((element) => `${element.tagName} ${Object.keys(element.attribs).sort().join(' ')}`);

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</title></style></svg><script>alert(1)</script>',
  '<!--',
  '&lt;script&gt;',
  '{{alert(1)}}',
  '\u202e<b>',
] as const;

describe('a page of untrusted texts', () => {
  it.each(HOSTILE)('has the same elements with %s as with plain words', async (text) => {
    const $ = await page(fullSummary(text, `https://blog.example/${text}`));
    expect(skeleton($)).toEqual(skeleton(await page(fullSummary('word'))));
    expect($('script, iframe, img, object, embed, base, form')).toHaveLength(0);
    // Nothing is lost either: the text is there to be read.
    expect($('h2').text()).toContain(text);
    expect($('.notice').text()).toBe(text);
    expect($('td a').first().text()).toContain(text);
  });

  it('has the same elements with any text', async () => {
    const plain = skeleton(await page(fullSummary('word')));
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1 }), async (text) => {
        fc.pre(text !== 'new');
        expect(skeleton(await page(fullSummary(text, 'https://blog.example/')))).toEqual(plain);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,<b>x',
    'file:///etc/passwd',
    'vbscript:x',
    'no url',
  ])('does not make a link of %s', async (url) => {
    const $ = await page(fullSummary('word', url));
    expect($('a').filter((_, { attribs }) => !(attribs.href ?? '').startsWith('#'))).toHaveLength(
      0,
    );
    expect($('td').text()).toContain(url);
  });

  it('tells no site that it is linked from here', async () => {
    const $ = await page(fullSummary('word'));
    const links = $('main a').toArray();
    expect(links.length).toBeGreaterThan(5);
    for (const { attribs } of links) expect(attribs.rel).toContain('noreferrer');
    expect($('meta[name=referrer]').attr('content')).toBe('no-referrer');
  });
});

describe('a page by itself', () => {
  it('allows its one style sheet, by its hash, and nothing else', async () => {
    const html = await drawn(fullSummary('word'));
    const $ = load(html);
    const policy = $('meta[http-equiv=Content-Security-Policy]').attr('content') ?? '';
    const style = /<style>([\s\S]*?)<\/style>/.exec(html)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `style-src 'sha256-${hash}'`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect($('[style], link, script')).toHaveLength(0);
    expect(style).not.toMatch(/url\(|@import/);
  });

  it('gives every plot a name and a description, under ids of its own', async () => {
    const $ = await page(fullSummary('one'), fullSummary('two'));
    const plots = $('svg[role=img]').toArray();
    expect(plots).toHaveLength(8);
    const ids = new Set<string>();
    for (const plot of plots) {
      const named = (plot.attribs['aria-labelledby'] ?? '').split(' ');
      expect(named).toHaveLength(2);
      for (const id of named) {
        expect($(plot).find(`[id="${id}"]`).text().trim()).not.toBe('');
        expect(ids.has(id)).toBe(false);
        ids.add(id);
      }
    }
    expect($('html').attr('lang')).toBe('en');
    expect($('.scroll:not([aria-label]), .scroll:not([tabindex])')).toHaveLength(0);
    expect($('meta[name=viewport]')).toHaveLength(1);
  });

  it('draws no coordinate that is no number', async () => {
    const $ = await page(fullSummary('word'), summary());
    for (const { attribs } of $('rect, line, text').toArray()) {
      for (const name of ['x', 'y', 'x1', 'x2', 'y1', 'y2', 'width', 'height']) {
        if (attribs[name] !== undefined) expect(attribs[name]).toMatch(/^\d+(\.\d+)?$/);
      }
    }
  });
});

describe('what a page says', () => {
  it('has a section for each source, which the top of it leads to', async () => {
    const $ = await page(summary({ source: 'a' }), summary({ source: 'b' }));
    expect($('title').text()).toBe('Crawl report: 2 sources');
    const targets = $('nav a')
      .toArray()
      .map(({ attribs }) => attribs.href ?? '');
    expect(targets).toHaveLength(2);
    expect(targets.map((target) => $(`section${target} h2`).text().trim().split(/\s+/)[0])).toEqual(
      ['a', 'b'],
    );
  });

  it('says so when there was nothing', async () => {
    const $ = await page(summary());
    expect($('title').text()).toBe('Crawl report: blog.example');
    expect($('main').text()).toContain('No page was asked for.');
    expect($('main').text()).toContain('first crawl');
    expect($('svg')).toHaveLength(0);
    expect($('nav')).toHaveLength(0);
  });

  it('gives the numbers beside the pictures', async () => {
    const $ = await page(fullSummary('odd'));
    const text = $('main').text().replace(/\s+/g, ' ');
    for (const part of [
      'new 3 75%',
      'odd 1 25%',
      'half within 14 ms, 95% within 48 ms, the most 48 ms',
      'and 3 more',
      'lockstep source retry odd',
      'Not taken before, and as they were: 2 (2 odd).',
    ]) {
      expect(text).toContain(part);
    }
    expect($('details')).toHaveLength(7);
  });

  it('says what can be done about a reason, and does not repeat its URL', async () => {
    const url = 'https://blog.example/a';
    const reason = {
      code: 'login_wall',
      pages: 1,
      retryable: 0,
      examples: { shown: [{ url, message: `${url} asks to sign in` }], more: 0 },
    };
    const $ = await page(summary({ reasons: [reason] }));
    const card = $('.card').text().replace(/\s+/g, ' ').trim();
    expect(card).toBe(
      `login_wall 1 What to do: nothing; Lockstep does not sign in. ${url} asks to sign in`,
    );
    expect($('main').text()).not.toContain('lockstep source retry');
  });

  it('folds long lists, and not short ones', async () => {
    const many = Array.from({ length: 9 }, (_, n) => ({
      url: `https://x.example/${n}`,
      code: null,
    }));
    const { changes } = summary();
    const $ = await page(
      summary({
        changes: {
          ...changes,
          added: { shown: many, more: 0 },
          closed: { shown: many.slice(0, 8), more: 0 },
        },
      }),
    );
    const open = $('details')
      .toArray()
      .map(({ attribs }) => 'open' in attribs);
    expect(open).toEqual([false, true]);
  });
});
