import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PostMetadata } from '#domain/document.ts';
import { clean } from '#features/clean/clean.ts';
import { extractPage } from '#features/extract/extract.ts';
import { faultOf } from '#features/validate/revision-schema.ts';
import { rawPage } from '../raw-page.ts';
import { postOf } from './post.ts';

const whole = postOf('A post', 'Some text.');
const withMetadata = (rest: Partial<PostMetadata>) => ({
  ...whole,
  metadata: { ...whole.metadata, ...rest },
});

describe('a revision', () => {
  it.each<[string, Partial<PostMetadata>]>([
    ['days', { publishedAt: '2024-05-01' }],
    ['instants', { publishedAt: '2024-05-01T10:20:30Z', modifiedAt: '2024-05-01T10:20:30+02:00' }],
    ['instants in fractions', { publishedAt: '2024-05-01T10:20:30.123Z' }],
    ['instants without a zone', { publishedAt: '2024-05-01T10:20:30' }],
    ['languages', { language: 'en' }],
    ['longer languages', { language: 'gsw' }],
    ['tags', { tags: ['a', 'b c'] }],
    ['counts', { pii: { email: 2 } }],
  ])('may have %s', (_name, rest) => expect(faultOf(withMetadata(rest))).toBeNull());

  it.each(['https://a.example/b?c=d#e', 'http://localhost:8080/', 'file:///home/a%20b.md'])(
    'may be at %s',
    (url) => expect(faultOf({ ...whole, url })).toBeNull(),
  );

  it.each<[string, Partial<typeof whole>, string]>([
    ['empty', { markdown: ' \n' }, 'markdown: must not be empty'],
    ['with control characters', { markdown: 'a\0b' }, 'markdown: must be NFC'],
    ['with returns', { markdown: 'a\r\nb' }, 'markdown: must be NFC'],
    ['not composed', { markdown: 'cafe\u0301' }, 'markdown: must be NFC'],
    ['with half a pair', { markdown: 'a\ud800' }, 'markdown: must be NFC'],
    ['at no URL', { url: 'blog/a' }, 'url: '],
    ['elsewhere', { url: 'javascript:alert(1)' }, 'url: '],
  ])('is not %s', (_name, rest, fault) =>
    expect(faultOf({ ...whole, ...rest })).toMatch(new RegExp(`^${fault}`)),
  );

  it.each<[string, Partial<PostMetadata>]>([
    ['title', { title: '' }],
    ['title', { title: 'a\nb' }],
    ['title', { title: 'a'.repeat(20_000) }],
    ['author', { author: '' }],
    ['publishedAt', { publishedAt: '1 May 2024' }],
    ['publishedAt', { publishedAt: '2024-02-30' }],
    ['modifiedAt', { modifiedAt: '2024-13-01' }],
    ['language', { language: 'en-US' }],
    ['language', { language: 'English' }],
    ['tags.1', { tags: ['a', ''] }],
    ['tags', { tags: Array.from({ length: 201 }, (_none, at) => `${at}`) }],
    ['pii.email', { pii: { email: 0 } }],
  ])('says what is wrong with its %s', (field, rest) =>
    expect(faultOf(withMetadata(rest))).toContain(`metadata.${field}: `),
  );
});

it('is what clean makes of any page', () => {
  const texts = fc.string({ unit: 'binary', maxLength: 20 });
  fc.assert(
    fc.property(texts, texts, texts, texts, (title, author, tag, text) => {
      const html =
        `<html lang="${tag}"><title>${title}</title><meta name="author" content="${author}">` +
        `<meta property="article:tag" content="${tag}"><meta name="description" content="${text}">` +
        `<meta property="article:published_time" content="${author}"><article><p>A post. ${text}</p>`;
      expect(faultOf(clean(extractPage(rawPage(html))))).toBeNull();
    }),
    { numRuns: 200 },
  );
});
