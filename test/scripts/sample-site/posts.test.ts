import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import {
  createBlog,
  daysAfter,
  longDate,
  longMonth,
  relatedPosts,
} from '../../../scripts/sample-site/blog.ts';
import { parsePost, readPosts } from '../../../scripts/sample-site/posts.ts';
import { postFile, postOf } from './post-file.ts';

it('reads front matter and text', () => {
  const post = parsePost('a-b.md', postFile({ slug: 'a-b' }, 'Text.\n'));
  expect(post).toMatchObject({
    slug: 'a-b',
    path: '/posts/a-b/',
    date: '2025-02-11',
    markdown: 'Text.',
    author: { slug: 'aiko-brandt' },
  });
});

it.each([
  ['an unknown author', { author: 'Nobody' }, 'author'],
  ['a missing title', { title: null }, 'title'],
  ['no tag', { tags: '[]' }, 'tags'],
  ['a date that is none', { date: 'soon' }, 'date'],
  ['a key too many', { draft: 'true' }, 'draft'],
  ['another slug than its file', { slug: 'c' }, 'slug is c'],
])('refuses %s, naming the file', (_, fields, named) => {
  const parse = () => parsePost('a.md', postFile(fields, 'Text.'));
  expect(parse).toThrow(/^a\.md: /);
  expect(parse).toThrow(named);
});

it('reads a folder in the order of its names, and leaves other files alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'posts-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const slug of ['b', 'a']) writeFileSync(join(folder, `${slug}.md`), postFile({ slug }, 'x'));
  writeFileSync(join(folder, 'notes.txt'), 'no post');
  expect((await readPosts(folder)).map(({ slug }) => slug)).toEqual(['a', 'b']);
});

it('orders a blog by date, newest first, and by slug within a day', () => {
  const blog = createBlog([
    postOf({ slug: 'b', date: '2025-01-01' }),
    postOf({ slug: 'a', date: '2025-01-01' }),
    postOf({ slug: 'c', date: '2025-01-02', tags: '[cost, data]' }),
  ]);
  expect(blog.posts.map(({ slug }) => slug)).toEqual(['c', 'a', 'b']);
  expect([...blog.byTag.keys()]).toEqual(['cost', 'data', 'indexing']);
  expect(blog.byTag.get('indexing')?.map(({ slug }) => slug)).toEqual(['a', 'b']);
  expect(blog.byAuthor.get('aiko-brandt')).toHaveLength(3);
});

it('relates posts by shared tags, then by date, and never to themselves', () => {
  const [post, near, far, older] = [
    postOf({ slug: 'p', tags: '[cost, data]', date: '2025-03-01' }),
    postOf({ slug: 'near', tags: '[cost, data]', date: '2025-01-01' }),
    postOf({ slug: 'far', tags: '[judges]', date: '2025-04-01' }),
    postOf({ slug: 'older', tags: '[data]', date: '2024-04-01' }),
  ];
  const slugs = relatedPosts(createBlog([post, near, far, older]), post, 3).map(({ slug }) => slug);
  expect(slugs).toEqual(['near', 'older', 'far']);
  expect(relatedPosts(createBlog([post, near, far]), post, 1)).toHaveLength(1);
});

it('writes dates', () => {
  expect(longDate('2025-02-09')).toBe('9 February 2025');
  expect(longMonth('2025-12')).toBe('December 2025');
  expect(daysAfter('2024-02-28', 2)).toBe('2024-03-01');
});
