import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFeed } from '#features/discover/feed.ts';
import type { StatedEntry, StatedFeed, StatedText } from '#features/discover/feed-entry.ts';
import type { RawPage } from '#ports/page-fetcher.ts';
import { sameHtml } from './same-html.ts';
import { type Failure, type Score, scoreOf } from './score.ts';

type Check = {
  readonly path: readonly (string | number)[];
  readonly equals?: unknown;
};
type Expectation = { readonly file: string; readonly checks: readonly Check[] };

const GROUPS = [
  ...['atom', 'atom10', 'rss', 'rdf', 'base', 'lang'].map((name) => `wellformed/${name}`),
  'encoding',
  'illformed',
];
const ORIGIN = 'http://127.0.0.1:8097';

/** Every feed of the folder is read; those of the scored groups are compared check by check. */
export function scoreFeeds(folder: string): readonly Score[] {
  if (!existsSync(`${folder}/expectations.json`)) return [];
  const stated = JSON.parse(readFileSync(`${folder}/expectations.json`, 'utf8'));
  const all = stated as readonly Expectation[];
  const scores = GROUPS.map((group) => {
    const files = all.filter(({ file }) => file.startsWith(`${group}/`));
    const results = files.flatMap(({ file, checks }) => fileResult(folder, file, checks));
    const note = `feeds with such a check, of ${files.length}`;
    return scoreOf(`feeds ${group}`, results, note);
  });
  return [...scores, throwsOf(folder)];
}

/** One result a feed that anything is expected of: its first failure, or `null`. */
function fileResult(folder: string, file: string, checks: readonly Check[]): (Failure | null)[] {
  const expected = checks.filter(isScored);
  if (expected.length === 0) return [];
  const page = pageOf(folder, file);
  const feed = readFeed(page);
  const failed = expected.map((check) => failureOf(file, check, feed));
  return [failed.find((one) => one !== null) ?? null];
}

function throwsOf(folder: string): Score {
  const files = readdirSync(`${folder}/tests`, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => `${one.parentPath}/${one.name}`.slice(`${folder}/tests/`.length));
  const results = files.map((file) => {
    try {
      readFeed(pageOf(folder, file));
      return null;
    } catch (thrown) {
      return { what: file, expected: 'no throw', got: String(thrown) };
    }
  });
  return scoreOf('feeds read without a throw', results);
}

/** The feed as feedparser's own server gives it: its first comment names the headers. */
function pageOf(folder: string, file: string): RawPage {
  const body = readFileSync(`${folder}/tests/${file}`);
  const headers = headersOf(body.toString('latin1'));
  return {
    stage: 'raw',
    // Content-Location was what references are resolved against until RFC 7231; where a feed is
    // said to be is the same thing, asked in today's words.
    url: new URL(headers.get('content-location') ?? '', `${ORIGIN}/${file}`).href,
    status: 200,
    body,
    contentType: headers.get('content-type') ?? '',
    etag: null,
    lastModified: null,
    robotsTag: '',
  };
}

function headersOf(text: string): ReadonlyMap<string, string> {
  const lines = text.slice(0, 2_000).matchAll(/^Header:[ \t]+([\w-]+):[ \t]*(.*?)\s*$/gm);
  return new Map([...lines].map(([, name = '', value = '']) => [name.toLowerCase(), value]));
}

type Reader = (entry: StatedEntry, expected: unknown) => { got: unknown; same: boolean };

const same = (got: unknown, expected: unknown) => ({ got, same: got === expected });
/** A date of theirs is nine numbers, or the text as it stood in the feed. */
const dated = (got: string | null, expected: unknown) => {
  const iso = Array.isArray(expected) ? instantOf(expected) : isoOf(String(expected));
  return { got, same: got === iso };
};
/** Theirs may be plain text where ours is the HTML that shows it. */
const html = (stated: StatedText | null, expected: unknown) => {
  const { text, base } = stated ?? { text: '', base: null };
  const theirs = String(expected);
  return { got: stated, same: [theirs, textOf(theirs)].some((one) => sameHtml(text, base, one)) };
};

const READERS: Readonly<Record<string, Reader>> = {
  // Theirs are HTML, ours are plain text.
  title: ({ title }, expected) => {
    const got = title?.text ?? '';
    const isSame = got === expected || sameHtml(textOf(got), null, String(expected), 'text');
    return { got, same: isSame };
  },
  link: ({ url }, expected) => same(url, URL.parse(String(expected))?.href),
  id: ({ id }, expected) => same(id, expected),
  guid: ({ id }, expected) => same(id, expected),
  published: ({ publishedAt }, expected) => dated(publishedAt, expected),
  created: ({ publishedAt }, expected) => dated(publishedAt, expected),
  updated: ({ modifiedAt, publishedAt }, expected) => dated(modifiedAt ?? publishedAt, expected),
  content: ({ content }, expected) => html(content, expected),
  summary: ({ summary }, expected) => html(summary, expected),
  description: ({ summary }, expected) => html(summary, expected),
  language: ({ language }, expected) => same(language, expected),
  'title.language': ({ title }, expected) => same(title?.language, expected),
  'content.language': ({ content }, expected) => same(content?.language, expected),
  'summary.language': ({ summary }, expected) => same(summary?.language, expected),
};

const textOf = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** `entries[0].title`, `.title_detail.value`, `.published_parsed`, `.content[0].language`… */
function readerOf([list, , ...names]: Check['path']): Reader | undefined {
  if (list !== 'entries') return undefined;
  const path = names.filter((name) => typeof name === 'string').join('.');
  return READERS[path.replace(/_detail/, '').replace(/(?:_parsed|\.value)$/, '')];
}

const isScored = (check: Check): boolean => 'equals' in check && readerOf(check.path) !== undefined;

function failureOf(file: string, check: Check, feed: StatedFeed | null): Failure | null {
  const { path, equals } = check;
  const entry = feed?.entries[Number(path[1])];
  const what = `${file} ${path.join('.')}`;
  if (entry === undefined) return { what, expected: equals, got: 'no such entry' };
  const result = readerOf(path)?.(entry, equals);
  return result?.same === true ? null : { what, expected: equals, got: result?.got };
}

/** Two digits. */
const pad = (part: unknown) => String(part).padStart(2, '0');

function instantOf([year, month, day, hour, minute, second]: readonly unknown[]): string {
  return `${year}-${pad(month)}-${pad(day)}T${pad(hour)}:${pad(minute)}:${pad(second)}Z`;
}

const isoOf = (text: string): string | null => {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : `${new Date(ms).toISOString().slice(0, 19)}Z`;
};
