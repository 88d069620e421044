import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CheerioCrawler, Configuration, LogLevel, log } from '@crawlee/cheerio';
import { CheerioWebBaseLoader } from '@langchain/community/document_loaders/web/cheerio';
import { FETCH_LIMITS } from '../../src/adapters/fetcher/limits.ts';
import { createPageFetcher } from '../../src/adapters/fetcher/page-fetcher.ts';
import { systemClock } from '../../src/adapters/system/system.ts';
import { decodeHtml } from '../../src/features/extract/decode.ts';
import {
  readCanonical,
  readDirectives,
  readFeeds,
  readLinks,
} from '../../src/features/extract/directives.ts';
import { extractPage } from '../../src/features/extract/extract.ts';
import { readMetadata } from '../../src/features/extract/metadata.ts';
import { readPage } from '../../src/features/extract/read-page.ts';
import type { RawPage } from '../../src/ports/page-fetcher.ts';
import { PAGE_BYTES } from './crawl/long-page.ts';

/**
 * `node scripts/bench/crawl.ts [--rounds N] [--pages N] [--only NAME] [--gzip]`: CPU a page and
 * pages a second for pages of 148 KB from a server on loopback that runs as a program of its own.
 * Ours as far as links, metadata and directives, and as far as Markdown, beside Crawlee's
 * CheerioCrawler (links, title, canonical) and LangChain's CheerioWebBaseLoader (text). Rounds take
 * turns; the first warms up and does not count; medians are shown. CPU is that of this whole
 * process, its threads included.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    pages: { type: 'string', default: '256' },
    only: { type: 'string' },
    gzip: { type: 'boolean', default: false },
  },
});
const CONCURRENCY = 8;

type Contender = {
  readonly name: string;
  /** Fetches and reads all of them; gives how many links or characters there were. */
  readonly crawl: (urls: readonly string[]) => Promise<number>;
};

const fetcher = createPageFetcher({
  userAgent: 'lockstep-bench/1.0',
  allowNetworks: ['127.0.0.1/32'],
  limits: { ...FETCH_LIMITS, delayMs: 0, concurrencyPerHostMax: CONCURRENCY },
  clock: systemClock,
  random: Math.random,
});

async function fetched(url: string): Promise<RawPage> {
  const request = { url, etag: null, lastModified: null, accept: 'page' } as const;
  const { signal } = new AbortController();
  const outcome = await fetcher.fetch({ ...request, redirects: 'report' }, signal);
  if (outcome.kind !== 'fetched') throw new Error(`${url}: ${JSON.stringify(outcome)}`);
  return outcome.page;
}

/** Several at once, as many as the others have. */
async function inParallel(urls: readonly string[], visit: (url: string) => Promise<number>) {
  const left = urls.values();
  let sum = 0;
  const keepGoing = async () => {
    for (const url of left) sum += await visit(url);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, keepGoing));
  return sum;
}

function linksOf(page: RawPage): number {
  const { facts } = readPage(decodeHtml(page.body, page.contentType), page.url, { xhtml: false });
  readMetadata(facts, page.url);
  readDirectives(facts, page.robotsTag);
  readCanonical(facts, page.url);
  readFeeds(facts);
  return readLinks(facts).length;
}

async function crawlee(urls: readonly string[]): Promise<number> {
  let links = 0;
  const crawler = new CheerioCrawler(
    {
      minConcurrency: CONCURRENCY,
      maxConcurrency: CONCURRENCY,
      maxRequestRetries: 0,
      useSessionPool: false,
      requestHandler: async ({ $ }) => {
        $('title').text();
        $('link[rel=canonical]').attr('href');
        links += $('a[href]')
          .map((_, element) => $(element).attr('href'))
          .get().length;
      },
    },
    new Configuration({ persistStorage: false, purgeOnStart: false }),
  );
  await crawler.run(urls.map((url, at) => ({ url, uniqueKey: `${at} ${url}` })));
  if (crawler.stats.state.requestsFinished !== urls.length) throw new Error('Crawlee lost pages');
  return links;
}

const all: readonly Contender[] = [
  {
    name: 'lockstep: fetch',
    crawl: (urls) => inParallel(urls, async (url) => (await fetched(url)).body.byteLength),
  },
  {
    name: 'lockstep: fetch, parse',
    crawl: (urls) => inParallel(urls, async (url) => linksOf(await fetched(url))),
  },
  {
    name: 'lockstep: fetch, extract',
    crawl: (urls) =>
      inParallel(urls, async (url) => extractPage(await fetched(url)).markdown.length),
  },
  { name: 'Crawlee CheerioCrawler', crawl: crawlee },
  {
    name: 'LangChain CheerioWebBaseLoader',
    crawl: (urls) =>
      inParallel(urls, async (url) => {
        const [document] = await new CheerioWebBaseLoader(url).load();
        return document?.pageContent.length ?? 0;
      }),
  },
];
const contenders = all.filter(
  ({ name }) => values.only === undefined || name.includes(values.only),
);

type Measured = { readonly cpuMs: number; readonly pagesPerSecond: number };

async function measure({ crawl }: Contender, urls: readonly string[]): Promise<Measured> {
  const [cpu, start] = [process.cpuUsage(), performance.now()];
  const found = await crawl(urls);
  const [{ user, system }, seconds] = [process.cpuUsage(cpu), (performance.now() - start) / 1_000];
  if (found === 0) throw new Error('nothing was found on the pages');
  return { cpuMs: (user + system) / 1_000 / urls.length, pagesPerSecond: urls.length / seconds };
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

log.setLevel(LogLevel.ERROR);
const server = fork(
  join(import.meta.dirname, 'crawl', 'page-server.ts'),
  values.gzip ? ['--gzip'] : [],
);
const [port] = (await once(server, 'message')) as [number];
const urls = Array.from(
  { length: Number(values.pages) },
  (_, at) => `http://127.0.0.1:${port}/posts/${at}`,
);
const rounds = contenders.map((): Measured[] => []);
for (let round = 0; round <= Number(values.rounds); round += 1) {
  for (const [at, contender] of contenders.entries()) {
    const measured = await measure(contender, urls);
    if (round > 0) rounds[at]?.push(measured);
  }
}
const line = (cells: readonly string[]) =>
  process.stdout.write(`${cells.map((cell) => cell.padEnd(34)).join('')}\n`);
line([
  `pages of ${PAGE_BYTES / 1_000} KB${values.gzip ? ' in gzip' : ''}`,
  'CPU ms a page (least–most)',
  'pages a second',
]);
for (const [at, { name }] of contenders.entries()) {
  const cpu = rounds[at]?.map(({ cpuMs }) => cpuMs) ?? [];
  const range = `${Math.min(...cpu).toFixed(2)}–${Math.max(...cpu).toFixed(2)}`;
  const rate = median(rounds[at]?.map(({ pagesPerSecond }) => pagesPerSecond) ?? []);
  line([name, `${median(cpu).toFixed(2)} (${range})`, rate.toFixed(0)]);
}
await fetcher.close();
server.disconnect();
