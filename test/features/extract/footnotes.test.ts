import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { besideText, extractHtml, postHtml } from './post-page.ts';

const note = (id: string, text: string, back: string) =>
  `<li id="${id}"><p>${text} <a href="#${back}">↩</a></p></li>`;

describe('footnotes', () => {
  it('are marked in the text and stand after it', () => {
    const markdown = besideText({
      between:
        '<p>It sank<sup id="r1"><a href="#n1">1</a></sup> twice<sup id="r2"><a href="#n2">2</a></sup>.</p>',
      after: `<hr><h2>Footnotes</h2><ol>${note('n1', 'In <em>May</em>.', 'r1')}${note('n2', 'In June.', 'r2')}</ol>`,
    });
    expect(markdown).toBe('It sank[^1] twice[^2].\n\n[^1]: In *May*.\n\n[^2]: In June.');
  });

  it('are one when the text refers to it twice', () => {
    const markdown = besideText({
      between:
        '<p>It sank<sup><a id="ra" href="#n1">1</a></sup>.</p><p>Again<sup><a href="#n1">1</a></sup>.</p>',
      after: `<ol class="footnotes">${note('n1', 'In May.', 'ra')}</ol>`,
    });
    expect(markdown.match(/\[\^1\]/g)).toHaveLength(3);
    expect(markdown.match(/In May/g)).toHaveLength(1);
  });

  it('are told by their role when they do not link back', () =>
    expect(
      besideText({
        between: '<p>It sank<a href="#n1">*</a>.</p>',
        after: '<div id="n1" role="doc-endnote">In May.</div>',
      }),
    ).toBe('It sank[^1].\n\n[^1]: In May.'));

  it.each([
    ['leads up the page', '<p id="n1">In May.</p><p>It sank<a href="#n1">1</a>.</p>'],
    ['leads nowhere', '<p>It sank<a href="#nothing">1</a>.</p>'],
    [
      'leads to a section',
      '<p>It sank<a href="#n1">1</a>.</p><h2 id="n1">May</h2><p>So it was.</p>',
    ],
    ['says more', '<p>It sank, <a href="#n1">as is told below</a>.</p><p id="n1">In May.</p>'],
  ])('are not what a link %s', (_name, between) =>
    expect(besideText({ between })).not.toContain('[^'),
  );

  it('never throw, and leave no mark without a note', () => {
    const piece = fc.constantFrom(
      '<sup><a href="#n1" id="r1">1</a></sup>',
      '<a href="#n2">*</a>',
      '<ol><li id="n1">one <a href="#r1">^</a></li></ol>',
      '<p id="n2" class="footnote">two</p>',
      '<p>text</p>',
      '<a href="#%E0%A4%A">[3]</a>',
      '<div id="n1">',
      '</div>',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const { markdown } = extractHtml(postHtml({ between: pieces.join('') }));
        for (const [, name] of markdown.matchAll(/\[\^(\d+)\](?!:)/g)) {
          expect(markdown).toContain(`[^${name}]:`);
        }
      }),
      { numRuns: 60 },
    );
  });
});
