import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyToMarkdown } from './to-markdown.ts';

const check = (html: string, markdown: string) => expect(bodyToMarkdown(html).text).toBe(markdown);

describe('headings', () => {
  it.each([
    ['every level', '<h2>a</h2><h3>b</h3><h6>c</h6>', '## a\n\n### b\n\n###### c'],
    ['without a sign that links to it', '<h2 id=a>a <a href="#a">#</a></h2>', '## a'],
    ['without a sign before it', '<h2><a href="/p#a">¶</a> a</h2>', '## a'],
    ['without an empty anchor', '<h2><a id=a></a>a<a href="#a">\u200b</a></h2>', '## a'],
    ['without a link in words', '<h2>a <a href="#a">Permalink</a></h2>', '## a'],
    ['with a real link', '<h2><a href="/b">b</a></h2>', '## [b](https://blog.example/b)'],
    ['that are their own link', '<h2><a href="#a">Link tables</a></h2>', '## Link tables'],
    ['of C#', '<h2>From C to C#</h2>', '## From C to C#'],
    ['that end in a sign', '<h2>The sign #</h2>', '## The sign \\#'],
    ['with a number', '<h2>1. Start</h2><h2>- dash</h2>', '## 1. Start\n\n## - dash'],
    ['on one line', '<h2>a<br>b\n c</h2>', '## a b c'],
    ['that say nothing', '<h2> </h2><h3><a href="#x">#</a></h3><p>a</p>', 'a'],
  ])('%s', (_name, html, markdown) => check(html, markdown));

  it.each(['<h1>The Title!</h1><p>a</p>', '<h2>the title</h2><p>a</p>'])(
    'do not repeat the title: %s',
    (html) => check(html, 'a'),
  );

  it('repeat it when it is not the first', () =>
    check('<p>a</p><h2>The title</h2>', 'a\n\n## The title'));
});

describe('lists', () => {
  it.each([
    ['nested', '<ul><li>a<ul><li>b<ol><li>c</ol></ul><li>d</ul>', '- a\n  - b\n    1. c\n- d'],
    ['with a start', '<ol start=9><li>a<li>b</ol>', '9. a\n10. b'],
    ['with a start that is none', '<ol start=x><li>a</ol><ol start=-3><li>b</ol>', '1. a\n\n1. b'],
    ['numbered on over what is empty', '<ol><li>a<li> <li>c</ol>', '1. a\n\n3. c'],
    ['loose', '<ul><li><p>a</p><p>b</p></li><li><p>c</p></li></ul>', '- a\n\n  b\n- c'],
    [
      'with code',
      '<ol><li>a<pre>b\n\n  c\n</pre></li></ol>',
      '1. a\n\n   ```\n   b\n\n     c\n   ```',
    ],
    ['that begin with code', '<ul><li><pre>a</pre></ul><p>b</p>', '- ```\n  a\n  ```\n\nb'],
    ['with a quotation', '<ul><li><blockquote>a</blockquote></ul>', '- > a'],
    ['without a list', '<li>a</li>', '- a'],
  ])('%s', (_name, html, markdown) => check(html, markdown));

  it('of definitions', () =>
    check('<dl><dt>a<dd>b<dt>c<dt> <dd><p>d</p><p>e</p></dl>', '**a**\n\nb\n\n**c**\n\nd\n\ne'));
});

describe('lines', () => {
  it.each([
    ['paragraphs', '<p>a\n b</p><p> c</p>d', 'a b\n\nc\n\nd'],
    ['hard breaks', '<p>a<br>b<br/>c</p>', 'a  \nb  \nc'],
    ['rules', 'a<hr>b', 'a\n\n---\n\nb'],
    [
      'emphasis',
      '<p>a <b>b </b><i>c</i><em>d</em> <strong> e</strong></p>',
      'a **b** *c**d* **e**',
    ],
    ['emphasis in itself', '<b>a <strong>b</strong> <i>c <em>d</em></i></b>', '**a b *c d***'],
    ['emphasis around blocks', '<b><p>a</p><p>b</p></b>', 'a\n\nb'],
    ['what is struck', '<p><del>a</del> <s>b</s></p>', '~a~ ~b~'],
    ['code', '<p><code>a_b*c</code> <code>x`y</code></p>', '`a_b*c` ``x`y``'],
    [
      'quotations',
      '<p><q>a</q></p><blockquote><p>b</p><p>c</p></blockquote>',
      '"a"\n\n> b\n> \n> c',
    ],
    ['details', '<details><summary>a</summary>b</details>c', 'a\n\nb\n\nc'],
    ['captions', '<figure><img alt="a"><figcaption>b</figcaption></figure>', '![a]()\n\nb'],
    ['keys and such', '<p>a<kbd>b</kbd><sup>c</sup><u>d</u></p>', 'abcd'],
  ])('%s', (_name, html, markdown) => check(html, markdown));
});

