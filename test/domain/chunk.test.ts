import { describe, expect, it } from 'vitest';
import { type Chunk, type ChunkContext, chunkKeyOf, framedText, pointIdOf } from '#domain/chunk.ts';

const chunk: Chunk = { start: 3, end: 9, text: 'a\nb c', headingPath: ['H'], tokens: 3 };
const framed: Chunk = { ...chunk, frame: { before: '```js', after: '```' } };
const context: ChunkContext = {
  documentId: 'd',
  revisionId: 'r',
  url: 'https://a.example/',
  sourceName: 'posts',
  title: 'T',
  language: 'en',
  publishedAt: null,
  tags: [],
};

describe('framedText', () => {
  it('is the text of a chunk without a frame', () => expect(framedText(chunk)).toBe('a\nb c'));
  it('puts the lines of the frame around it', () =>
    expect(framedText(framed)).toBe('```js\na\nb c\n```'));
  it('has no empty line for a side without one', () => {
    expect(framedText({ text: 'a', frame: { before: '', after: '```' } })).toBe('a\n```');
    expect(framedText({ text: 'a', frame: { before: '| h |', after: '' } })).toBe('| h |\na');
  });
});

describe('chunkKeyOf', () => {
  const key = (of: Chunk, occurrence = 0) => chunkKeyOf(of, context, occurrence);
  it('says nothing of places and counts', () =>
    expect(key({ ...chunk, start: 8, end: 14, tokens: 4 })).toBe(key(chunk)));
  it.each<[string, string]>([
    ['text', key({ ...chunk, text: 'b' })],
    ['headings', key({ ...chunk, headingPath: [] })],
    ['frame', key(framed)],
    ['occurrence', key(chunk, 1)],
    ['title', chunkKeyOf(chunk, { ...context, title: 'U' }, 0)],
  ])('changes with the %s', (_what, other) => expect(other).not.toBe(key(chunk)));
});

it('gives a point per view, document, key and epoch', () => {
  const ids = [
    pointIdOf('v', 'd', 'k', 1),
    pointIdOf('w', 'd', 'k', 1),
    pointIdOf('v', 'e', 'k', 1),
    pointIdOf('v', 'd', 'l', 1),
    pointIdOf('v', 'd', 'k', 2),
  ];
  expect(new Set(ids).size).toBe(ids.length);
  expect(pointIdOf('v', 'd', 'k', 1)).toBe(ids[0]);
});
