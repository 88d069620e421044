import { existsSync, globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cleanMarkdown } from '#features/clean/clean.ts';
import {
  blocksOf,
  findTemplateBlocks,
  removeTemplateBlocks,
} from '#features/clean/template-blocks.ts';
import { extractPage } from '#features/extract/extract.ts';
import { rawPage } from '../raw-page.ts';
import { generateSite, scoreRemoval } from './template-site.ts';

const templatesOf = (texts: readonly string[]) =>
  findTemplateBlocks(texts.map((text) => ({ hashes: blocksOf(text).map(({ hash }) => hash) })));

describe('a generated site', () => {
  const scoreOf = (pages: number, seed: number) => {
    const site = generateSite(pages, seed);
    const templates = templatesOf(site.map(({ markdown }) => markdown));
    return scoreRemoval(site, (markdown) => removeTemplateBlocks(markdown, templates));
  };

  it.each([4, 10, 20, 40, 100, 400])('of %i pages loses nothing that is a page’s own', (pages) => {
    for (const seed of [1, 2, 3]) {
      const { lost, own } = scoreOf(pages, seed);
      expect(lost).toEqual([]);
      expect(own).toBeGreaterThan(pages * 3);
    }
  });

  it.each([40, 100, 400])('of %i pages loses what the site adds to them', (pages) => {
    const { chrome } = scoreOf(pages, 4);
    const share = (kind: string) => {
      const { words = 0, removed = 0 } = chrome.get(kind) ?? {};
      return removed / words;
    };
    for (const kind of ['banner', 'breadcrumbs', 'call to subscribe', 'notice in a quote']) {
      expect.soft(share(kind), kind).toBe(1);
    }
    for (const kind of ['biography', 'popular posts', 'copyright']) {
      expect.soft(share(kind), kind).toBe(1);
    }
    // Their heading stays where a list of other posts follows, which differs from page to page.
    expect.soft(share('letter')).toBeGreaterThan(0.8);
    expect.soft(share('share links')).toBeGreaterThanOrEqual(0.45);
  });

  it('of three pages stays as it is', () => {
    const { chrome, lost } = scoreOf(3, 5);
    expect(lost).toEqual([]);
    for (const { removed } of chrome.values()) expect(removed).toBe(0);
  });
});

const blog = '../shared/data/site/dwong';
const isThere = existsSync(blog);

describe(`a real blog${isThere ? '' : ` (left out: ${blog} is not there)`}`, () => {
  it.skipIf(!isThere)('loses its empty comment headings and its footer, and no post', () => {
    const texts = globSync('**/*.html', { cwd: blog })
      .sort()
      .filter((_, at) => at % 3 === 0)
      .map((name) => extractPage(rawPage(readFileSync(`${blog}/${name}`), { url: urlOf(name) })))
      .filter(({ refresh, words }) => refresh === null && words >= 40)
      .map(({ markdown }) => cleanMarkdown(markdown));
    const templates = templatesOf(texts);
    for (const text of texts) {
      const left = removeTemplateBlocks(text, templates);
      expect(left.length).toBeGreaterThanOrEqual(0.75 * text.length);
      const kept = blocksOf(left).map(({ hash }) => hash);
      const gone = blocksOf(text).filter(({ hash }) => !kept.includes(hash));
      // What goes is before or behind all that the page has of its own.
      expect(text).toContain(left);
      expect(gone.every(({ hash }) => templates.has(hash))).toBe(true);
    }
    expect(templates.size).toBeGreaterThan(0);
    expect(templates.size).toBeLessThan(10);
  });
});

const urlOf = (name: string): string => `https://blog.example/${name.replace(/index[.]html$/, '')}`;
