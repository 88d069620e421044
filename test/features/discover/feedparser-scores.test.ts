import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseFeed } from '#features/discover/feed.ts';
import type { FeedEntry } from '#features/discover/feed-entry.ts';
import { plainText } from '#features/discover/plain-text.ts';
import { rawPage } from '../raw-page.ts';

const FEEDS = '../shared/data/feeds';

type Check = { readonly path: readonly (string | number)[]; readonly equals?: unknown };
const wellformed = (...names: string[]) => names.map((name) => `wellformed/${name}.xml`);

type Expectation = { readonly file: string; readonly checks: readonly Check[] };
type Score = { readonly missed: readonly string[]; readonly of: number };

/** Two digits. */
const pad = (part: unknown) => String(part).padStart(2, '0');

/** A date as nine numbers: year to second, then what follows from them. */
function instantOf(parsed: unknown): string {
  const [year, month, day, hour, minute, second] = parsed as readonly number[];
  return `${year}-${pad(month)}-${pad(day)}T${pad(hour)}:${pad(minute)}:${pad(second)}Z`;
}

/** The file's own bytes, with a link in each entry: without one, an entry is left out. */
function linked(file: string): Buffer {
  const text = readFileSync(`${FEEDS}/tests/${file}`, 'latin1');
  const link = '<link href="http://linked.example/" />';
  const marked = text
    .replaceAll('</entry>', `${link}</entry>`)
    .replaceAll('</item>', `<link>http://linked.example/</link></item>`);
  return Buffer.from(marked, 'latin1');
}

function entryOf(file: string, body: Buffer, at: number): FeedEntry | undefined {
  const url = `http://127.0.0.1:8097/${file}`;
  return parseFeed(rawPage(body, { contentType: '', url }))?.entries[at];
}

const READERS = {
  link: (file: string, at: number, equals: unknown) => {
    const url = entryOf(file, readFileSync(`${FEEDS}/tests/${file}`), at)?.url;
    return url === new URL(String(equals)).href;
  },
  // Ours are plain text, theirs are HTML.
  title: (file: string, at: number, equals: unknown) => {
    const title = entryOf(file, linked(file), at)?.title;
    return title === String(equals) || title === plainText(String(equals));
  },
  published_parsed: (file: string, at: number, equals: unknown) =>
    isInstant(entryOf(file, linked(file), at)?.publishedAt, equals),
  created_parsed: (file: string, at: number, equals: unknown) =>
    isInstant(entryOf(file, linked(file), at)?.publishedAt, equals),
  updated_parsed: (file: string, at: number, equals: unknown) => {
    const entry = entryOf(file, linked(file), at);
    return isInstant(entry?.modifiedAt, equals) || isInstant(entry?.publishedAt, equals);
  },
} as const;

const isInstant = (date: string | null | undefined, equals: unknown): boolean =>
  date === instantOf(equals);

function score(group: string, field: keyof typeof READERS): Score {
  const all = JSON.parse(readFileSync(`${FEEDS}/expectations.json`, 'utf8')) as Expectation[];
  const stated = all
    .filter(({ file }) => file.startsWith(`${group}/`))
    .flatMap(({ file, checks }) =>
      checks
        .filter(
          ({ path: [list, , name, ...more], equals }) =>
            list === 'entries' && name === field && more.length === 0 && equals !== undefined,
        )
        .map(({ path, equals }) => ({ file, at: Number(path[1]), equals })),
    );
  const missed = stated.filter(({ file, at, equals }) => !READERS[field](file, at, equals));
  return { missed: missed.map(({ file }) => file), of: stated.length };
}

describe.skipIf(!existsSync(FEEDS))(`scores on feedparser's feeds (${FEEDS})`, () => {
  it.each<readonly [string, keyof typeof READERS, readonly string[]]>([
    ['wellformed/atom', 'link', []],
    ['wellformed/atom10', 'link', []],
    ['wellformed/rss', 'link', []],
    ['wellformed/rdf', 'link', []],
    // The page's own URL counts, not a Content-Location header.
    ['wellformed/base', 'link', wellformed('base/http_item_link_base_content_location')],
    ['illformed', 'link', []],
    // Base64 is a mode of Atom 0.3 that is not read.
    [
      'wellformed/atom',
      'title',
      wellformed('atom/entry_title_base64', 'atom/entry_title_base64_2'),
    ],
    [
      'wellformed/atom10',
      'title',
      wellformed('atom10/entry_title_base64', 'atom10/entry_title_base64_2'),
    ],
    ['wellformed/rss', 'title', []],
    ['wellformed/rdf', 'title', []],
    [
      'wellformed/base',
      'title',
      wellformed(
        'base/http_entry_title_base64_base_content_location',
        'base/http_entry_title_base64_base_docuri',
      ),
    ],
    ['wellformed/namespace', 'title', []],
    ['wellformed/atom', 'published_parsed', []],
    // The first of two dates counts, not the last.
    ['wellformed/atom', 'created_parsed', wellformed('atom/entry_created_multiple_values')],
    ['wellformed/atom', 'updated_parsed', wellformed('atom/entry_updated_multiple_values')],
    ['wellformed/rss', 'published_parsed', []],
    ['wellformed/rss', 'created_parsed', []],
    ['wellformed/rss', 'updated_parsed', []],
  ])('%s: each %s', (group, field, expected) => {
    const { missed, of } = score(group, field);
    expect(of).toBeGreaterThan(expected.length);
    expect(missed).toEqual(expected);
  });
});
