import { maskPage } from '#features/clean/pii/mask-page.ts';
import { maskText } from '#features/clean/pii/pii.ts';
import { blocksOf, removeTemplateBlocks } from '#features/clean/template-blocks.ts';
import { signatureOf } from '#features/dedupe/minhash.ts';
import { parseFeed } from '#features/discover/feed.ts';
import { compilePatterns } from '#features/discover/patterns.ts';
import { parseRobots } from '#features/discover/robots.ts';
import { parseSitemap } from '#features/discover/sitemap.ts';
import { canonicalUrl, hasTrapShape, sameSite } from '#features/discover/url.ts';
import { decodeHtml, decodeXml } from '#features/extract/decode.ts';
import { extractPage } from '#features/extract/extract.ts';
import { postOf } from '#features/read-post.ts';
import type { RawPage } from '#ports/page-fetcher.ts';
import * as recipes from './recipes.ts';

/** A parser at its boundary: it must come back from whatever bytes there are. */
export type Parser = {
  readonly name: string;
  parse(bytes: Uint8Array): unknown;
  readonly recipes: readonly recipes.Recipe[];
  /** Folders of valid inputs, and how their names end. */
  readonly seeds: { readonly folders: readonly string[]; readonly ending: RegExp };
};

const SITE = 'datasets/sample/site';
const URL_OF_ALL = 'https://a.example/posts/first';

export const rawOf = (body: Uint8Array, contentType: string): RawPage => ({
  stage: 'raw',
  url: URL_OF_ALL,
  status: 200,
  body,
  contentType,
  etag: null,
  lastModified: null,
  robotsTag: '',
});

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** extract → clean → validate, and what is made of the text after it. */
async function readWhole(page: RawPage): Promise<void> {
  const rules = { kind: 'site', pii: 'mask', languages: [], templates: new Set<bigint>() } as const;
  const extracted = extractPage(page);
  await postOf(extracted, rules);
  removeTemplateBlocks(
    extracted.markdown,
    new Set(blocksOf(extracted.markdown).map(({ hash }) => hash)),
  );
  signatureOf(extracted.markdown);
}

function tryUrl(text: string): void {
  canonicalUrl(text, URL_OF_ALL);
  sameSite(text, URL_OF_ALL);
  hasTrapShape(text);
}

/** Patterns may be refused, by name; nothing else may be thrown. */
function tryPattern(text: string): void {
  try {
    compilePatterns({ include: [text.slice(0, 1_000)], exclude: [] })(URL_OF_ALL);
  } catch (thrown) {
    if ((thrown as { code?: string }).code !== 'invalid_input') throw thrown;
  }
}

export const PARSERS: readonly Parser[] = [
  {
    name: 'html',
    parse: (bytes) => readWhole(rawOf(bytes, 'text/html')),
    recipes: recipes.PAGES,
    seeds: { folders: [SITE, 'extraction/html'], ending: /\.html(?:\.gz)?$/ },
  },
  {
    name: 'markdown',
    parse: (bytes) => readWhole(rawOf(bytes, 'text/markdown')),
    recipes: recipes.MARKDOWN,
    seeds: { folders: ['datasets/sample/posts', 'README.md'], ending: /\.md$/ },
  },
  {
    name: 'feeds',
    parse: (bytes) => parseFeed(rawOf(bytes, 'application/xml')),
    recipes: recipes.FEEDS,
    seeds: {
      folders: [`${SITE}`, 'feeds'],
      ending: /(?:feed|atom|rss)[^/]*\.(?:xml|json)$|\/(?:well|ill)formed\/.*\.xml$/,
    },
  },
  {
    name: 'sitemaps',
    parse: (bytes) => parseSitemap(rawOf(bytes, 'application/xml')),
    recipes: recipes.SITEMAPS,
    seeds: { folders: [SITE], ending: /sitemap[^/]*\.(?:xml|txt)$/ },
  },
  {
    name: 'robots',
    parse: (bytes) =>
      parseRobots(textOf(bytes), 'lockstep').allows('https://a.example/abcdefg/abcdefg'),
    recipes: recipes.ROBOTS,
    seeds: { folders: [SITE], ending: /robots\.txt$/ },
  },
  {
    name: 'charsets',
    parse: (bytes) => [decodeHtml(bytes, ''), decodeXml(bytes, 'text/xml; charset=utf-16')],
    recipes: [['10 MB of declarations', () => '<meta charset='.repeat(700_000)]],
    seeds: { folders: [SITE, 'encoding'], ending: /\.(?:html|htm)$/ },
  },
  {
    name: 'urls and patterns',
    parse: (bytes) => {
      for (const line of textOf(bytes).split('\n', 50)) {
        tryUrl(line);
        tryPattern(line);
      }
    },
    recipes: recipes.URLS,
    seeds: { folders: [SITE], ending: /sitemap[^/]*\.(?:xml|txt)$/ },
  },
  {
    name: 'personal details',
    parse: (bytes) => [maskText(textOf(bytes)), maskPage(rawOf(bytes, 'text/html'))],
    recipes: recipes.TEXTS,
    seeds: { folders: [SITE, 'datasets/sample/posts'], ending: /\.(?:html|md)$/ },
  },
];
