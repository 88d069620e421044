import { describe, expect, it } from 'vitest';
import type { DomElement } from '#features/extract/dom.ts';
import { pageTitle, type TitleHints } from '#features/extract/page-title.ts';
import { PAGE_URL } from '../raw-page.ts';

const heading = (textContent: string) => ({ textContent }) as DomElement;
const title = (hints: Partial<TitleHints>) =>
  pageTitle({ title: '', stated: [], headings: [], siteName: null, url: PAGE_URL, ...hints });

describe('a title', () => {
  it('is what the page calls itself, before its <title>, its heading and its URL', () => {
    const headings = [heading('C')];
    expect(title({ stated: [' ', 'A'], title: 'B', headings })).toBe('A');
    expect(title({ title: 'B', headings })).toBe('B');
    expect(title({ headings: [heading(' \n'), heading(' C\n d ')] })).toBe('C d');
    expect(title({})).toBe(PAGE_URL);
  });

  it.each(['A | S', 'A - S', 'A – S', 'A — S', 'A · S', 'A » S', 'A :: S', 'S: A', 'A|S'])(
    'is without the name of the site: %s',
    (stated) => expect(title({ stated: [stated], siteName: 's' })).toBe('A'),
  );

  it.each([
    ['the host', 'A | blog.example', PAGE_URL],
    ['the name of the host', 'A | Blog', PAGE_URL],
    ['the name of the domain', 'Some Site: A', 'https://www.some-site.co/posts/a'],
  ])('is without %s', (_name, stated, url) => expect(title({ stated: [stated], url })).toBe('A'));

  it('is not cut in a word', () => expect(title({ stated: ['A-blog'] })).toBe('A-blog'));

  it('is what a heading says, with its dashes', () => {
    const headings = [heading('Part 1 - A | B')];
    expect(title({ title: 'Part 1 - A | B', headings })).toBe('Part 1 - A | B');
    expect(title({ title: 'Part 1 - A | B | Some site', headings })).toBe('Part 1 - A | B');
  });

  it('stays when nothing tells which part it is', () =>
    expect(title({ title: 'A | B' })).toBe('A | B'));

  it('is bounded', () => expect(title({ title: 'a '.repeat(5_000) }).length).toBe(1_000));
});
