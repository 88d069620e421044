import { describe, expect, it } from 'vitest';
import {
  blocksOf,
  findTemplateBlocks,
  packHashes,
  removeTemplateBlocks,
  unpackHashes,
} from '#features/clean/template-blocks.ts';
import { pagesMin } from '#features/clean/template-pages.ts';

const hashesOf = (markdown: string) => blocksOf(markdown).map(({ hash }) => hash);
const templatesOf = (pages: readonly string[]) =>
  findTemplateBlocks(pages.map((markdown) => ({ hashes: hashesOf(markdown) })));

/** Prose of so many words that no other name has. */
const prose = (name: string, words: number) =>
  `${Array.from({ length: words }, (_, at) => `${name}${at}`).join(' ')}.`;

describe('pagesMin', () => {
  it('is a fifth of a small site, grows with the root of a large one, and is never below four', () => {
    expect([1, 4, 20, 30, 50].map((pages) => pagesMin(pages, 5))).toEqual([4, 4, 4, 6, 10]);
    expect([100, 400, 10_000].map((pages) => pagesMin(pages, 5))).toEqual([15, 30, 150]);
    expect([20, 100, 400, 10_000].map((pages) => pagesMin(pages, 25))).toEqual([4, 10, 20, 100]);
  });

  it('never falls as a site grows', () => {
    for (const words of [5, 30]) {
      for (let pages = 1; pages < 3_000; pages += 1) {
        expect(pagesMin(pages + 1, words)).toBeGreaterThanOrEqual(pagesMin(pages, words));
      }
    }
  });
});

describe('findTemplateBlocks', () => {
  const cta = prose('cta', 30);
  const post = (at: number, words = 60) => prose(`post${at}x`, words);
  const site = (count: number, text: (at: number) => string) =>
    Array.from({ length: count }, (_, at) => text(at));

  it('leaves a site of three pages alone, and finds what four repeat', () => {
    const page = (at: number) => `${post(at)}\n\n${cta}\n\nBye`;
    expect(templatesOf(site(3, page)).size).toBe(0);
    expect(templatesOf(site(4, page))).toEqual(new Set([cta, 'Bye'].flatMap(hashesOf)));
  });

  it.each([
    [20, 4, 'Bye', 4],
    [20, 3, 'Bye', 0],
    [40, 8, 'Bye', 8],
    [40, 7, 'Bye', 0],
    [400, 29, 'Bye', 0],
    [400, 30, 'Bye', 30],
    [400, 20, cta, 20],
    [400, 19, cta, 0],
  ])('of %i pages, %i of which end alike, takes the end of %#', (count, alike, end, removed) => {
    const pages = site(count, (at) => (at < alike ? `${post(at)}\n\n${end}` : post(at)));
    const templates = templatesOf(pages);
    const changed = pages.filter((page) => removeTemplateBlocks(page, templates) !== page);
    expect(changed).toHaveLength(removed);
  });

  it('does not take the headings and the code that every page has', () => {
    const code = '```sh\nnpm install\n```';
    const pages = site(30, (at) => `## Introduction\n\n${post(at)}\n\n## Example\n\n${code}`);
    expect(templatesOf(pages).size).toBe(0);
  });

  it("does not take short text that stands between what is a page's own", () => {
    const pages = site(30, (at) => `${post(at)}\n\nAn example follows.\n\n${post(at + 100)}`);
    expect(templatesOf(pages).size).toBe(0);
  });

  it('does not take a post for a template because it has copies', () => {
    const copy = (at: number) => [post(1), post(2), `Copy ${at}`, post(3), post(4)].join('\n\n');
    const pages = [...site(6, copy), ...site(14, (at) => `${post(at + 10)}\n\nBye`)];
    const templates = templatesOf(pages);
    expect(templates).toEqual(new Set(hashesOf('Bye')));
  });

  it('does not take a post for a template because listings hold it whole', () => {
    const listing = (at: number) => [post(1, 40), post(at + 50, 100), post(2, 40)].join('\n\n');
    const whole = [post(1, 40)].join('\n\n');
    const pages = [...site(9, listing), whole, post(2, 40), ...site(19, (at) => post(at + 200))];
    expect(templatesOf(pages).size).toBe(0);
  });

  it('does not take long posts inside of listings, whatever else those hold', () => {
    const entry = [post(1, 100), post(2, 110), post(3, 100)].join('\n\n');
    const pages = site(20, (at) => (at < 8 ? `${post(at + 50, 200)}\n\n${entry}` : post(at + 50)));
    expect(templatesOf(pages).size).toBe(0);
  });

  it('takes what most pages have, however long it is', () => {
    const terms = [prose('terms', 200), prose('more', 200)].join('\n\n');
    const pages = site(20, (at) => (at < 11 ? `${post(at, 200)}\n\n${terms}` : post(at, 200)));
    expect(templatesOf(pages)).toEqual(new Set(hashesOf(terms)));
  });

  it('reads pages from a one-pass source, and from packed hashes', () => {
    const pages = site(5, (at) => `${post(at)}\n\nBye`);
    function* packed() {
      for (const page of pages) yield { hashes: unpackHashes(packHashes(hashesOf(page))) };
    }
    expect(findTemplateBlocks(packed())).toEqual(templatesOf(pages));
    expect(findTemplateBlocks([]).size).toBe(0);
    expect(findTemplateBlocks(pages.map(() => ({ hashes: [] }))).size).toBe(0);
  });
});
