import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEntities } from '#features/extract/entities.ts';
import { resolveLinks } from '#features/extract/markdown-links.ts';

const BASE = 'https://blog.example/posts/first.md';
const resolve = (markdown: string) => resolveLinks(markdown, BASE);

describe('links of a Markdown', () => {
  it.each([
    ['[a](b.md)', '[a](https://blog.example/posts/b.md)'],
    ['[a](../c "Title")', '[a](https://blog.example/c "Title")'],
    ['![a](i.png)', '![a](https://blog.example/posts/i.png)'],
    ['[![a](i.png)](b)', '[![a](https://blog.example/posts/i.png)](https://blog.example/posts/b)'],
    ['[a](<b c.md>)', '[a](https://blog.example/posts/b%20c.md)'],
    ['[a](b_(c).md)', '[a](<https://blog.example/posts/b_(c).md>)'],
    ['[a]: b.md', '[a]: https://blog.example/posts/b.md'],
  ])('are made absolute: %s', (markdown, absolute) =>
    expect(resolve(markdown).text).toBe(absolute),
  );

  it.each([
    '[a](#b)',
    '[a](https://sea.example/b)',
    '[a](mailto:a@b.example)',
    '`[a](b)`',
    '```\n[a](b)\n```',
    '\\[a](b)',
    '[a](b',
    'a](b)',
    '[^1]: b.md',
  ])('are left as they are: %s', (markdown) => expect(resolve(markdown).text).toBe(markdown));

  it('are told apart from the text and from images', () => {
    const { targets, linkText, prose } = resolve('See [the *pier*](b) and ![a hull](c).\n\n`x`');
    expect(targets).toEqual(['https://blog.example/posts/b']);
    expect(linkText).toBe('the *pier*');
    expect(prose).toContain('and ![a hull');
    expect(prose).not.toContain('blog.example');
  });

  it('keep their line endings', () =>
    expect(resolve('[a](b)\r\nc\rd\n').text).toBe('[a](https://blog.example/posts/b)\r\nc\rd\n'));

  it('are absolute already when they were resolved, whatever the text is', () => {
    const piece = fc.constantFrom(
      '[',
      ']',
      '](',
      '(',
      ')',
      '!',
      '`',
      '``',
      '\\',
      '<',
      '>',
      'a',
      ' ',
      '\n',
      '../b',
      '#c',
      '[^1]: ',
      '```\n',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const once = resolve(pieces.join('')).text;
        expect(resolve(once).text).toBe(once);
      }),
    );
  });

  it('take a line of brackets alone in their stride', () => {
    const { text } = resolve(`${'['.repeat(200_000)}${'](a'.repeat(20_000)}`);
    expect(text.length).toBeGreaterThan(200_000);
  });
});

describe('entities that were written twice', () => {
  it.each([
    ['It&#8217;s', 'It’s'],
    ['a &amp; b', 'a & b'],
    ['&lt;b&gt;', '<b>'],
    ['<b>&amp;</b>', '<b>&</b>'],
    ['a & b', 'a & b'],
    ['AT&T;', 'AT&T;'],
  ])('%s', (text, decoded) => expect(decodeEntities(text)).toBe(decoded));
});
