import { expect, it } from 'vitest';
import { dropRepeatedAlts } from '#features/extract/images.ts';
import { readPage } from '#features/extract/read-page.ts';
import { PAGE_URL } from '../raw-page.ts';

const altsOf = (html: string) => {
  const { document } = readPage(html, PAGE_URL, { xhtml: false });
  dropRepeatedAlts(document.body, 'The title of it');
  return [...document.body.getElementsByTagName('img')].map((image) => image.getAttribute('alt'));
};

const long = '<p>A harbour at dawn, and all else that the post says.</p>'.repeat(50);

it.each([
  ['a description', '<p><img alt="A harbour at dawn"></p>', ['A harbour at dawn']],
  ['its like far away', `<div>${long}</div><img alt="A harbour at dawn">`, ['A harbour at dawn']],
])('keeps %s', (_name, html, alts) => expect(altsOf(html)).toEqual(alts));

it.each([
  ['nothing', '<img>', ['']],
  ['a file name', '<img alt=" IMG_2041.JPG ">', ['']],
  ['a slug', '<img alt="milan-design-week-2018">', ['']],
  [
    'a sentence of the post, wherever it is',
    `${long}<p>The boats lay where the tide had left them.</p><div>${long}</div>
     <p><img alt="The boats lay where the tide had left them"></p>`,
    [''],
  ],
  ['the title', '<img alt="The Title, of it!">', ['']],
  [
    'its caption',
    '<figure><a href=x><img alt="A harbour"></a><figcaption>A harbour. Photo: Ann</figcaption></figure>',
    [''],
  ],
  ['another image’s text', '<img alt="A boat"><img alt="a boat">', ['A boat', '']],
])('drops %s', (_name, html, alts) => expect(altsOf(html)).toEqual(alts));
