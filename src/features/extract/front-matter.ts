import matter from 'gray-matter';
import { z } from 'zod';
import { isoDate } from '../discover/iso-date.ts';

/** What a Markdown file says of itself before its text. */
export type FrontMatter = {
  readonly title: string | null;
  readonly author: string | null;
  readonly publishedAt: string | null;
  readonly modifiedAt: string | null;
  readonly language: string | null;
  readonly description: string | null;
  readonly tags: readonly string[];
};

const LENGTH_MAX = 32_768;
const TAGS_MAX = 50;
const AUTHORS_MAX = 20;

/**
 * YAML between lines of `---` at the very start, and the text after it. A block that is no YAML, no
 * list of fields or too long is text. Never throws, and runs no engine but YAML's.
 */
export function readFrontMatter(text: string): { front: FrontMatter | null; rest: string } {
  const block = blockOf(text);
  const fields = block === null ? null : fieldsOf(block.yaml);
  if (block === null || fields === null) return { front: null, rest: text };
  return { front: frontOf(fields), rest: text.slice(block.end) };
}

function blockOf(text: string): { yaml: string; end: number } | null {
  const opening = /^\ufeff?---[ \t]*\r?\n/.exec(text);
  if (opening === null) return null;
  const closing = /^(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/gm;
  closing.lastIndex = opening[0].length;
  const head = text.slice(0, LENGTH_MAX);
  const end = closing.exec(head);
  if (end === null) return null;
  return { yaml: head.slice(opening[0].length, end.index), end: end.index + end[0].length };
}

const refuse = () => {
  throw new Error('front matter is YAML');
};

/** Given options, gray-matter keeps no copy of what it has read. */
const OPTIONS = {
  language: 'yaml',
  engines: { json: refuse, javascript: refuse, js: refuse, coffee: refuse },
};

type Fields = Readonly<Record<string, unknown>>;
const fieldsShape = z.record(z.string(), z.unknown());

function fieldsOf(yaml: string): Fields | null {
  try {
    const { data } = matter(`---\n${yaml}\n---\n`, OPTIONS);
    const fields = fieldsShape.safeParse(data).data;
    return fields === undefined || Object.keys(fields).length === 0 ? null : fields;
  } catch {
    // A rule and a text between rules, or YAML that its own tools would refuse.
    return null;
  }
}

function frontOf(fields: Fields): FrontMatter {
  const first = (...names: readonly string[]): unknown =>
    names.map((name) => fields[name]).find((value) => value !== undefined && value !== null);
  const primary = /^[a-z]{2,3}(?=$|[-_])/.exec(lineOf(first('lang', 'language', 'locale')) ?? '');
  return {
    title: lineOf(first('title')),
    author: authorOf(first('author', 'authors', 'by')),
    publishedAt: dateOf(first('date', 'published', 'publishDate', 'pubDate', 'created')),
    modifiedAt: dateOf(
      first('updated', 'modified', 'lastmod', 'last_modified_at', 'updatedDate', 'last_updated'),
    ),
    language: primary?.[0] ?? null,
    description: lineOf(first('description', 'summary', 'excerpt', 'subtitle')),
    tags: tagsOf(first('tags', 'tag', 'keywords', 'categories')),
  };
}

function lineOf(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const line = String(value).replace(/\s+/g, ' ').trim();
  return line === '' ? null : line;
}

/** YAML makes dates of dates; one without an hour is midnight in UTC. */
function dateOf(value: unknown): string | null {
  if (!(value instanceof Date)) return isoDate(lineOf(value) ?? '');
  if (Number.isNaN(value.getTime())) return null;
  const stamp = value.toISOString();
  return isoDate(stamp.endsWith('T00:00:00.000Z') ? stamp.slice(0, 10) : stamp);
}

const nameShape = z.object({ name: z.string() });

function authorOf(value: unknown): string | null {
  const names = [value]
    .flat()
    .slice(0, AUTHORS_MAX)
    .map((one) => {
      const named = nameShape.safeParse(one).data;
      return lineOf(named === undefined ? one : named.name);
    });
  const known = names.filter((name) => name !== null);
  return known.length === 0 ? null : [...new Set(known)].join(', ');
}

/** A list, or words between commas. */
function tagsOf(value: unknown): readonly string[] {
  const listed = [value].flat().slice(0, TAGS_MAX);
  const tags = listed.flatMap((one) => (lineOf(one) ?? '').split(listed.length > 1 ? '\n' : ','));
  return [...new Set(tags.map((tag) => tag.trim()))].filter((tag) => tag !== '').slice(0, TAGS_MAX);
}
