import { load } from 'cheerio';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeHtml } from '../../../scripts/sample-site/charset.ts';

it('writes what a charset holds as bytes, and the rest as references', () => {
  expect(encodeHtml('é€−', 'windows-1252')).toEqual(Buffer.from('\xe9\x80&#8722;', 'latin1'));
  expect(encodeHtml('é€', 'iso-8859-1')).toEqual(Buffer.from('\xe9&#8364;', 'latin1'));
});

it.each(['windows-1252', 'iso-8859-1'])('reads back from %s as it was', (charset) => {
  const letters = fc.string({ unit: fc.constantFrom(...'aéß€–−→”…\u{1f642} ') });
  fc.assert(
    fc.property(letters, (text) => {
      const decoded = new TextDecoder(charset).decode(encodeHtml(`<p>${text}</p>`, charset));
      expect(load(decoded)('p').text()).toBe(text);
    }),
  );
});
