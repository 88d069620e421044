import { describe, expect, it } from 'vitest';
import { extractPage } from '#features/extract/extract.ts';
import { dropHeadingIds } from '#features/extract/heading-ids.ts';
import { readPage } from '#features/extract/read-page.ts';
import { PAGE_URL, rawPage } from '../raw-page.ts';

const idsOf = (html: string) => {
  const { document } = readPage(html, PAGE_URL, { xhtml: false });
  dropHeadingIds(document);
  const body = (document.body as unknown as { readonly innerHTML: string }).innerHTML;
  return [...body.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
};

describe('ids', () => {
  it.each([
    ['of headings', '<h2 id=comments>Comments</h2><h6 id=x>A</h6>', []],
    [
      'of sections, made of their headings',
      '<section id=related-work><h2>Related work</h2></section>',
      [],
    ],
    ['not of other sections', '<section id=comments><h2>3 comments</h2></section>', ['comments']],
    ['not of what has no heading', '<div id=footer><p id=x>a</p></div>', ['footer', 'x']],
  ])('%s', (_name, html, ids) => expect(idsOf(html)).toEqual(ids));
});

it('keeps sections whose words sound like chrome', () => {
  const prose = '<p>The harbour was quiet, and the boats lay where the tide had left them.</p>';
  const section = (title: string) => {
    const id = title.toLowerCase().replaceAll(' ', '-');
    return `<section id="${id}"><h2 id="${id}">${title}</h2>${prose.repeat(4)}</section>`;
  };
  const titles = ['Comments in code', 'Shared metadata', 'Related work', 'Contact and media'];
  const { markdown } = extractPage(
    rawPage(`<main><article><h1>T</h1>${prose}${titles.map(section).join('')}</article></main>`),
  );
  for (const title of titles) expect(markdown).toContain(`## ${title}`);
});
