import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inlineLinks, plainText } from '#training/label/inline.ts';

describe('inlineLinks', () => {
  const links = (markdown: string) => inlineLinks(markdown).map(({ text, href }) => [text, href]);

  it.each([
    ['see [the post](/a/)', [['the post', '/a/']]],
    ['[titled](/a/ "A title")', [['titled', '/a/']]],
    ['[angled](</a b/>)', [['angled', '/a b/']]],
    ['[balanced](/a_(b)_c)', [['balanced', '/a_(b)_c']]],
    ['[escaped](/a\\_b)', [['escaped', '/a_b']]],
    [
      '[one](/1) and [two](/2)',
      [
        ['one', '/1'],
        ['two', '/2'],
      ],
    ],
    ['`[code](/a)` is none', []],
    ['\\[escaped](/a)', []],
    ['[reference][1] and [bare]', []],
    ['[open](/a', []],
    ['[paragraph](/a\n\nb)', []],
  ])('reads %j', (markdown, expected) => {
    expect(links(markdown)).toEqual(expected);
  });

  it('tells an image from a link, and a link around an image has both', () => {
    expect(inlineLinks('[![alt](/i.png)](/a)').map(({ image, href }) => [image, href])).toEqual([
      [true, '/i.png'],
      [false, '/a'],
    ]);
  });

  it('spans exactly what it read', () => {
    const parts = fc.constantFrom(
      '[',
      ']',
      '(',
      ')',
      '!',
      '`',
      '\\',
      'a',
      '/',
      '"',
      '<',
      '>',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 60 }), (characters) => {
        const markdown = characters.join('');
        for (const link of inlineLinks(markdown)) {
          const source = markdown.slice(link.start, link.end);
          expect(source.startsWith(link.image ? `![${link.text}](` : `[${link.text}](`)).toBe(true);
          expect(source.endsWith(')')).toBe(true);
        }
      }),
    );
  });

  it('stays quick on text that is all brackets', () => {
    const steps = 200_000;
    expect(inlineLinks('['.repeat(steps))).toEqual([]);
    expect(inlineLinks(`${'['.repeat(steps)}x${']('.repeat(2_000)}`)).toEqual([]);
  });
});

describe('plainText', () => {
  it.each([
    ['**Bold** and *thin*', 'Bold and thin'],
    ['`lockstep up` starts', 'lockstep up starts'],
    ['[the post](/a) says', 'the post says'],
    ['![chart](/c.png) Costs', 'Costs'],
    ['[![alt](/i.png) icon](/a)', 'icon'],
    ['snake_case_name stays', 'snake_case_name stays'],
    ['_thin_ words', 'thin words'],
    ['__strong__', 'strong'],
    ['2 \\* 3 \\_x\\_', '2 * 3 _x_'],
    ['``a ` b``', 'a b'],
    ['  two\n lines ', 'two lines'],
    ['~~gone~~', 'gone'],
  ])('reads %j as %j', (markdown, expected) => {
    expect(plainText(markdown)).toBe(expected);
  });

  it('leaves words without marks as they are', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9éß.,?]{1,8}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (words) => {
        expect(plainText(words.join(' '))).toBe(words.join(' '));
      }),
    );
  });
});
