import { load } from 'cheerio';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { highlight } from '../../../scripts/sample-site/highlight.ts';

const LANGUAGES = ['python', 'typescript', 'go', 'sql', 'text', 'yaml'];
const textOf = (html: string): string => load(`<pre>${html}</pre>`, null, false)('pre').text();

it.each(LANGUAGES)('keeps every character of %s', (language) => {
  const pieces = [
    'def ',
    'if',
    '"a b"',
    "'",
    '"',
    '#x',
    '// y',
    '\n',
    '  ',
    '/* ',
    '*/',
    '`',
    '1.5',
  ];
  const code = fc.array(fc.constantFrom(...pieces, '<', '&', 'é', '\\', '--', '"""'));
  fc.assert(
    fc.property(code, (parts) => {
      // A leading line break is dropped by HTML parsers, so a letter stands before it.
      const text = `x${parts.join('')}`;
      expect(textOf(highlight(text, language).markup)).toBe(text);
    }),
  );
});

it('marks keywords, strings, numbers and comments', () => {
  expect(highlight('for x in "a": # 3\n  y = 42', 'python').markup).toBe(
    '<span class="tok-k">for</span> x <span class="tok-k">in</span> ' +
      '<span class="tok-s">&quot;a&quot;</span>: <span class="tok-c"># 3</span>\n' +
      '  y = <span class="tok-n">42</span>',
  );
});

it('wraps each line of TypeScript, also within a comment', () => {
  expect(highlight('/* a\n b */\nlet c', 'typescript').markup).toBe(
    '<span class="line"><span class="tok-c">/* a</span></span>\n' +
      '<span class="line"><span class="tok-c"> b */</span></span>\n' +
      '<span class="line"><span class="tok-k">let</span> c</span>',
  );
});

it('finds no keyword inside of a longer word', () => {
  expect(highlight('format_if islands', 'python').markup).toBe('format_if islands');
});

it('leaves a language alone that it does not know', () => {
  expect(highlight('if <a>', 'bash').markup).toBe('if &lt;a&gt;');
});
