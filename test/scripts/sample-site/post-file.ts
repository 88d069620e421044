import type { Post } from '../../../scripts/sample-site/blog.ts';
import { parsePost } from '../../../scripts/sample-site/posts.ts';

type Fields = Readonly<Record<string, string | null>>;

const FIELDS: Fields = {
  title: 'A title',
  slug: 'a',
  author: 'Aiko Brandt',
  date: '2025-02-11',
  tags: '[indexing]',
  description: 'What it says.',
  lang: 'en',
};

/** A post's file; `null` leaves a field out. */
export function postFile(fields: Fields, markdown: string): string {
  const lines = Object.entries({ ...FIELDS, ...fields }).flatMap(([name, value]) =>
    value === null ? [] : [`${name}: ${value}`],
  );
  return `---\n${lines.join('\n')}\n---\n${markdown}`;
}

export const postOf = (fields: Fields, markdown = 'Text.'): Post =>
  parsePost(`${fields.slug ?? 'a'}.md`, postFile(fields, markdown));
