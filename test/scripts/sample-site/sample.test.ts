import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import * as awkward from '../../../scripts/sample-site/awkward.ts';
import { type BuiltSite, buildSite } from '../../../scripts/sample-site/build-site.ts';
import { GOLDEN_KINDS, type GoldenQuestion } from '../../../scripts/sample-site/golden.ts';

// The whole site, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const FOLDER = 'datasets/sample';
const { FRENCH, NEAR_DUPLICATE, VERY_LONG, WITH_EMAIL } = awkward;
const WORDS_MIN = 500;
const VERY_LONG_WORDS_MIN = 3_000;

let built: BuiltSite;
beforeAll(async () => {
  built = await buildSite(FOLDER);
});

const wordsOf = (text: string): readonly string[] => text.split(/\s+/);
const textOf = (slug: string): string => built.plainTexts.get(`/posts/${slug}/`) ?? '';

describe('what is committed', () => {
  it('is what the build makes', () => {
    const site = join(FOLDER, 'site');
    const found = readdirSync(site, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(site, join(entry.parentPath, entry.name)));
    expect(found.toSorted()).toEqual([...built.files.keys()].toSorted());
    const stale = found.filter(
      (file) => !built.files.get(file)?.equals(readFileSync(join(site, file))),
    );
    expect(stale, 'run node scripts/sample-site/build.ts').toEqual([]);
    expect(readFileSync(join(FOLDER, 'golden.jsonl'), 'utf8')).toBe(built.golden);
  });

  it('is the same when built again', async () => {
    expect((await buildSite(FOLDER)).files).toEqual(built.files);
  });

  it('speaks of every awkward place in its README', () => {
    const readme = readFileSync(join(FOLDER, 'README.md'), 'utf8');
    const { MOVED, STUB, DEAD_LINK, NOINDEX, FORBIDDEN, NAVIGATION_ONLY, SLUGS_NEEDED } = awkward;
    const pages = [MOVED.from, STUB.from, DEAD_LINK.path, NOINDEX.byMeta, NOINDEX.byHeader.path];
    for (const path of [...pages, FORBIDDEN, NAVIGATION_ONLY]) {
      expect(readme).toContain(`\`${path}\``);
    }
    // The post that the printers' page repeats is named by that page.
    for (const slug of SLUGS_NEEDED) expect(readme).toContain(`/${slug}/\``);
  });
});

describe('the posts', () => {
  it('are many, and none is short', () => {
    expect(built.posts.length).toBeGreaterThanOrEqual(36);
    const short = built.posts.filter(({ slug }) => wordsOf(textOf(slug)).length < WORDS_MIN);
    expect(short.map(({ slug }) => slug)).toEqual([]);
  });

  it('are of five authors, in two languages, over more than a year', () => {
    const years = new Set(built.posts.map(({ date }) => date.slice(0, 4)));
    expect(new Set(built.posts.map(({ author }) => author.slug)).size).toBe(5);
    const foreign = built.posts.filter(({ lang }) => lang !== 'en');
    expect(foreign.map(({ slug, lang }) => [slug, lang])).toEqual([[FRENCH, 'fr']]);
    expect(years.size).toBeGreaterThan(1);
  });

  it('have titles and descriptions of their own', () => {
    const count = built.posts.length;
    expect(new Set(built.posts.map(({ title }) => title)).size).toBe(count);
    expect(new Set(built.posts.map(({ description }) => description)).size).toBe(count);
  });

  it('hold the long one, the ones with an address, and the two of the same words', () => {
    expect(wordsOf(textOf(VERY_LONG)).length).toBeGreaterThan(VERY_LONG_WORDS_MIN);
    for (const slug of WITH_EMAIL) expect(textOf(slug)).toMatch(/\S+@slowgradient\.example/);
    const { original, copy } = NEAR_DUPLICATE;
    expect(resemblance(textOf(original), textOf(copy))).toBeGreaterThan(0.7);
    expect(textOf(original)).not.toBe(textOf(copy));
  });

  it('resemble each other nowhere else', () => {
    const pair = new Set<string>(Object.values(NEAR_DUPLICATE));
    const texts = built.posts.map(({ slug }) => ({ slug, shingles: shinglesOf(textOf(slug)) }));
    const alike = texts.flatMap((a, at) =>
      texts
        .slice(at + 1)
        .filter((b) => jaccard(a.shingles, b.shingles) > 0.1)
        .map((b) => [a.slug, b.slug]),
    );
    expect(alike.map((slugs) => new Set(slugs))).toEqual([pair]);
  });
});

function shinglesOf(text: string): ReadonlySet<string> {
  const words = wordsOf(text.toLowerCase());
  return new Set(words.map((_, at) => words.slice(at, at + 3).join(' ')));
}

const jaccard = (a: ReadonlySet<string>, b: ReadonlySet<string>): number =>
  a.intersection(b).size / a.union(b).size;

const resemblance = (a: string, b: string): number => jaccard(shinglesOf(a), shinglesOf(b));

describe('the golden questions', () => {
  const questions = (): readonly GoldenQuestion[] =>
    built.golden
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as GoldenQuestion);

  it('are at least eighty, of four kinds, each asked once', () => {
    const all = questions();
    expect(all.length).toBeGreaterThanOrEqual(80);
    for (const kind of GOLDEN_KINDS) {
      const count = all.filter((one) => one.kind === kind).length;
      expect(count, kind).toBeGreaterThanOrEqual(10);
    }
    expect(new Set(all.map(({ question }) => question)).size).toBe(all.length);
  });

  it('ask about most of the posts', () => {
    const asked = new Set(questions().flatMap(({ relevant }) => relevant as readonly string[]));
    expect(asked.size).toBeGreaterThan(built.posts.length * 0.8);
  });
});
