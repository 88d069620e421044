import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import matter from 'gray-matter';
import { z } from 'zod';
import { AppError } from '#domain/errors.ts';
import { AUTHORS } from './authors.ts';
import type { Post } from './blog.ts';

const POSTS_MAX = 1_000;

const frontMatter = z.strictObject({
  title: z.string().min(1),
  slug: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/),
  author: z.enum(AUTHORS.map(({ name }) => name)),
  date: z.union([z.date().transform((date) => date.toISOString().slice(0, 10)), z.iso.date()]),
  tags: z.array(z.string().regex(/^[a-z0-9-]+$/)).min(1),
  description: z.string().min(1),
  lang: z.string().regex(/^[a-z]{2}$/),
});

/** All posts of a folder, by file name. Rejects with `malformed`, naming the faulty file. */
export async function readPosts(folder: string): Promise<readonly Post[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.md')).toSorted();
  if (names.length > POSTS_MAX) {
    throw new AppError(
      'malformed',
      `${folder} holds ${names.length} posts, more than ${POSTS_MAX}`,
    );
  }
  const posts: Post[] = [];
  for (const name of names) {
    posts.push(parsePost(name, await readFile(join(folder, name), 'utf8')));
  }
  return posts;
}

/** The post of one file. Throws `malformed` when its front matter is not complete and exact. */
export function parsePost(fileName: string, text: string): Post {
  // With options given, gray-matter does not answer from its cache of earlier texts.
  const file = matter(text, {});
  const parsed = frontMatter.safeParse(file.data);
  if (!parsed.success) {
    throw malformed(fileName, `correct its front matter: ${z.prettifyError(parsed.error)}`);
  }
  const { author: name, ...rest } = parsed.data;
  const author = AUTHORS.find((one) => one.name === name);
  if (author === undefined) throw malformed(fileName, `${name} is not in authors.ts`);
  if (`${rest.slug}.md` !== fileName) throw malformed(fileName, `its slug is ${rest.slug}`);
  return { ...rest, author, path: `/posts/${rest.slug}/`, markdown: file.content.trim() };
}

const malformed = (fileName: string, why: string): AppError =>
  new AppError('malformed', `${fileName}: ${why}`);