describe('links', () => {
  it.each([
    ['absolute', '<a href="../b?c=d#e">a</a>', '[a](https://blog.example/b?c=d#e)'],
    ['under a base', '<base href="/docs/"><a href="b">a</a>', '[a](https://blog.example/docs/b)'],
    ['by mail', '<a href="mailto:a@b.example">a</a>', '[a](mailto:a@b.example)'],
    ['with parentheses', '<a href="/b_(c)">a</a>', '[a](<https://blog.example/b_(c)>)'],
    ['with brackets', '<a href="/b">[1]</a>', '[[1]](https://blog.example/b)'],
    ['with odd brackets', '<a href="/b">a]</a>', '[a\\]](https://blog.example/b)'],
    ['with a number sign', '<a href="/b">#1</a>', '[#1](https://blog.example/b)'],
    ['with code', '<a href="/b"><code>a</code></a>', '[`a`](https://blog.example/b)'],
    ['within the page', '<a href="#b">a</a>', 'a'],
    ['that run', '<a href="javascript:b()">a</a> <a href="data:text/html,b">c</a>', 'a c'],
    ['nowhere', '<a>a</a> <a href="http://[">b</a>', 'a b'],
    ['of nothing', '<a href="/b"> </a>a', 'a'],
    ['around blocks', '<a href="/b"><h3>a</h3><p>c</p></a>', '### a\n\nc'],
  ])('%s', (_name, html, markdown) => check(html, markdown));
});

describe('images', () => {
  it.each([
    [
      'with their words',
      '<p><img src=a.png alt="A boat"></p>',
      '![A boat](https://blog.example/posts/a.png)',
    ],
    ['beside other things', '<p>a<img alt=b><img alt=c>d</p>', 'a![b]()![c]()d'],
    ['in links', '<a href="/b"><img alt=a></a>', '[![a]()](https://blog.example/b)'],
    ['without words', '<p>a<img src=b.png></p>', 'a'],
    ['in one line', '<p><img alt="a\n\n# b"></p>', '![a # b]()'],
    ['not as blocks', '<p><img alt="# a"></p>', '![# a]()'],
  ])('%s', (_name, html, markdown) => check(html, markdown));
});

describe('code', () => {
  it('fences with more backticks than it holds', () => {
    check('<pre>````\na\n</pre>', '`````\n````\na\n`````');
    check('<pre>a `b` ``c``</pre>', '```\na `b` ``c``\n```');
  });

  it('names its language', () =>
    check('<pre><code class="language-ts">a</code></pre>', '```ts\na\n```'));

  it('is nothing when it is blank', () => check('<pre> \n\n </pre><p>a</p>', 'a'));

  it('keeps every blank and every line', () => {
    const line = fc.string({
      unit: fc.constantFrom(' ', '\t', 'a', '&', '<', '`', '#', '|', '\\'),
    });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), (lines) => {
        const code = `x\n${lines.join('\n')}`;
        const html = code.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
        const { text } = bodyToMarkdown(`<p>a</p><pre>${html}\n</pre><p>b</p>`);
        const fence = '`'.repeat(
          Math.max(2, ...[...code.matchAll(/`{3,}/g)].map(([run]) => run.length)) + 1,
        );
        expect(text).toBe(`a\n\n${fence}\n${code}\n${fence}\n\nb`);
      }),
    );
  });
});

it('counts words of prose, of links, and letters of code', () =>
  expect(
    bodyToMarkdown('<p>one two <a href="/x">three</a> <a>four</a></p><pre>a b\n c</pre>'),
  ).toMatchObject({ words: 4, linkWords: 1, codeLength: 3 }));
