import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MathNode, texOf } from '#features/extract/mathml.ts';
import { besideText, extractHtml, postHtml } from './post-page.ts';

const inline = (html: string) => besideText({ between: `<p>So ${html} holds.</p>` });

describe('formulas', () => {
  it.each([
    [
      'by their annotation',
      '<math><semantics><mi>x</mi><annotation encoding="application/x-tex">x^2</annotation></semantics></math>',
      'So $x^2$ holds.',
    ],
    [
      'of KaTeX, once',
      '<span class="katex"><span class="katex-mathml"><math><semantics><mi>x</mi><annotation encoding="application/x-tex">\\frac{1}{2}</annotation></semantics></math></span><span class="katex-html" aria-hidden="true">12</span></span>',
      'So $\\frac{1}{2}$ holds.',
    ],
    ['of MathJax', '<script type="math/tex">a_1 &lt; b</script>', 'So $a_1 &lt; b$ holds.'],
    ['by their alttext', '<math alttext="\\alpha"><mi>α</mi></math>', 'So $\\alpha$ holds.'],
    ['as pictures', '<img class="latex" alt="e=mc^2" src="/e.png">', 'So $e=mc^2$ holds.'],
    [
      'of Wikipedia',
      '<img class="mwe-math-fallback-image-inline" alt="{\\displaystyle a+b}" src="/e.svg">',
      'So $a+b$ holds.',
    ],
    [
      'by their elements',
      '<math><mfrac><mi>a</mi><mi>b</mi></mfrac><mo>+</mo><msup><mi>x</mi><mn>2</mn></msup></math>',
      'So $\\frac{a}{b} + x^{2}$ holds.',
    ],
  ])('are TeX: %s', (_name, html, markdown) => expect(inline(html)).toBe(markdown));

  it('stand on lines of their own when they are displayed', () => {
    const display = '<math display="block" alttext="a=b"><mi>a</mi></math>';
    expect(besideText({ between: display })).toBe('$$\na=b\n$$');
    const script = '<script type="math/tex; mode=display">a=b</script>';
    expect(besideText({ between: `<p>${script}</p>` })).toContain('a=b');
  });

  it('are left out when they hold too much', () => {
    const huge = `<math><mrow>${'<mi>x</mi>'.repeat(6_000)}</mrow></math>`;
    expect(extractHtml(postHtml({ between: huge })).markdown.length).toBeLessThan(10_000);
  });
});

describe('MathML', () => {
  const element = (name: string, ...children: (MathNode | string)[]): MathNode => ({
    name,
    attributes: {},
    children,
  });

  it.each([
    ['sqrt', element('msqrt', element('mi', 'x')), '\\sqrt{x}'],
    ['root', element('mroot', element('mi', 'x'), element('mn', '3')), '\\sqrt[3]{x}'],
    ['sub and sup', element('msubsup', 'x', '1', '2'), 'x_{1}^{2}'],
    ['text', element('mtext', 'if'), '\\text{if}'],
    [
      'matrices',
      element('mtable', element('mtr', 'a', 'b'), element('mtr', 'c', 'd')),
      '\\begin{matrix} a & b \\\\ c & d \\end{matrix}',
    ],
    ['what is unknown', element('mstyle', element('mi', 'x')), 'x'],
  ])('%s', (_name, root, tex) => expect(texOf(element('math', root))).toBe(tex));

  it('is written whatever its form', () => {
    const names = fc.constantFrom('mfrac', 'msup', 'mrow', 'mi', 'annotation', 'mtable', 'x');
    const node = fc.letrec<{ node: MathNode }>((tie) => ({
      node: fc.record({
        name: names,
        attributes: fc.constant({}),
        children: fc.array(fc.oneof(fc.string({ maxLength: 3 }), tie('node')), { maxLength: 3 }),
      }),
    })).node;
    fc.assert(
      fc.property(node, (root) => {
        expect(typeof texOf(root)).toBe('string');
      }),
    );
  });
});
