import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LANGUAGE_ATTRIBUTE, normaliseCodeBlocks } from '#features/extract/code-blocks.ts';
import { readPage } from '#features/extract/read-page.ts';
import { PAGE_URL } from '../raw-page.ts';

type Code = { readonly language: string | null; readonly code: string };

/** Code blocks of a page once they are normalised, and its whole body. */
function normalise(html: string): { readonly blocks: readonly Code[]; readonly body: string } {
  const { document, codeBlocks } = readPage(html, PAGE_URL, { xhtml: false });
  normaliseCodeBlocks(document, codeBlocks);
  const blocks = [...document.body.getElementsByTagName('pre')].map((pre) => ({
    language: pre.getAttribute(LANGUAGE_ATTRIBUTE),
    code: pre.textContent,
  }));
  return { blocks, body: (document.body as unknown as { readonly innerHTML: string }).innerHTML };
}

const check = (html: string, ...blocks: readonly Code[]) =>
  expect(normalise(html).blocks).toEqual(blocks);

describe('highlighters', () => {
  it('reads a Prism or highlight.js block', () => {
    check(
      '<pre class="line-numbers"><code class="language-JS"><span class="token keyword">let</span> a\n  b<span class="line-numbers-rows"><span></span></span></code></pre>',
      { language: 'js', code: 'let a\n  b' },
    );
    check('<pre><code class="hljs python"><span class="hljs-comment"># c</span>\n</code></pre>', {
      language: 'python',
      code: '# c\n',
    });
  });

  it('reads line tables of highlight.js', () =>
    check(
      '<pre><code class="hljs lang-sh"><table class="hljs-ln"><tr><td class="hljs-ln-numbers">1</td><td class="hljs-ln-code">cd  /</td></tr><tr><td class="hljs-ln-numbers">2</td><td class="hljs-ln-code"></td></tr><tr><td class="hljs-ln-numbers">3</td><td class="hljs-ln-code">ls</td></tr></table></code></pre>',
      { language: 'sh', code: 'cd  /\n\nls\n' },
    ));

  it('reads Rouge with a gutter (Jekyll)', () => {
    const rouge = normalise(
      '<p>a</p><div class="language-ruby highlighter-rouge"><div class="highlight"><pre class="highlight"><code><table class="rouge-table"><tbody><tr><td class="rouge-gutter gl"><pre class="lineno">1\n2\n</pre></td><td class="rouge-code"><pre><span class="k">def</span> f\n<span class="k">end</span>\n</pre></td></tr></tbody></table></code></pre></div></div>',
    );
    expect(rouge.body).toBe(`<p>a</p><pre ${LANGUAGE_ATTRIBUTE}="ruby">def f\nend\n</pre>`);
  });

  it('reads a Pygments table (Sphinx) and an inline gutter', () => {
    check(
      '<div class="highlight-python notranslate"><div class="highlight"><table class="highlighttable"><tr><td class="linenos"><div class="linenodiv"><pre>1\n2</pre></div></td><td class="code"><div class="highlight"><pre><span></span>a\n\tb\n</pre></div></td></tr></table></div></div>',
      { language: 'python', code: 'a\n\tb\n' },
    );
    check(
      '<div class="highlight"><pre><span class="linenos">1</span>a\n<span class="linenos">2</span>b</pre></div>',
      {
        language: null,
        code: 'a\nb',
      },
    );
  });

  it('reads a Chroma table (Hugo), also one with styles for classes', () => {
    check(
      '<div class="highlight"><table class="lntable"><tr><td class="lntd"><pre class="chroma"><code><span class="lnt">1\n</span></code></pre></td><td class="lntd"><pre class="chroma"><code class="language-go" data-lang="go"><span class="line"><span class="cl">x\n</span></span></code></pre></td></tr></table></div>',
      { language: 'go', code: 'x\n' },
    );
    check(
      '<pre><code class="language-go"><span style="white-space:pre;user-select:none">1</span>x</code></pre>',
      {
        language: 'go',
        code: 'x',
      },
    );
  });

  it('reads a Hexo figure, whose lines end in breaks', () =>
    check(
      '<figure class="highlight js"><table><tr><td class="gutter"><pre><span class="line">1</span><br></pre></td><td class="code"><pre><span class="line">a()</span><br><span class="line"></span><br><span class="line">  b()</span><br></pre></td></tr></table></figure>',
      { language: 'js', code: 'a()\n\n  b()\n' },
    ));

  it('reads lines that are blocks (Docusaurus), and lines of Shiki', () => {
    check(
      '<div class="language-ts codeBlockContainer"><pre class="prism-code language-ts"><code><div class="token-line">a {</div><div class="token-line"></div><div class="token-line">}</div></code></pre><button>Copy</button></div>',
      { language: 'ts', code: 'a {\n\n}\n' },
    );
    check(
      '<pre class="shiki"><code><span class="line">a</span>\n<span class="line">  b</span></code></pre>',
      {
        language: null,
        code: 'a\n  b',
      },
    );
  });

  it.each([
    ['<div class="highlight highlight-source-rust"><pre>x</pre></div>', 'rust'],
    ['<pre lang="c++">x</pre>', 'c++'],
    ['<pre data-lang="JSON"><code>x</code></pre>', 'json'],
    ['<pre class="sourceCode haskell"><code class="sourceCode haskell">x</code></pre>', 'haskell'],
    ['<pre class="brush: php; gutter: false">x</pre>', 'php'],
    ['<pre class="src src-elisp">x</pre>', 'elisp'],
    ['<pre class="prettyprint lang-sql">x</pre>', 'sql'],
    ['<pre><code class="language-plaintext">x</code></pre>', null],
    ['<pre class="wp-block-code"><code>x</code></pre>', null],
    ['<pre><code class="language-<script>">x</code></pre>', null],
    ['<body class="language-js"><pre>x</pre>', null],
  ])('knows the language of %s', (html, language) => check(html, { language, code: 'x' }));
});

describe('what is around a block', () => {
  it.each([
    [
      'text beside it',
      '<div class="highlight">a <pre>x</pre></div>',
      '<div class="highlight">a <pre>x</pre></div>',
    ],
    [
      'a caption',
      '<figure><pre>x</pre><figcaption>c</figcaption></figure>',
      '<figure><pre>x</pre><figcaption>c</figcaption></figure>',
    ],
    ['a list', '<ul><li><pre>x</pre></li></ul>', '<ul><li><pre>x</pre></li></ul>'],
    [
      'a table of more than one cell',
      '<table><tr><td>a</td><td><pre>x</pre></td></tr></table>',
      '<table><tr><td>a</td><td><pre>x</pre></td></tr></table>',
    ],
  ])('stays when there is %s', (_name, html, body) => expect(normalise(html).body).toBe(body));

  it('goes when there is nothing else', () =>
    expect(
      normalise('<section><div><div><pre><code>x</code></pre></div></div></section>').body,
    ).toBe('<pre>x</pre>'));
});

it('keeps every character of any code, but for the newline that HTML drops', () => {
  const asHtml = (text: string) =>
    text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  const line = fc.string({ unit: fc.constantFrom(' ', '\t', 'a', '<', '&', '`', '#', '"', 'é') });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
      const code = lines.join('\n');
      check(`<pre>\n${asHtml(code)}</pre>`, { language: null, code });
    }),
  );
});
