import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PostMetadata } from '#domain/document.ts';
import { CLEANER, clean, cleanMarkdown } from '#features/clean/clean.ts';
import { extractPage } from '#features/extract/extract.ts';
import { PAGE_URL, rawPage } from '../raw-page.ts';

const check = (markdown: string, cleaned: string) => expect(cleanMarkdown(markdown)).toBe(cleaned);

describe('prose', () => {
  it.each([
    ['composed letters', 'cafe\u0301', 'café'],
    ['letters composed over what is dropped', 'cafe\u200b\u0301 cafe\0\u0301', 'café café'],
    ['no control characters', 'a\0b\x07c\x1b[0m\x7f\x9f', 'abc[0m'],
    ['no lone surrogates', 'a\ud800b\udc00', 'a\ufffdb\ufffd'],
    ['whole pairs', 'a😀👩\u200d💻', 'a😀👩\u200d💻'],
    ['no invisible characters', '\ufeffa\u00ad\u200bb\u2060\u200e\u202ec', 'abc'],
    ['plain blanks', 'a\u00a0b\u00a0', 'a b'],
    ['lines by newlines', 'a\r\nb\rc\u2028d\u2029e\u0085f', 'a\nb\nc\nd\ne\nf'],
    ['no blanks at the end', 'a \nb\t\nc', 'a\nb\nc'],
    ['hard breaks', 'a  \nb   \nc  \n\nd  ', 'a  \nb  \nc\n\nd'],
    ['one blank line', '\n\na\n\n\n \n\u200b\nb\n\n', 'a\n\nb'],
    ['indents', '- a\n  - b\n    c', '- a\n  - b\n    c'],
  ])('has %s', (_name, markdown, cleaned) => check(markdown, cleaned));
});

describe('links', () => {
  it.each([
    ['[a](https://b.example/c?utm_source=x)', '[a](https://b.example/c)'],
    ['[a](https://b.example/c?d=1&fbclid=x&e=2#f)', '[a](https://b.example/c?d=1&e=2#f)'],
    ['[a](<https://b.example/c_(d)?gclid=x#f>)', '[a](<https://b.example/c_(d)#f>)'],
    [
      '[a](https://b.example/c#d) [e](f?utm_source=x)',
      '[a](https://b.example/c#d) [e](f?utm_source=x)',
    ],
    ['[a](https://[?utm_source=x)', '[a](https://[?utm_source=x)'],
    ['[a](https://u:p@b.example/?x=1#y)', '[a](https://u:p@b.example/?x=1#y)'],
    ['utm_source=x', 'utm_source=x'],
  ])('%s', check);
});

describe('code', () => {
  it.each([
    ['in a fence', '```\na  \n\n\n\u00a0b\u200b\n  [c](https://d.example/?utm_source=x)\n```'],
    ['in a list', '- a\n\n  ```\n  b  \n\n\n  c\n  ```\n- d'],
    ['at the start of a list', '- ```\n  b  \n\n\n  c\n  ```\n- d'],
    ['in a quotation', '> ```\n> a  \n>\n>\n> ```'],
    ['with shorter fences in it', '````\n```\na  \n\n\n````'],
  ])('stays as it is %s', (_name, markdown) => check(markdown, markdown));

  it('has no characters that cannot be stored, either', () =>
    check('```\na\0b\ud800\r\nc\n```', '```\nab\ufffd\nc\n```'));

  it('ends where its fence does', () =>
    check(
      '- ```\n  a  \n  ```\n\n\nb \n``` c ``` \n\n\nd',
      '- ```\n  a  \n  ```\n\nb\n``` c ```\n\nd',
    ));
});

it('changes nothing twice', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.constantFrom(
      ...[
        '\n',
        '\n\n',
        '  \n',
        ' ',
        '\u00a0',
        '\u200b',
        '\u0301',
        'e',
        '\r',
        '\0',
        '\ud800',
        '> ',
        '- ',
      ],
      ...['```', '```js', '~~~', '````', '](https://a.example/?utm_source=x&b=%7E#c)', '1. '],
      ...['](<https://a.example/(b)?gclid=1>)', '](https://u:p@b?c#d)', '    ', '\u2028', 'K', 'ﬁ'],
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const once = cleanMarkdown(pieces.join(''));
      expect(cleanMarkdown(once)).toBe(once);
      expect(once.isWellFormed()).toBe(true);
      expect(once).not.toMatch(/(?![\t\n])\p{Cc}/u);
      expect(once.normalize('NFC')).toBe(once);
    }),
    { numRuns: 2_000 },
  );
});

describe('a post', () => {
  const page = extractPage(rawPage('<title>T</title><p>one two three</p>'));
  const metadata: PostMetadata = {
    title: ' A\u0301\u200b  b\n',
    author: '\u200b',
    publishedAt: '2024-05-01',
    modifiedAt: null,
    language: 'en',
    siteName: 'S\0',
    description: ' a\n b ',
    tags: ['x\u00ad', 'x', ' ', 'y'],
  };

  it('has clean metadata, and the rest as it was', () => {
    const cleaned = clean({ ...page, metadata, markdown: 'a \n\n\nb', words: 7, linkShare: 0.5 });
    expect(cleaned).toEqual({
      stage: 'clean',
      url: PAGE_URL,
      markdown: 'a\n\nb',
      metadata: {
        ...metadata,
        title: 'Á b',
        author: null,
        siteName: 'S',
        description: 'a b',
        tags: ['x', 'y'],
      },
      words: 7,
      linkShare: 0.5,
      codeLength: page.codeLength,
      asksPassword: false,
    });
    expect(CLEANER).toEqual({ name: 'markdown', version: 2 });
  });

  it('changes nothing twice', () => {
    const text = fc.string({ unit: 'binary', maxLength: 12 });
    fc.assert(
      fc.property(
        text,
        text,
        text,
        fc.array(text, { maxLength: 3 }),
        (title, author, body, tags) => {
          const once = clean({
            ...page,
            markdown: body,
            metadata: { ...metadata, title, author, tags },
          });
          expect(clean({ ...page, ...once, stage: 'extracted' })).toEqual(once);
        },
      ),
    );
  });

  it('is called by its URL when nothing is left of its title', () =>
    expect(clean({ ...page, metadata: { ...metadata, title: '\u200b\0' } }).metadata.title).toBe(
      PAGE_URL,
    ));
});
