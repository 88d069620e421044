import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFrontMatter } from '#features/extract/front-matter.ts';
import { extractHtml } from './post-page.ts';

const NONE = {
  title: null,
  author: null,
  publishedAt: null,
  modifiedAt: null,
  language: null,
  description: null,
  tags: [],
};

const front = (yaml: string) => readFrontMatter(`---\n${yaml}\n---\nText.\n`).front;

describe('front matter', () => {
  it('gives what a file says of itself, and the text after it', () => {
    const yaml = [
      'title: "Boats:  a study"',
      'authors: [Ann, { name: Bo }, Ann]',
      'date: 2024-05-01',
      'updated: 2024-05-02T10:00:00Z',
      'lang: en-GB',
      'summary: In short.',
      'tags: [sea, sand, sea]',
    ].join('\n');
    expect(readFrontMatter(`---\n${yaml}\n---\nText.\n`)).toEqual({
      front: {
        title: 'Boats: a study',
        author: 'Ann, Bo',
        publishedAt: '2024-05-01',
        modifiedAt: '2024-05-02T10:00:00Z',
        language: 'en',
        description: 'In short.',
        tags: ['sea', 'sand'],
      },
      rest: 'Text.\n',
    });
  });

  it.each([
    ['words between commas', 'tags: sea, sand', { tags: ['sea', 'sand'] }],
    ['other names', 'pubDate: 1 May 2024\nby: Ann', { author: 'Ann' }],
    ['numbers', 'title: 1984', { title: '1984' }],
    ['nothing of use', 'layout: post', NONE],
    [
      'what is wrong',
      'title: [a]\ndate: never\ntags: { a: b }',
      { title: null, publishedAt: null },
    ],
  ])('takes %s', (_name, yaml, expected) => expect(front(yaml)).toMatchObject(expected));

  it.each([
    ['a rule', '---\n\nText\n\n---\nMore'],
    ['never closed', '---\ntitle: a\nText'],
    ['no YAML', '---\n: [\n---\nText'],
    ['not at the start', 'Text\n---\ntitle: a\n---\n'],
    ['too long', `---\ntitle: ${'a'.repeat(40_000)}\n---\nText`],
    ['of another engine', '---js\nmodule.exports = { title: 1 }\n---\nText'],
  ])('is text when it is %s', (_name, text) =>
    expect(readFrontMatter(text)).toEqual({ front: null, rest: text }),
  );

  it('loses nothing and never throws, whatever stands there', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.string(), (yaml, text) => {
        const whole = `---\n${yaml}\n---\n${text}`;
        expect(whole.endsWith(readFrontMatter(whole).rest)).toBe(true);
      }),
    );
  });

  it('does not grow with anchors that name each other', () => {
    const bomb = Array.from({ length: 20 }, (_, at) =>
      at === 0 ? 'a0: &a0 [x, x]' : `a${at}: &a${at} [*a${at - 1}, *a${at - 1}]`,
    ).join('\n');
    expect(front(`title: Boats\n${bomb}\ntags: *a19`)?.tags.length ?? 0).toBeLessThanOrEqual(50);
  });
});

describe('a page of Markdown', () => {
  const page = (markdown: string) => extractHtml(markdown, { contentType: 'text/markdown' });

  it('has its front matter for metadata, and its title once', () => {
    const { markdown, metadata } = page('---\ntitle: Boats\nauthor: Ann\n---\n# Boats\n\nText.\n');
    expect(markdown.trim()).toBe('Text.');
    expect(metadata).toMatchObject({ title: 'Boats', author: 'Ann' });
  });

  it('keeps a first heading that says something else', () => {
    const { markdown, metadata } = page('---\ntitle: Boats\n---\n# Chapter one\n\nText.\n');
    expect(markdown).toContain('# Chapter one');
    expect(metadata.title).toBe('Boats');
  });
});
