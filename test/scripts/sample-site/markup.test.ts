import { load } from 'cheerio';
import fc from 'fast-check';
import { XMLParser } from 'fast-xml-parser';
import { expect, it } from 'vitest';
import { escaped, markup, scriptJson, trusted } from '../../../scripts/sample-site/markup.ts';

it('escapes text, keeps markup, joins lists and leaves out what is nothing', () => {
  const rows = ['a<b', 'c'].map((row) => markup`<li>${row}</li>`);
  expect(markup`<ul class="${'"x"'}">${rows}${null}${false}${3}</ul>`.markup).toBe(
    '<ul class="&quot;x&quot;"><li>a&lt;b</li><li>c</li>3</ul>',
  );
  expect(markup`${trusted('<b>')}${'<b>'}`.markup).toBe('<b>&lt;b&gt;');
});

it('escapes any text so that an HTML parser reads it back', () => {
  const printable = fc.string({ unit: fc.constantFrom(...'<>&"\'ab;=/é€\u{1f642} ') });
  fc.assert(
    fc.property(printable, (text) => {
      const $ = load(markup`<p title="${text}">${text}</p>`.markup, null, false);
      expect($('p').attr('title')).toBe(text);
      expect($('p').text()).toBe(text);
    }),
  );
});

it('escapes any text so that an XML parser reads it back', () => {
  const printable = fc.string({ unit: fc.constantFrom(...'<>&"\'ab;'), minLength: 1 });
  const parser = new XMLParser({ parseTagValue: false, trimValues: false, htmlEntities: true });
  fc.assert(
    fc.property(printable, (text) => {
      expect(parser.parse(`<a>${escaped(text)}</a>`)).toEqual({ a: text });
    }),
  );
});

it('writes JSON that no script element ends early, and that survives any charset', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string({ unit: 'grapheme' }), (value, text) => {
      const written = scriptJson([value, text, '</script><!--']).markup;
      expect(written).not.toContain('<');
      expect(written).toBe(Buffer.from(written, 'latin1').toString('ascii'));
      expect(JSON.parse(written)).toEqual(
        JSON.parse(JSON.stringify([value, text, '</script><!--'])),
      );
    }),
  );
});
